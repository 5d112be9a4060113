addEventListener("message", ({ data, source }) => {
  if (data?.type !== "quorum-height") return;
  const frame = [...document.querySelectorAll("iframe")].find((it) => it.contentWindow === source);
  if (frame) frame.style.height = `${data.height}px`;
});
