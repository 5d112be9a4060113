// What an author pastes to have a figure in a page, for each kind of place. Pure, so that documents and tests have the very
// same lines.

/** A figure: the element's attributes, in the order in which they are written.
 * @typedef {Record<string, string>} Attributes */
/**
 * A way to have it in a page.
 * @typedef {object} Way
 * @property {string} name of the kind of place @property {string} says what it takes, in a sentence
 * @property {string} line to paste
 */

/** Where the files are, as an author would put them. */
const FOLDER = "quorum/";

/** @param {string} text inside an attribute */
const quoted = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** The element itself. @param {Attributes} attributes */
export const element = (attributes) =>
  `<quorum-lab${Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${quoted(value)}"`)
    .join("")}></quorum-lab>`;

/** The same for React, where a value may be no HTML. @param {Attributes} attributes */
const jsx = (attributes) =>
  `<quorum-lab${Object.entries(attributes)
    .map(([name, value]) => (/["&{}\\]/.test(value) ? ` ${name}={${JSON.stringify(value)}}` : ` ${name}="${value}"`))
    .join("")} />`;

/** In a frame. @param {Attributes} attributes @param {string} title @param {number} height in CSS pixels, in a column of
 * text */
export function frame(attributes, title, height) {
  const query = new URLSearchParams(attributes).toString().replaceAll("+", "%20");
  return `<iframe src="${FOLDER}embed.html?${quoted(query)}" title="${quoted(title)}" loading="lazy" width="100%" height="${height}"></iframe>`;
}

/** Of Markdown: what means something there is to be read as it is. @param {string} text */
const plain = (text) => text.replaceAll(/[\\[\]]/g, "\\$&");

/** @param {Attributes} attributes @param {{ title: string, height: number, picture: string, link: string | null }} what
 * `picture`: the file of one; `link`: opens the same moment on a page of Quorum's own, null where there is none
 * @returns {Way[]} */
export function ways(attributes, { title, height, picture, link }) {
  const tag = element(attributes);
  return [
    {
      name: "A page",
      says: "With the files of the package in a folder “quorum”. The script is needed once a page.",
      line: `<script type="module" src="${FOLDER}quorum-lab.js"></script>\n${tag}`,
    },
    {
      name: "One file",
      says: "For a page opened from a disk, or where one file can be uploaded: single.js has everything in it.",
      line: `<script src="single.js"></script>\n${tag}`,
    },
    {
      name: "A frame",
      says: "For wikis and learning platforms. The frame tells its parent how high it is: see the package's README.",
      line: frame(attributes, title, height),
    },
    {
      name: "A bundler, or Vue",
      says: "With the npm package. In Vue, let isCustomElement be true for quorum-lab.",
      line: `import "quorum-lab"; // in the script\n${tag}`,
    },
    {
      name: "React",
      says: "With the npm package, and React 19.",
      line: `import "quorum-lab";\n${jsx(attributes)}`,
    },
    ...(link
      ? [
          {
            name: "A picture with a link",
            says: "For places that allow neither, in Markdown. Save the picture beside it.",
            line: `[![${plain(title)}](${encodeURI(picture)})](${link})`,
          },
        ]
      : []),
  ];
}
