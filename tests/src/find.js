// Finds a part of the page as a person does: by what it is and what it is called. Runs as the body of an async function
// with args: where to look (an element, or one with a shadow tree), the role and the name.

const ROLES = {
  alert: "[role=alert]",
  button: "button:not([role])",
  checkbox: "[type=checkbox]:not([role])",
  combobox: "select",
  disclosure: "summary",
  dialog: "dialog, [role=alertdialog]",
  link: "a[href]",
  listbox: "[role=listbox]",
  option: "[role=option]",
  region: "section, aside",
  slider: "[type=range]",
  spinbutton: "[type=number]",
  status: "[role=status]",
  switch: "[role=switch]",
  tab: "[role=tab]",
  textbox: "input:not([type]), textarea",
};

const [within, role, name] = args;
const root = within.shadowRoot ?? within;
const textOf = (node) => [...node.childNodes].map((child) => {
  if (child.nodeType === Node.TEXT_NODE) return child.data;
  return child.ariaHidden === "true" || child.matches?.("input, select, textarea") ? "" : textOf(child);
}).join("");
const nameOf = (element) => (element.ariaLabel ?? textOf(element.labels?.[0] ?? element)).replace(/\s+/g, " ").trim();

if (!ROLES[role]) throw new Error(`There is no way to find the role ${role} yet: add it to find.js.`);
const seen = [...root.querySelectorAll(ROLES[role])].filter((element) => element.checkVisibility());
const called = (fits) => seen.find((element) => fits(nameOf(element)));
return called((own) => own === name) ?? called((own) => own.startsWith(name)) ?? called((own) => own.includes(name)) ?? null;
