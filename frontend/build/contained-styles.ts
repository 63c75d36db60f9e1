import type { Plugin } from "postcss";

// Two ids that nothing has: our rules weigh more than any rule of a host's that is not `!important`,
// and match inside our own root alone.
const ROOT = ":is(.mi-root, #mi#mi)";
const KEPT_BY_MODULES = `:global(${ROOT})`; // or they would give the root another name

/** Keeps our styles inside `.mi-root`, and a host's styles from winning there. */
export function containedStyles(): Plugin {
  return {
    postcssPlugin: "contained-styles",
    Rule(rule) {
      const parent = rule.parent;
      if (rule.source?.input.file?.endsWith("page.css")) return;
      if (parent?.type === "atrule" && "name" in parent && /keyframes$/.test(parent.name)) return;
      if (parent?.type === "rule") return; // nested: its parent is contained already
      const isModule = rule.source?.input.file?.endsWith(".module.css") === true;
      const root = isModule ? KEPT_BY_MODULES : ROOT;
      rule.selectors = rule.selectors.map((selector) => contained(selector, root));
    },
  };
}

function contained(selector: string, root: string): string {
  if (selector.startsWith(root)) return selector;
  if (selector.startsWith(".mi-root")) return selector.replace(".mi-root", root);
  return `${root} ${selector}`;
}
