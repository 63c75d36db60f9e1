import type { Locale } from "@/lib/i18n";
import { sizeWords } from "../size-words";
import { dayOf } from "./sequence";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Times as people read them. */
export interface Times {
  clock: (time: string) => string;
  /** To the minute. */
  moment: (time: string) => string;
  exact: (time: string) => string;
  /** The name of a day: `words` for the nearest two. */
  day: (time: string, words: { today: string; yesterday: string }, now?: number) => string;
  size: (bytes: number) => string;
}

const known = new Map<Locale, Times>();

export function timesOf(locale: Locale): Times {
  let times = known.get(locale);
  if (!times) known.set(locale, (times = createTimes(locale)));
  return times;
}

function createTimes(locale: Locale): Times {
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "medium" });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "long" });
  const thisYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", weekday: "long" });
  const other = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
  const day: Times["day"] = (time, words, now = Date.now()) => {
    const [that, then] = [dayOf(time), new Date(time)];
    if (that === dayOf(now)) return words.today;
    if (that === dayOf(new Date(now).setHours(-12))) return words.yesterday;
    const isNear = now - then.getTime() < 6 * DAY_MS && then.getTime() < now;
    const sameYear = then.getFullYear() === new Date(now).getFullYear();
    return capital((isNear ? weekday : sameYear ? thisYear : other).format(then), locale);
  };
  return {
    clock: (time) => clock.format(new Date(time)),
    moment: (time) => moment.format(new Date(time)),
    exact: (time) => exact.format(new Date(time)),
    day,
    size: (bytes) => sizeWords(bytes, locale),
  };
}

const capital = (text: string, locale: Locale): string =>
  text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);

/** A time of Meta's own in an answer's facts: of a calendar, or seconds since 1970 as text. */
export function momentIn(value: unknown): string | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const text = String(value);
  const date = new Date(/^\d{9,11}$/.test(text) ? Number(text) * 1000 : text);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Minutes and seconds of a recording. */
export function duration(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.round(seconds)) : 0;
  return `${String(Math.floor(whole / 60))}:${String(whole % 60).padStart(2, "0")}`;
}
