import { MetaInstagramConnect } from "@meta-inbox/react";
import { inboxClient } from "./inbox-client";

/** One component among others on a page of the CRM's. */
export function Settings() {
  return (
    <div className="page">
      <h2>Ajustes</h2>
      <p>Horário da loja: 9h às 18h.</p>
      <MetaInstagramConnect client={inboxClient} locale="pt-BR" theme="light" />
    </div>
  );
}
