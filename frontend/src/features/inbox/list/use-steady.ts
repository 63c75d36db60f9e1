import { useMemo, useState } from "react";
import type { Conversation } from "@/api/types";
import { heldInPlace, withPinned, type Steady } from "./steady";

/** The list as it is shown: in its order, or, while it is held, in the order that it had. */
export function useSteady(
  next: readonly Conversation[],
  { isHeld, pinned, of }: { isHeld: boolean; pinned: Conversation | null; of: string },
): Steady {
  const [before, setBefore] = useState<{ of: string; order: readonly Conversation[] }>({ of, order: [] });
  const shown = before.of === of ? before.order : NONE;
  const steady = useMemo(() => {
    const listed = withPinned(shown, next, pinned);
    return isHeld && shown.length > 0 ? heldInPlace(shown, listed) : { conversations: listed, waiting: 0 };
  }, [shown, next, pinned, isHeld]);
  // What is shown now is what the next change is held against.
  if (before.of !== of || !isSame(before.order, steady.conversations))
    setBefore({ of, order: steady.conversations });
  return steady;
}

const NONE: readonly Conversation[] = [];

function isSame(one: readonly Conversation[], other: readonly Conversation[]): boolean {
  return one.length === other.length && one.every((each, place) => each === other[place]);
}
