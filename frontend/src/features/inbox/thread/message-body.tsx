import { EyeOff, Megaphone } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { Message } from "@/api/types";
import { Commands, Deleted, LocationCard, Pressed, ShareCards, Unsupported } from "./cards";
import { CommentHead } from "./comment";
import { AppointmentCard, FeedbackCard, OrderCard, TemplateCard } from "./fact-cards";
import { factsOf, isComment, textIn } from "./facts";
import { filesOf } from "./file-kind";
import { Files } from "./media";
import { Edits, MessageMeta } from "./message-meta";
import { MessageText } from "./message-text";
import { Parts } from "./parts";
import { Quote } from "./quote";
import { SentExtras } from "./sent-extras";
import { StoryCard } from "./story-card";
import { referralOf } from "./system-line";
import { useView } from "./thread-context";
import styles from "./bubble.module.css";

/** Everything a message says, in the order in which it is read. */
export function MessageBody({ message, quoted }: { message: Message; quoted: Message | null }) {
  const view = useView();
  const [isOpen, setOpen] = useState(false);
  if (message.deleted_at !== null || message.type === "deleted") {
    return (
      <Line
        message={message}
        isOpen={false}
        onEdits={() => undefined}
        words={<Deleted message={message} />}
      />
    );
  }
  const files = filesOf(message);
  const text = message.type === "postback" ? null : message.text;
  return (
    <>
      {message.referral && (
        <p className={styles.about}>
          <Megaphone size={14} aria-hidden="true" />
          {referralOf(message.referral, view)}
        </p>
      )}
      {isComment(message) && <CommentHead message={message} />}
      {message.reply_to && <Quote reply={message.reply_to} quoted={quoted} />}
      <StoryCard message={message} />
      {files.length > 0 && <Files message={message} files={files} />}
      <ShareCards message={message} />
      <OfItsType message={message} />
      {message.quick_reply !== null && <p className={styles.about}>{view.t("meta.quickReply")}</p>}
      {!text && <SentExtras message={message} />}
      <Line
        message={message}
        isOpen={isOpen}
        onEdits={() => setOpen(!isOpen)}
        words={text ? <MessageText text={text} /> : null}
      />
      {isOpen && <Edits message={message} />}
      {text && <SentExtras message={message} />}
      <Commands facts={factsOf(message)} />
      {message.parts.length > 1 && <Parts parts={message.parts} />}
    </>
  );
}

interface LineProps {
  message: Message;
  words: ReactNode;
  isOpen: boolean;
  onEdits: () => void;
}

function Line({ words, ...meta }: LineProps) {
  return (
    <div className={styles.line}>
      {words && <div className={styles.words}>{words}</div>}
      <MessageMeta {...meta} />
    </div>
  );
}

/** Types that are said by what they have beside words and files. */
const SAID_ELSEWHERE = new Set([
  "text",
  "image",
  "images",
  "video",
  "audio",
  "file",
  "share",
  "reel",
  "story_reply",
  "story_mention",
  "comment",
  "live_comment",
  "mention",
  "buttons",
  "quick_replies",
  "cards",
  "media_card",
  "products",
  "post",
  "utility",
]);

function OfItsType({ message }: { message: Message }) {
  const { t } = useView();
  const facts = factsOf(message);
  switch (message.type) {
    case "sticker":
      return <Sticker message={message} />;
    case "location":
      return <LocationCard message={message} />;
    case "template":
      return <TemplateCard facts={facts} />;
    case "appointment":
      return <AppointmentCard facts={facts} />;
    case "order":
      return <OrderCard facts={facts} />;
    case "feedback":
      return <FeedbackCard facts={facts} />;
    case "postback":
      return <Pressed title={message.text} />;
    case "view_once":
      return (
        <p className={styles.about}>
          <EyeOff size={15} aria-hidden="true" />
          {t("viewOnce")}
        </p>
      );
    default:
      return SAID_ELSEWHERE.has(message.type) ? null : <Unsupported message={message} />;
  }
}

const HEART = "\u2764\ufe0f";
const THUMB = "\u{1f44d}";

/** One without a file is a heart of Instagram's, or is known by its name. */
function Sticker({ message }: { message: Message }) {
  const { t } = useView();
  if (message.attachments.some(({ url }) => url !== null)) return null;
  const name = textIn(factsOf(message), "sticker");
  if (name !== null && /^\d+$/.test(name))
    return <p className={styles.about}>{t("card.sticker", { id: name })}</p>;
  return (
    <span
      className={styles.heart}
      role="img"
      aria-label={t(name === "thumbs_up" ? "reaction.like" : "media.heart")}
    >
      {name === "thumbs_up" ? THUMB : HEART}
    </span>
  );
}
