// The listeners' console: one page, one style sheet, one script and one more for supervisors, at
// /console/, under a strict CSP.
// The result is committed, so names carry no hash and the same sources give the same bytes.
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The page names what it was built of: so an open one can tell that the server has a newer one. */
const named: Plugin = {
  name: "build-name",
  transformIndexHtml: {
    order: "post",
    handler(_html, { bundle = {} }) {
      const hash = createHash("sha256");
      for (const [name, part] of Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1)))
        hash.update(name).update(part.type === "chunk" ? part.code : part.source);
      const content = hash.digest("hex").slice(0, 12);
      return [{ tag: "meta", attrs: { name: "build", content }, injectTo: "head" }];
    },
  },
};

export default defineConfig({
  plugins: [named],
  root: here("console"),
  base: "/console/",
  build: {
    outDir: here("../handoff/console/static"),
    emptyOutDir: true,
    target: "es2022",
    minify: true,
    sourcemap: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rolldownOptions: {
      output: {
        entryFileNames: "console.js",
        assetFileNames: "console[extname]",
        // What few open is a script of its own, fetched when they do; all the rest is one.
        chunkFileNames: "[name].js",
        codeSplitting: { groups: [{ name: "console", tags: ["$initial"] }] },
      },
    },
  },
});
