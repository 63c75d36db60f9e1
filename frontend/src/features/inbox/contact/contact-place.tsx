import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { Account, Conversation } from "@/api/types";
import { Dialog } from "@/components/dialog";
import { ContactDetails } from "./contact-details";
import type { Panel } from "./use-panel";
import { unseen } from "@/components/unseen";
import styles from "./contact.module.css";

interface PlaceProps {
  account: Account;
  conversation: Conversation;
  panel: Panel;
  /** Whether there is room for it beside the conversation. */
  isBeside: boolean;
}

/** Where the contact is shown: beside the conversation, or over it. */
export function ContactPlace({ account, conversation, panel, isBeside }: PlaceProps) {
  const { t } = useTranslation("inbox");
  const heading = useId();
  if (!panel.isOpen) return null;
  const details = <ContactDetails account={account} conversation={conversation} />;
  if (!isBeside)
    return (
      <Dialog title={t("contact.title")} onClose={panel.close}>
        {details}
      </Dialog>
    );
  return (
    // What is longer than the screen is scrolled by keys as well.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <aside className={styles.panel} aria-labelledby={heading} tabIndex={0}>
      <h2 id={heading} className={unseen}>
        {t("contact.title")}
      </h2>
      {details}
    </aside>
  );
}
