import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  oxc: { jsx: { runtime: "automatic" } },
  optimizeDeps: { exclude: ["quorum-lab"] },
});
