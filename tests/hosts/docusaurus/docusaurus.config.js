export default {
  title: "A documentation",
  url: "http://127.0.0.1",
  baseUrl: "/",
  onBrokenLinks: "throw",
  scripts: [{ src: "/quorum/quorum-lab.js", type: "module" }],
  presets: [["classic", { docs: { routeBasePath: "/" }, blog: false, theme: {} }]],
  themeConfig: { colorMode: { respectPrefersColorScheme: false }, navbar: { title: "A documentation" } },
};
