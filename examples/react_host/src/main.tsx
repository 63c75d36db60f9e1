import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createHashRouter, RouterProvider } from "react-router";
import { Crm } from "./crm";
import { Customers } from "./customers";
import { Messages } from "./messages";
import { Settings } from "./settings";
import "./crm.css";
import "@meta-inbox/react/style.css";

// The CRM's own router; the components know nothing of it.
const router = createHashRouter([
  {
    element: <Crm />,
    children: [
      { path: "/", element: <Customers /> },
      { path: "/messages/:account?/:contact?", element: <Messages /> },
      { path: "/settings", element: <Settings /> },
    ],
  },
]);

createRoot(document.getElementById("app")!).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
);
