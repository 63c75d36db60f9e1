import type { Attachment, Message } from "@/api/types";

export type FileKind = "picture" | "video" | "audio" | "file";

const BY_TYPE: Record<string, FileKind> = {
  image: "picture",
  sticker: "picture",
  share: "picture",
  reel: "video",
  video: "video",
  audio: "audio",
};

/** How a file is shown: by what its bytes are, where that is known. */
export function kindOf({ type, content_type: content }: Pick<Attachment, "type" | "content_type">): FileKind {
  const [family] = (content ?? "").split("/");
  if (family === "image") return "picture";
  if (family === "video") return type === "audio" ? "audio" : "video";
  if (family === "audio") return "audio";
  if (content !== null) return "file";
  return BY_TYPE[type] ?? "file";
}

const FILES = new Set(["image", "video", "audio", "file", "sticker"]);

/** What of a message is a file to look at; the picture of a story stands with the story. */
export function filesOf({ attachments, story }: Message): Attachment[] {
  return attachments.filter(({ type, url }) => {
    if (type === "story_mention" || (story?.kind === "share" && type === "share")) return false;
    return FILES.has(type) ? !(type === "sticker" && url === null) : url !== null;
  });
}

export const picturesOf = (message: Message): Attachment[] =>
  filesOf(message).filter((file) => kindOf(file) === "picture" && file.url !== null);
