import { renderHook } from "@testing-library/react";
import { act } from "react";
import { expect, test, vi } from "vitest";
import { late, useLate } from "./late";

test("nothing is fetched before it is wanted, and what failed is fetched again", async () => {
  vi.useFakeTimers();
  const load = vi.fn().mockRejectedValueOnce(new Error("offline")).mockResolvedValue("code");
  const code = late<string>(load);
  const shown = renderHook(({ isWanted }) => useLate(code, isWanted), { initialProps: { isWanted: false } });
  expect(load).not.toHaveBeenCalled();
  shown.rerender({ isWanted: true });
  await act(() => vi.advanceTimersByTimeAsync(1000));
  expect(shown.result.current).toBeNull();
  await act(() => vi.advanceTimersByTimeAsync(2000));
  expect(shown.result.current).toBe("code");
  expect(renderHook(() => useLate(code, true)).result.current).toBe("code");
  expect(load).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});
