import { useCallback, useLayoutEffect, useRef, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";
import type { Conversation } from "@/api/types";
import { placeOf } from "./steady";

interface Anchor {
  place: string;
  index: number;
  /** How far above the upper edge it begins. */
  above: number;
}

/** Keeps what is looked at where it is while conversations move above it. At the top, what is new is seen. */
export function useAnchor(conversations: readonly Conversation[], scroller: RefObject<HTMLElement | null>) {
  const list = useRef<VirtualizerHandle>(null);
  const anchor = useRef<Anchor | null>(null);

  const onScroll = useCallback(() => {
    const handle = list.current;
    if (!handle || handle.scrollOffset <= 1) {
      anchor.current = null;
      return;
    }
    const index = anchorIndex(handle, scroller.current, conversations);
    const conversation = conversations[index];
    if (conversation === undefined) return;
    const above = handle.scrollOffset - handle.getItemOffset(index);
    anchor.current = { place: placeOf(conversation), index, above };
  }, [conversations, scroller]);

  useLayoutEffect(() => {
    const { current: handle } = list;
    const held = anchor.current;
    if (!handle || held === null) return;
    const same = conversations[held.index];
    if (same && placeOf(same) === held.place) return;
    const index = conversations.findIndex((each) => placeOf(each) === held.place);
    if (index < 0) return;
    anchor.current = { ...held, index };
    handle.scrollTo(handle.getItemOffset(index) + held.above);
  }, [conversations]);

  return { list, onScroll };
}

/** The row with the focus while it can be seen, else the uppermost that can be. */
function anchorIndex(
  handle: VirtualizerHandle,
  scroller: HTMLElement | null,
  conversations: readonly Conversation[],
): number {
  const first = handle.findItemIndex(handle.scrollOffset);
  const focused = scroller?.contains(document.activeElement)
    ? (document.activeElement as HTMLElement).dataset.place
    : undefined;
  if (focused === undefined) return first;
  const last = handle.findItemIndex(handle.scrollOffset + handle.viewportSize);
  for (let index = first; index <= last; index += 1) {
    const conversation = conversations[index];
    if (conversation && placeOf(conversation) === focused) return index;
  }
  return first;
}
