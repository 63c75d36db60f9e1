import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";
import type { Conversation } from "@/api/types";
import { placeOf } from "./steady";

const A_SCREEN = 8;
const FRAMES = 20;

/** One row of the list takes the Tab key; arrows, Home, End and page keys go to the others. */
export function useRoving(
  conversations: readonly Conversation[],
  open: string | null,
  scroller: RefObject<HTMLElement | null>,
  list: RefObject<VirtualizerHandle | null>,
) {
  const [chosen, setChosen] = useState<string | null>(null);
  const isWanted = useRef(false);
  const indexOf = (place: string | null): number =>
    place === null ? -1 : conversations.findIndex((each) => placeOf(each) === place);
  const stopIndex =
    [chosen, open].map(indexOf).find((index) => index >= 0) ?? (conversations.length > 0 ? 0 : -1);
  const stopped = conversations[stopIndex];
  const stop = stopped ? placeOf(stopped) : null;

  useEffect(() => {
    if (!isWanted.current || stop === null) return;
    isWanted.current = false;
    focusRow(scroller, list, stop, stopIndex);
  }, [stop, stopIndex, scroller, list]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const index = target(event.key, stopIndex, conversations.length - 1);
    const conversation = index === null ? undefined : conversations[index];
    if (conversation === undefined) return;
    event.preventDefault();
    const place = placeOf(conversation);
    if (place === stop) focusRow(scroller, list, place, stopIndex);
    else isWanted.current = true;
    setChosen(place);
  };
  const onFocus = useCallback((event: { target: EventTarget }) => {
    const place = event.target instanceof HTMLElement ? event.target.dataset.place : undefined;
    if (place !== undefined) setChosen(place);
  }, []);
  return { stop, stopIndex, onKeyDown, onFocus };
}

function target(key: string, index: number, last: number): number | null {
  switch (key) {
    case "ArrowDown":
    case "j":
      return Math.min(last, index + 1);
    case "ArrowUp":
    case "k":
      return Math.max(0, index - 1);
    case "PageDown":
      return Math.min(last, index + A_SCREEN);
    case "PageUp":
      return Math.max(0, index - A_SCREEN);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}

/** A row that was not in view can take the focus only once it was measured, some frames later. */
function focusRow(
  scroller: RefObject<HTMLElement | null>,
  list: RefObject<VirtualizerHandle | null>,
  place: string,
  index: number,
): void {
  list.current?.scrollToIndex(index, { align: "nearest" });
  const tryToFocus = (tries: number) => {
    const row = rowOf(scroller.current, place);
    row?.focus({ preventScroll: true });
    const { activeElement } = document;
    const isElsewhere = activeElement !== document.body && !scroller.current?.contains(activeElement);
    if (activeElement === row || isElsewhere || tries === 0) return;
    requestAnimationFrame(() => tryToFocus(tries - 1));
  };
  tryToFocus(FRAMES);
}

export function rowOf(within: HTMLElement | null, place: string): HTMLElement | null {
  return within?.querySelector<HTMLElement>(`[data-place="${CSS.escape(place)}"]`) ?? null;
}
