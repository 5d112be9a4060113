/** @type {Promise<void> | undefined} */
let loading;

/** Loads the engine, once; after a failure the next call tries again. */
function init() {
  return (loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  }));
}

async function load() {
  const response = await fetch(new URL("NAME_bg.wasm", import.meta.url));
  if (!response.ok) throw new Error(`failed to fetch Wasm: ${response.status} ${response.statusText} fetching '${response.url}'`);
  const imports = __wbg_get_imports();
  // Browsers compile while they download, but only what a server calls by its right name.
  const streams = response.headers.get("Content-Type") === "application/wasm";
  const { instance, module } = streams
    ? await WebAssembly.instantiateStreaming(response, imports)
    : await WebAssembly.instantiate(await response.arrayBuffer(), imports);
  __wbg_finalize_init(instance, module);
}

export { init as default };
