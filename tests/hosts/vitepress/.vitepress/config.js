// VitePress takes a script in Markdown for a script of Vue: it goes into the head of every page.
export default {
  title: "A documentation",
  head: [["script", { type: "module", src: "/quorum/quorum-lab.js" }]],
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === "quorum-lab" } } },
};
