import { defineConfig, type Plugin } from "vite";

/** Vite wraps each `import()` in half a kilobyte that preloads styles; ours has none to preload. */
const plainImports: Plugin = {
  name: "plain-imports",
  enforce: "pre",
  load: (id) => (id.includes("vite/preload-helper") ? "export const __vitePreload = (load) => load();" : null),
  renderChunk: (code) =>
    code.replace(/__vitePreload\(\(\) => (import\("[^"]+"\)), __VITE_PRELOAD__, import\.meta\.url\)/g, "$1"),
};

// What is rarely needed is a second script, `more.js`, which the first one asks for.
// The built files are committed, so that installing needs no node: stable names, no source maps,
// the same bytes on every rebuild.
export default defineConfig({
  root: "widget",
  base: "./",
  publicDir: "public",
  plugins: [plainImports],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../../connectors/web/static",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    modulePreload: false,
    // `lib` mode would leave whitespace in: a plain entry is minified whole.
    rolldownOptions: {
      input: { chat: "widget/chat.tsx", embed: "widget/embed.ts" },
      output: { format: "es", entryFileNames: "[name].js", chunkFileNames: "[name].js" },
    },
  },
});
