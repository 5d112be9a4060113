// For browsers whose driver has no log: keeps what went wrong where the harness can ask for it.
(() => {
  const errors = (globalThis.quorumTestErrors = []);
  const note = (error) => errors.push(error?.stack ? `${error}\n${error.stack}` : String(error));
  // What is resized in answer to a resize is told of in the next frame: a browser says so, and nothing is wrong.
  const late = (message) => /^ResizeObserver loop/.test(message ?? "");
  const failed = ({ error, message, target }) =>
    late(message) ||
    note(error ?? message ?? `${target.src ?? target.href ?? target} does not load`);
  addEventListener("error", failed, true);
  addEventListener("unhandledrejection", (event) => note(event.reason));
  const write = console.error;
  console.error = (...words) => {
    note(words.map(String).join(" "));
    write.apply(console, words);
  };
})();
