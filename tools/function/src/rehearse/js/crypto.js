// Web Crypto with seeded randomness: random ids, digests and HMAC.
(h, inner) => {
"use strict";
const hash = (a) => { const n = String(typeof a === "string" ? a : a?.name).toUpperCase(); if (!["SHA-256", "SHA-384", "SHA-512"].includes(n)) throw new DOMException(`${n} can't be rehearsed`, "NotSupportedError"); return n; };
const hmacOnly = (a) => { const n = String(typeof a === "string" ? a : a?.name).toUpperCase(); if (n !== "HMAC") throw new DOMException(`${n} can't be rehearsed`, "NotSupportedError"); };
const keys = new WeakMap();
class CryptoKey { type = "secret"; extractable = false; }
const sign = (key, data) => { const k = keys.get(key); return h.hmac(k.hash, inner.raw(k.raw), inner.raw(inner.viewOf(data))); };
const getRandomValues = (into) => {
  if (!ArrayBuffer.isView(into) || into instanceof Float32Array || into instanceof Float64Array) throw new TypeError("getRandomValues needs an integer array");
  if (into.byteLength > 65536) throw new DOMException("The ArrayBufferView's byte length exceeds 65536", "QuotaExceededError");
  const view = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
  for (let i = 0; i < view.length; i++) view[i] = Math.floor(h.random() * 256);
  return into;
};
const crypto = {
  getRandomValues,
  randomUUID() {
    const b = getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64; b[8] = (b[8] & 63) | 128;
    const x = [...b].map((v) => v.toString(16).padStart(2, "0")).join("");
    return `${x.slice(0, 8)}-${x.slice(8, 12)}-${x.slice(12, 16)}-${x.slice(16, 20)}-${x.slice(20)}`;
  },
  subtle: {
    async digest(algorithm, data) { return h.digest(hash(algorithm), inner.raw(inner.viewOf(data))).buffer; },
    async importKey(format, data, algorithm, extractable, usages) {
      if (format !== "raw") throw new DOMException(`keys in format ${format} can't be rehearsed`, "NotSupportedError");
      hmacOnly(algorithm);
      const key = new CryptoKey();
      key.algorithm = { name: "HMAC", hash: { name: hash(algorithm.hash) } }; key.usages = usages; key.extractable = !!extractable;
      keys.set(key, { raw: inner.viewOf(data).slice(), hash: hash(algorithm.hash) });
      return key;
    },
    async sign(algorithm, key, data) { hmacOnly(algorithm); return sign(key, data).buffer; },
    async verify(algorithm, key, signature, data) {
      hmacOnly(algorithm);
      const own = sign(key, data), given = inner.viewOf(signature);
      return own.length === given.length && own.every((v, i) => v === given[i]);
    },
  },
};
return { crypto };
}
