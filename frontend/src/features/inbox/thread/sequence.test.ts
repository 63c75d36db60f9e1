import { expect, test } from "vitest";
import { messageOf } from "@/test/samples";
import { placeOf } from "./sequence";

const at = (sent_at: string, over = {}) => messageOf({ id: sent_at, sent_at, created_at: sent_at, ...over });
const ours = (by: string) => ({ direction: "outbound", origin: "agent", sent_by: by });

test("messages of one writer within minutes stand together", () => {
  const rows = [at("2026-11-28T12:00:00Z"), at("2026-11-28T12:02:00Z"), at("2026-11-28T12:30:00Z")];
  expect(placeOf(rows, 0, null)).toEqual({ startsDay: true, startsGroup: true, endsGroup: false });
  expect(placeOf(rows, 1, null)).toEqual({ startsDay: false, startsGroup: false, endsGroup: true });
  expect(placeOf(rows, 2, null)).toMatchObject({ startsGroup: true });
});

test("two agents do not look like one", () => {
  const rows = [at("2026-11-28T12:00:00Z", ours("ana")), at("2026-11-28T12:00:10Z", ours("bruno"))];
  expect(placeOf(rows, 1, "ana").startsGroup).toBe(true);
});

test("a day is the agent's own, not that of Greenwich", () => {
  const noon = new Date(2026, 10, 28, 12).toISOString();
  const late = new Date(2026, 10, 28, 23, 59).toISOString();
  const early = new Date(2026, 10, 29, 0, 1).toISOString();
  const rows = [at(noon), at(late), at(early)];
  expect(rows.map((_, index) => placeOf(rows, index, null).startsDay)).toEqual([true, false, true]);
});

test("what happened stands alone between messages", () => {
  const line = at("2026-11-28T12:00:05Z", { type: "referral" });
  const rows = [at("2026-11-28T12:00:00Z"), line, at("2026-11-28T12:00:10Z")];
  expect(placeOf(rows, 0, null).endsGroup).toBe(true);
  expect(placeOf(rows, 2, null).startsGroup).toBe(true);
});
