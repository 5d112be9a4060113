import starlight from "@astrojs/starlight";
import { defineConfig } from "astro/config";

export default defineConfig({
  integrations: [starlight({ title: "A documentation", pagefind: false, sidebar: [{ slug: "other" }] })],
});
