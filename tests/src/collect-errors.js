// For browsers whose driver has no log: keeps what went wrong where the harness can ask for it.
(() => {
  const errors = (globalThis.quorumTestErrors = []);
  const note = (error) => errors.push(error?.stack ? `${error}\n${error.stack}` : String(error));
  const failed = ({ error, message, target }) =>
    note(error ?? message ?? `${target.src ?? target.href ?? target} does not load`);
  addEventListener("error", failed, true);
  addEventListener("unhandledrejection", (event) => note(event.reason));
  const write = console.error;
  console.error = (...words) => {
    note(words.map(String).join(" "));
    write.apply(console, words);
  };
})();
