/** Answers tell their second, and are under way for a while. */
const EXACT_TO_MS = 5000;

let ahead = 0;

/** The present by the service's clock, by which windows close: a computer's own may be minutes off. */
export const now = (): number => Date.now() + ahead;

/** What an answer that no cache keeps says of the service's clock. */
export function heardDate(date: string | null, asked: number): void {
  const told = Date.parse(date ?? "");
  if (Number.isNaN(told)) return;
  const difference = told + 500 - (asked + Date.now()) / 2;
  ahead = Math.abs(difference) > EXACT_TO_MS ? difference : 0;
}
