import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { Session } from "./session";
import "./page.css";

const place = document.getElementById("root");
if (place === null) throw new Error("the page has no place for the app");

createRoot(place).render(
  <StrictMode>
    <App session={new Session()} />
  </StrictMode>,
);
