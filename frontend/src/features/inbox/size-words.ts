import type { Locale } from "@/lib/i18n";

const UNITS = ["byte", "kilobyte", "megabyte"] as const;

/** A size for people, in the units that Meta's limits are told in: `1,2 MB`. */
export function sizeWords(bytes: number, locale: Locale): string {
  const step = bytes >= 1024 * 1024 ? 2 : bytes >= 1024 ? 1 : 0;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: UNITS[step] ?? "byte",
    unitDisplay: "short",
    maximumFractionDigits: step === 2 ? 1 : 0,
  }).format(bytes / 1024 ** step);
}
