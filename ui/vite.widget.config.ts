import { defineConfig } from "vite";

// The built files are committed, so that installing needs no node: stable names, no source maps,
// the same bytes on every rebuild.
export default defineConfig({
  root: "widget",
  base: "./",
  publicDir: "public",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../../connectors/web/static",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    modulePreload: false,
    // `lib` mode would leave whitespace in: a plain entry is minified whole.
    rolldownOptions: {
      input: "widget/chat.tsx",
      output: { format: "es", entryFileNames: "chat.js" },
    },
  },
});
