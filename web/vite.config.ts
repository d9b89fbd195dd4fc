import { defineConfig } from "vite";

// Everything the page loads comes from its own origin under hashed names; nothing is inlined, for the server's
// Content-Security-Policy allows neither inline scripts nor inline styles.
export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8088" } },
});
