// The text in a file, as the terminal reads it too.

/** Byte order marks, and what follows them. @type {[mark: number[], encoding: string][]} */
const MARKS = [
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/** Without its byte order mark. @param {ArrayBuffer} buffer UTF-8, or UTF-16 with a byte order mark
 * @param {string} name of the file
 * @returns {string} throws a sentence if it is neither */
export function decode(buffer, name) {
  const bytes = new Uint8Array(buffer);
  const marked = MARKS.find(([mark]) => mark.every((byte, i) => bytes[i] === byte));
  try {
    return new TextDecoder(marked?.[1] ?? "utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error(
      `${name} is not text (UTF-8, or UTF-16 with a byte order mark), and so neither a run nor a scenario.`,
    );
  }
}
