import { ArrowLeft, PanelRightClose, PanelRightOpen } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Account, Conversation } from "@/api/types";
import { Avatar } from "@/components/avatar";
import { IconButton } from "@/components/button";
import { accountName, contactName, PLATFORMS } from "@/lib/names";
import type { Panel } from "./contact/use-panel";
import styles from "./conversation-header.module.css";

interface HeaderProps {
  /** The id of the name, by which the conversation is called. */
  heading: string;
  account: Account;
  conversation: Conversation;
  /** Whether the list is not to be seen beside it. */
  isAlone: boolean;
  takesFocus: boolean;
  panel: Panel;
  onBack: () => void;
}

/** Who it is with, and by which account. */
export function ConversationHeader(props: HeaderProps) {
  const { heading, account, conversation, isAlone, takesFocus, panel, onBack } = props;
  const { t } = useTranslation("inbox");
  const { contact } = conversation;
  const name = contactName(contact) ?? t("nobody");
  const Heading = isAlone ? "h1" : "h2";
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) title.current?.focus();
  }, [takesFocus]);
  const PanelIcon = panel.isOpen ? PanelRightClose : PanelRightOpen;
  return (
    <header className={styles.header}>
      {isAlone && (
        <IconButton label={t("open.back")} onClick={onBack} className={styles.back}>
          <ArrowLeft size={21} aria-hidden="true" />
        </IconButton>
      )}
      <Avatar picture={contact.profile_picture_url} name={name} platform={account.platform} size={42} />
      <div className={styles.words}>
        <Heading ref={title} id={heading} tabIndex={-1} className={styles.name}>
          {name}
        </Heading>
        <p className={styles.about}>
          {contact.name !== null && contact.username !== null && (
            <>
              <span>@{contact.username}</span>
              <span aria-hidden="true">·</span>
            </>
          )}
          <span className={styles.account}>
            {t("open.account", {
              name: accountName(account),
              platform: PLATFORMS[account.platform] ?? account.platform,
            })}
          </span>
        </p>
      </div>
      <IconButton
        label={t(panel.isOpen ? "open.hideContact" : "open.showContact")}
        aria-expanded={panel.isOpen}
        onClick={panel.toggle}
      >
        <PanelIcon size={20} aria-hidden="true" />
      </IconButton>
    </header>
  );
}
