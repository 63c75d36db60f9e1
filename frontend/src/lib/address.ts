/** What the address has after `#name=`, which is then no longer in it nor in the history. */
export function takeFromAddress(name: string): string | null {
  const fragment = new URLSearchParams(globalThis.location.hash.slice(1));
  const value = fragment.get(name);
  if (value === null) return null;
  fragment.delete(name);
  const rest = fragment.size > 0 ? `#${fragment.toString()}` : "";
  const { pathname, search } = globalThis.location;
  globalThis.history.replaceState(globalThis.history.state, "", pathname + search + rest);
  return value;
}
