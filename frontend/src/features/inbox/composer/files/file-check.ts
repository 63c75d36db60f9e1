import type { Capabilities } from "@/api/types";

export type Kind = "image" | "video" | "audio" | "file";

/** As what a file goes, or why it does not go. */
export type Verdict =
  | { ok: true; kind: Kind }
  | { ok: false; why: "type" | "size" | "empty"; kind: Kind; limit: number; takes: string[] };

const BY_ENDING: Record<string, string> = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  gif: "image/gif",
  webp: "image/webp",
  heic: "image/heic",
  mp4: "video/mp4",
  mov: "video/quicktime",
  avi: "video/x-msvideo",
  webm: "video/webm",
  m4a: "audio/mp4",
  aac: "audio/aac",
  mp3: "audio/mpeg",
  wav: "audio/wav",
  ogg: "audio/ogg",
  opus: "audio/ogg",
  pdf: "application/pdf",
};

/** Names that browsers have for what the service calls otherwise. */
const ALIASES: Record<string, string> = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "audio/vnd.dlna.adts": "audio/aac",
  "audio/wave": "audio/wav",
  "audio/vnd.wave": "audio/wav",
  "audio/m4a": "audio/x-m4a",
  "video/avi": "video/x-msvideo",
  "video/msvideo": "video/x-msvideo",
  "video/x-m4v": "video/mp4",
};

export function typeOf(file: Pick<File, "type" | "name">): string {
  const told = file.type.toLowerCase().split(";")[0]?.trim() ?? "";
  const type = told === "" ? (BY_ENDING[file.name.toLowerCase().split(".").at(-1) ?? ""] ?? "") : told;
  return ALIASES[type] ?? type;
}

/** Judges a file as the service will: as what it is, else as a file of any kind where that is taken. */
export function judged(file: Pick<File, "type" | "name" | "size">, media: Capabilities["media"]): Verdict {
  const type = typeOf(file);
  const kind = kindOf(type);
  const first = asKind(type, file.size, kind, media);
  if (first.ok || kind === "file") return first;
  const other = asKind(type, file.size, "file", media);
  return other.ok ? other : first;
}

/** Judges what the service read of an upload's bytes. */
export function asKind(type: string, size: number, kind: Kind, media: Capabilities["media"]): Verdict {
  const limit = media[kind];
  const takes = limit?.content_types ?? [];
  const no = (why: "type" | "size" | "empty"): Verdict => ({
    ok: false,
    why,
    kind,
    limit: limit?.max_bytes ?? 0,
    takes,
  });
  if (size === 0) return no("empty");
  if (!limit || (takes.length > 0 && !takes.includes(type))) return no("type");
  return size > limit.max_bytes ? no("size") : { ok: true, kind };
}

function kindOf(type: string): Kind {
  const family = type.split("/")[0];
  return family === "image" || family === "video" || family === "audio" ? family : "file";
}

/** The endings of the types that are taken, for people: `JPG, PNG, GIF`. */
export function endingsOf(types: string[]): string {
  const words = types.map(
    (type) => WORDS[type] ?? type.split("/").at(-1)?.replace(/^x-/, "").toUpperCase() ?? type,
  );
  return [...new Set(words)].join(", ");
}

const WORDS: Record<string, string> = {
  "image/jpeg": "JPG",
  "audio/x-m4a": "M4A",
  "audio/mp4": "M4A",
  "audio/x-wav": "WAV",
  "video/quicktime": "MOV",
  "video/x-msvideo": "AVI",
};
