import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { loadWords, preferredLocale } from "@/lib/i18n";
import { App } from "./app";
import { watchForNewVersion } from "./new-version";
import { firstScreen } from "./routes";
import { Session } from "./session";
import "./page.css";

const place = document.getElementById("root");
if (place === null) throw new Error("the page has no place for the app");

// The token leaves the address before anything else is done.
const session = new Session();
watchForNewVersion();
// What did not come is asked for again where it is shown.
await Promise.allSettled([loadWords(preferredLocale()), firstScreen()]);
createRoot(place).render(
  <StrictMode>
    <App session={session} />
  </StrictMode>,
);
