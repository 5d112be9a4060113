// Every course a run took: to name, to go to, to compare and to discard.

import { h, setText } from "../shared/dom.js";
import { compare, show } from "./dialog.js";
/** @import { Ui } from "../ui.js" */

/** Every course this run took. @param {Ui} ui */
export function branches(ui) {
  const list = h("ul", { class: "branch-list" });
  const error = h("p", { class: "error", role: "alert" });
  const failed = (/** @type {Error} */ e) => {
    setText(error, e.message);
    ui.failed(e);
  };
  const changed = () => {
    draw();
    ui.scrubber.changed();
  };
  const tried = (/** @type {Promise<void>} */ done) => done.then(changed, failed);
  const beside = (/** @type {number} */ id) => {
    dialog.close();
    void compare(ui, id);
  };
  const draw = () => {
    const { branch, branches } = ui.session.timeline();
    setText(error, "");
    list.replaceChildren(
      ...branches.map(({ id, name, from, length }) => {
        const title = h("input", {
          value: name,
          "aria-label": `Name of branch ${id}`,
          dir: "auto",
          onchange: () => tried(ui.session.rename(id, title.value)),
        });
        const came = from ? `left branch ${from.branch} after step ${from.step}, ` : "";
        return h(
          "li",
          {},
          h("b", {}, `${id}`),
          title,
          h("small", {}, `${came}${length} steps`),
          h(
            "span",
            { class: "buttons" },
            id === branch
              ? h("small", {}, "you are here")
              : h(
                  "button",
                  {
                    onclick: () =>
                      ui.session.switchTo(id).then(
                        () => dialog.close(),
                        (e) => setText(error, e.message),
                      ),
                  },
                  "Go there",
                ),
            id !== branch && h("button", { onclick: () => beside(id) }, "Compare"),
            id !== branch && h("button", { class: "quiet", onclick: () => tried(ui.session.discard(id)) }, "Discard"),
          ),
        );
      }),
    );
  };
  draw();
  const dialog = show(
    ui,
    "Branches",
    h("p", { class: "so" }, "Doing something in the past begins a branch. The future that was there stays as it was."),
    list,
    error,
  );
}
