import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // The package is a link to a folder that has a React of its own; two of them in one page do not work.
  resolve: { dedupe: ["react", "react-dom"] },
});
