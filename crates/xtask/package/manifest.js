// Describes the element for editors: `node crates/xtask/package/manifest.js TYPES OUT`. Everything in custom-elements.json
// is read off the declarations in quorum-lab.d.ts and the comments on them.

import { readFile, writeFile } from "node:fs/promises";
import ts from "typescript";

const [types, out] = process.argv.slice(2);
const text = await readFile(types, "utf8");
const source = ts.createSourceFile("quorum-lab.d.ts", text, ts.ScriptTarget.ES2022, true);

/** @param {string} name @returns {any} an interface or a class */
function declared(name) {
  const found = source.statements.find((it) => "name" in it && /** @type {any} */ (it.name)?.getText() === name);
  if (!found) throw new Error(`${types} declares no ${name}`);
  return found;
}

/** What is said about something. @param {ts.Node} node */
function description(node) {
  const said = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return said.map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "").join(" ").trim();
}

/** The tags `@name what - description`. @param {string} name */
const tagged = (name) =>
  ts
    .getJSDocTags(declared("QuorumLab"))
    .filter(({ tagName }) => tagName.text === name)
    .map(({ comment }) => {
      const [, what, says] = /^(\S*) ?- (.*)$/s.exec(ts.getTextOfJSDocComment(comment) ?? "") ?? [];
      return { name: what, description: says };
    });

const attributes = declared("QuorumLabAttributes").members.map((/** @type {any} */ member) => {
  const [says, fallback] = description(member).split(" Default: ");
  return {
    name: member.name.getText(),
    description: says,
    type: { text: member.type.getText() },
    ...(fallback && { default: fallback }),
  };
});
const events = declared("QuorumLabEventMap").members.map((/** @type {any} */ member) => ({
  name: member.name.text,
  description: description(member),
  type: { text: member.type.getText() },
}));
const members = declared("QuorumLab").members.flatMap((/** @type {any} */ member) => {
  const name = member.name.getText();
  if (name === "addEventListener" || name === "observedAttributes" || ts.isSetAccessor(member)) return [];
  const type = { text: (member.type ?? member.parameters?.[0]?.type)?.getText() ?? "void" };
  if (!ts.isMethodDeclaration(member)) return [{ kind: "field", name, description: description(member), type }];
  const parameters = member.parameters.map((/** @type {any} */ one) => ({
    name: one.name.getText(),
    type: { text: one.type.getText() },
    ...(one.questionToken && { optional: true }),
  }));
  return [{ kind: "method", name, description: description(member), parameters, return: { type } }];
});

const named = new Set(members.map((/** @type {{ name: string }} */ { name }) => name));
named.add("lang"); // as of every element: HTML reflects it
/** Each attribute is a property, too. */
const reflected = attributes
  .filter((/** @type {{ name: string }} */ { name }) => !named.has(name))
  .map(({ name, description: says }) => {
    const flag = /^(autoplay|loop|fragment)$/.test(name);
    return { kind: "field", name, description: says, attribute: name, reflects: true, type: { text: flag ? "boolean" : "string | null" } };
  });

const element = {
  kind: "class",
  customElement: true,
  name: "QuorumLab",
  tagName: "quorum-lab",
  description: description(declared("QuorumLab")),
  superclass: { name: "HTMLElement" },
  attributes,
  members: [...members, ...reflected],
  events,
  slots: tagged("slot"),
  cssParts: tagged("csspart"),
  cssProperties: tagged("cssprop"),
};
const path = "quorum-lab.js";
const manifest = {
  schemaVersion: "1.0.0",
  modules: [
    {
      kind: "javascript-module",
      path,
      declarations: [element],
      exports: [
        { kind: "js", name: "QuorumLab", declaration: { name: "QuorumLab", module: path } },
        { kind: "custom-element-definition", name: "quorum-lab", declaration: { name: "QuorumLab", module: path } },
      ],
    },
  ],
};
await writeFile(out, `${JSON.stringify(manifest, null, 2)}\n`);
