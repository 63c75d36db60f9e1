import type { Locale } from "@/lib/i18n";
import { isLastMinutes } from "./phase";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long is left, in words; the last minutes as on a clock. */
export function remaining(left: number, locale: Locale): string {
  const shown = Math.max(0, left);
  if (isLastMinutes(shown)) return clock(shown);
  const [days, hours, minutes] = [
    Math.floor(shown / DAY),
    Math.floor((shown % DAY) / HOUR),
    Math.floor((shown % HOUR) / MINUTE),
  ];
  if (days >= 2)
    return [unit(days, "day", locale), hours > 0 && unit(hours, "hour", locale)].filter(Boolean).join(" ");
  const all = days * 24 + hours;
  if (all === 0) return unit(minutes, "minute", locale);
  return [unit(all, "hour", locale), minutes > 0 && unit(minutes, "minute", locale)]
    .filter(Boolean)
    .join(" ");
}

export function clock(left: number): string {
  const seconds = Math.ceil(left / 1000);
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, "0")}`;
}

function unit(value: number, name: "day" | "hour" | "minute", locale: Locale): string {
  const display = name === "day" ? "long" : "short";
  return new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: display }).format(value);
}

/** A moment that may be days away: `sex., 5 de dez., 14:02`. */
export function moment(time: number, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  }).format(time);
}
