import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { containedStyles } from "./build/contained-styles.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const modern = ["chrome123", "edge123", "firefox121", "safari17.5"];
const peers = /^(react|react-dom|react-router)(\/|$)/;

// `vite build` makes the app that the service serves; `--mode library` what another React app imports.
export default defineConfig(({ mode }) => {
  const library = mode === "library";
  return {
    plugins: [react()],
    // Behind a proxy it may lie below any path: scripts name one another by where they are themselves.
    base: library ? "/" : "./",
    publicDir: library ? false : "public",
    resolve: { alias: { "@": here("./src") } },
    css: {
      postcss: { plugins: [containedStyles()] },
      modules: { generateScopedName: "mi-[name]-[local]-[hash:base64:4]" },
    },
    server: { proxy: { "/api/meta": { target: "http://127.0.0.1:8000", ws: true } } },
    build: library
      ? {
          outDir: here("./dist"),
          emptyOutDir: true,
          target: modern,
          lib: {
            entry: here("./src/index.ts"),
            fileName: "index",
            formats: ["es" as const],
            cssFileName: "style",
          },
          rollupOptions: { external: peers },
        }
      : {
          outDir: here("../adapters/http/web"),
          emptyOutDir: true,
          target: modern,
          assetsInlineLimit: 0,
          modulePreload: { polyfill: false },
          // The emojis of one language, fetched when somebody looks for one. What is fetched at first has a
          // limit of its own in tests/web.
          chunkSizeWarningLimit: 650,
        },
    test: {
      environment: "jsdom",
      setupFiles: [here("./src/test/setup.ts")],
      include: ["src/**/*.test.{ts,tsx}"],
      css: false,
      restoreMocks: true,
    },
  };
});
