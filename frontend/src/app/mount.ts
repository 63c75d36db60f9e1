// In one line, the build would take it for the address of a file to pack.
const here = import.meta.url;

/**
 * What stands before every path of ours behind a proxy, such as "/support"; "" at the root. The built scripts lie
 * in `assets/` below it.
 */
export const mount = import.meta.env.DEV ? "" : new URL("..", here).pathname.replace(/\/$/, "");
