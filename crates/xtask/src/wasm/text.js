function passStringToWasm0(arg, malloc) {
  const bytes = cachedTextEncoder.encode(arg);
  const ptr = malloc(bytes.length, 1) >>> 0;
  getUint8ArrayMemory0().set(bytes, ptr);
  WASM_VECTOR_LEN = bytes.length;
  return ptr;
}
