import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compressed } from "./build/compressed.ts";
import { tokensAsCss } from "./build/tokens.ts";

const server = process.env.LIANCHI_SERVER ?? "http://localhost:8000";

export default defineConfig(({ command }) => ({
  // Built files are served by the site itself; while developing, Vite serves them and passes the rest on.
  base: command === "build" ? "/static/app/" : "/",
  plugins: [react(), tokensAsCss(), compressed()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../platform/platform_site/static/app",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    reportCompressedSize: false,
    rolldownOptions: { input: "src/main.tsx" },
  },
  server: {
    port: 5173,
    proxy: {
      "/api": server,
      "/_allauth": server,
      "/static": server,
      "/ws": { target: server, ws: true },
    },
  },
  test: { environment: "node", include: ["tests/**/*.test.ts"] },
}));
