import { createMetaInboxClient } from "@meta-inbox/react";

/** What the CRM keeps of its agent's session. A real one asks its own server for a fresh token here. */
const session = () => ({
  service: localStorage.getItem("crm.service") ?? "http://127.0.0.1:8000",
  token: localStorage.getItem("crm.token"),
});

export const login = (service: string, token: string): void => {
  localStorage.setItem("crm.service", service);
  localStorage.setItem("crm.token", token);
};

export const isLoggedIn = (): boolean => session().token !== null;

/** One client for the whole CRM: its components share what was read and one live connection. */
export const inboxClient = createMetaInboxClient({
  baseUrl: session().service,
  getToken: () => session().token,
});
