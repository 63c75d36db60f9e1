import { useLayoutEffect, useState, type RefObject } from "react";

/** How much room there is: for three panes, for two, or for one. */
export type Room = "wide" | "medium" | "narrow";

const WIDE_PX = 1010;
const MEDIUM_PX = 700;

/** By the width of an element and not of the page: a host gives us a part of it. */
export function useRoom(element: RefObject<HTMLElement | null>): Room {
  const [room, setRoom] = useState<Room>("wide");
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null || !("ResizeObserver" in globalThis)) return undefined;
    const measure = () => setRoom(roomOf(current.clientWidth));
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    measure();
    return () => observer.disconnect();
  }, [element]);
  return room;
}

function roomOf(width: number): Room {
  if (width >= WIDE_PX) return "wide";
  return width >= MEDIUM_PX ? "medium" : "narrow";
}
