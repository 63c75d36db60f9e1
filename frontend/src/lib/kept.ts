/** What the browser keeps under this name; null: nothing, also where it keeps nothing at all. */
export function readKept(name: string, where: () => Storage = forGood): string | null {
  try {
    return where().getItem(name);
  } catch {
    return null;
  }
}

/** Keeps it, or with null forgets it; a browser that keeps nothing, as for some pages in frames, has it once. */
export function keep(name: string, value: string | null, where: () => Storage = forGood): void {
  try {
    if (value === null) where().removeItem(name);
    else where().setItem(name, value);
  } catch {
    // It is as if it had never been chosen.
  }
}

// Even to name the storage throws where it is forbidden.
const forGood = (): Storage => localStorage;
export const forTheTab = (): Storage => sessionStorage;
