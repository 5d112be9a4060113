// Takes the place of web/lab/engine/files.js in the npm package: bundlers follow an import whose beginning and end are
// known, and take every scenario along as a module that is loaded when it is asked for.

/** @param {string} name of a file beside the scenarios, without its ending @returns {Promise<any>} */
export async function file(name) {
  const { default: data } = await import(`../../scenarios/${name}.js`);
  return structuredClone(data); // each has one of its own, as from a file
}
