import type { Locale } from "@/lib/i18n";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** A formatter, made once: making one takes longer than drawing a row. */
function formatOf(locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${locale} ${JSON.stringify(options)}`;
  const known = formats.get(name);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  formats.set(name, made);
  return made;
}

/** When, as short as it is clear: today the time, this week the day, else the date. */
export function shortTime(time: string, now: number, locale: Locale): string {
  const at = new Date(time);
  const days = Math.round((startOfDay(now) - startOfDay(at.getTime())) / DAY_MS);
  if (days <= 0) return formatOf(locale, { timeStyle: "short" }).format(at);
  if (days === 1) return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-1, "day");
  if (days < 7) return formatOf(locale, { weekday: "short" }).format(at).replace(/\.$/, "");
  const isThisYear = at.getFullYear() === new Date(now).getFullYear();
  return formatOf(locale, {
    day: "2-digit",
    month: "2-digit",
    ...(isThisYear ? {} : { year: "2-digit" }),
  }).format(at);
}

/** When, in full. */
export function fullTime(time: string, locale: Locale): string {
  return formatOf(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(time));
}

/** How long, in the largest unit that says it well: minutes, hours, or, from two days on, days. */
export function duration(milliseconds: number, locale: Locale): string {
  const minutes = Math.max(1, Math.round(milliseconds / MINUTE_MS));
  const hours = Math.round(minutes / 60);
  const [value, unit] =
    minutes < 60 ? [minutes, "minute"] : hours < 48 ? [hours, "hour"] : [Math.round(hours / 24), "day"];
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit,
    unitDisplay: unit === "day" ? "long" : "short",
  }).format(value);
}

function startOfDay(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}
