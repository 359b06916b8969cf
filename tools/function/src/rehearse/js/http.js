// Fetch and what belongs to it. A request goes to the outbox; nothing leaves the sandbox.
(h, inner) => {
"use strict";
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const name = (k) => { const s = String(k); if (!TOKEN.test(s)) throw new TypeError(`Invalid header name: "${s}"`); return s.toLowerCase(); };
const value = (v) => {
  const s = String(v).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  for (let i = 0; i < s.length; i++) {
    const code = s.charCodeAt(i);
    if (code > 255 || code === 0 || code === 10 || code === 13) throw new TypeError(`Invalid header value: ${JSON.stringify(s.slice(0, 80))}`);
  }
  return s;
};
class Headers {
  #map = new Map();
  constructor(init) {
    if (init === undefined || init === null) return;
    if (typeof init !== "object") throw new TypeError("Headers can't be made of that");
    if (typeof init[Symbol.iterator] === "function") {
      for (const pair of init) { const [k, v, more] = [...pair]; if (v === undefined || more !== undefined) throw new TypeError("Headers need pairs"); this.append(k, v); }
    } else for (const k of Object.keys(init)) this.append(k, init[k]);
  }
  append(k, v) { const n = name(k), x = value(v); this.#map.set(n, this.#map.has(n) ? `${this.#map.get(n)}, ${x}` : x); }
  set(k, v) { this.#map.set(name(k), value(v)); }
  get(k) { return this.#map.get(name(k)) ?? null; }
  has(k) { return this.#map.has(name(k)); }
  delete(k) { this.#map.delete(name(k)); }
  getSetCookie() { return this.#map.has("set-cookie") ? [this.#map.get("set-cookie")] : []; }
  forEach(f, self) { for (const [k, v] of this) f.call(self, v, k, this); }
  *entries() { for (const k of [...this.#map.keys()].sort()) yield [k, this.#map.get(k)]; }
  *keys() { for (const [k] of this.entries()) yield k; }
  *values() { for (const [, v] of this.entries()) yield v; }
  [Symbol.iterator]() { return this.entries(); }
  get [Symbol.toStringTag]() { return "Headers"; }
}

class Blob {
  #bytes;
  constructor(parts = [], options = {}) {
    const views = [...parts].map((p) => p instanceof Blob ? p.#bytes : typeof p === "object" && p !== null && (p instanceof ArrayBuffer || ArrayBuffer.isView(p)) ? inner.viewOf(p) : inner.bytes(p));
    this.#bytes = new Uint8Array(views.reduce((n, v) => n + v.length, 0));
    let at = 0;
    for (const v of views) { this.#bytes.set(v, at); at += v.length; }
    this.type = String(options.type ?? "").toLowerCase();
  }
  get size() { return this.#bytes.length; }
  async arrayBuffer() { return this.#bytes.slice().buffer; }
  async bytes() { return this.#bytes.slice(); }
  async text() { return h.text(inner.raw(this.#bytes), "utf-8", false); }
  slice(from, to, type = "") { return new Blob([this.#bytes.slice(from, to)], { type }); }
  stream() { return streamOf(this.#bytes); }
  static raw(blob) { return blob.#bytes; }
}
const rawBlob = Blob.raw;
delete Blob.raw;
class File extends Blob {
  constructor(parts, fileName, options = {}) { super(parts, options); this.name = String(fileName); this.lastModified = options.lastModified ?? Date.now(); }
}
class FormData {
  #list = [];
  #entry(v, fileName) {
    if (!(v instanceof Blob)) return String(v);
    return v instanceof File && fileName === undefined ? v : new File([v], fileName ?? v.name ?? "blob", { type: v.type });
  }
  append(k, v, fileName) { this.#list.push([String(k), this.#entry(v, fileName)]); }
  set(k, v, fileName) { this.delete(k); this.append(k, v, fileName); }
  delete(k) { this.#list = this.#list.filter((p) => p[0] !== String(k)); }
  get(k) { return this.#list.find((p) => p[0] === String(k))?.[1] ?? null; }
  getAll(k) { return this.#list.filter((p) => p[0] === String(k)).map((p) => p[1]); }
  has(k) { return this.#list.some((p) => p[0] === String(k)); }
  forEach(f) { for (const [k, v] of this) f(v, k, this); }
  *entries() { yield* this.#list; }
  *keys() { for (const [k] of this.#list) yield k; }
  *values() { for (const [, v] of this.#list) yield v; }
  [Symbol.iterator]() { return this.entries(); }
}

class ReadableStream {
  #bytes; #done = false;
  constructor(source) {
    const chunks = [];
    const controller = { enqueue: (x) => chunks.push(typeof x === "string" ? inner.bytes(x) : inner.viewOf(x)), close() {}, error(e) { throw e; } };
    source?.start?.(controller);
    this.#bytes = chunks;
    this.locked = false;
  }
  getReader() {
    this.locked = true;
    return { read: async () => this.#bytes.length ? { value: this.#bytes.shift(), done: false } : { value: undefined, done: true }, releaseLock: () => { this.locked = false; }, cancel: async () => { this.#bytes = []; }, closed: Promise.resolve() };
  }
  async cancel() { this.#bytes = []; }
  async *[Symbol.asyncIterator]() { while (this.#bytes.length) yield this.#bytes.shift(); }
  static all(stream) { const out = stream.#bytes; stream.#bytes = []; return out; }
}
const drain = ReadableStream.all;
delete ReadableStream.all;
const streamOf = (bytes) => new ReadableStream({ start(c) { if (bytes.length) c.enqueue(bytes); } });

const BOUNDARY = "----rehearsalFormBoundary7MA4YWxkTrZu0gW";
const pour = (body) => {
  if (body === undefined || body === null) return [null, null];
  if (typeof body === "string") return [body, "text/plain;charset=UTF-8"];
  if (body instanceof URLSearchParams) return [body.toString(), "application/x-www-form-urlencoded;charset=UTF-8"];
  if (body instanceof Blob) return [rawBlob(body), body.type || null];
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return [inner.viewOf(body).slice(), null];
  if (body instanceof ReadableStream) return [rawBlob(new Blob(drain(body))), null];
  if (body instanceof FormData) {
    const quote = (s) => s.replace(/\n/g, "%0A").replace(/\r/g, "%0D").replace(/"/g, "%22");
    const parts = [];
    for (const [k, v] of body) {
      parts.push(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${quote(k)}"`);
      if (v instanceof File) parts.push(`; filename="${quote(v.name)}"\r\nContent-Type: ${v.type || "application/octet-stream"}\r\n\r\n`, v, "\r\n");
      else parts.push(`\r\n\r\n${v.replace(/\r?\n/g, "\r\n")}\r\n`);
    }
    parts.push(`--${BOUNDARY}--\r\n`);
    return [rawBlob(new Blob(parts)), `multipart/form-data; boundary=${BOUNDARY}`];
  }
  return [String(body), "text/plain;charset=UTF-8"];
};
class Body {
  _data = null; bodyUsed = false; #stream = null;
  _take() {
    if (this.bodyUsed) throw new TypeError("Body already consumed.");
    if (this._data !== null) this.bodyUsed = true;
    return this._data;
  }
  get body() { return this._data === null ? null : this.#stream ??= streamOf(typeof this._data === "string" ? inner.bytes(this._data) : this._data); }
  async text() { const d = this._take(); return d === null ? "" : typeof d === "string" ? (d.charCodeAt(0) === 0xfeff ? d.slice(1) : d) : h.text(inner.raw(d), "utf-8", false); }
  async json() { return JSON.parse(await this.text()); }
  async bytes() { const d = this._take(); return d === null ? new Uint8Array() : typeof d === "string" ? inner.bytes(d) : d.slice(); }
  async arrayBuffer() { return (await this.bytes()).buffer; }
  async blob() { return new Blob([await this.bytes()], { type: this.headers.get("content-type") ?? "" }); }
  async formData() {
    const type = this.headers.get("content-type") ?? "";
    const out = new FormData();
    if (type.startsWith("application/x-www-form-urlencoded")) { for (const [k, v] of new URLSearchParams(await this.text())) out.append(k, v); return out; }
    const boundary = /boundary=("?)([^";]+)\1/.exec(type)?.[2];
    if (!boundary) throw new TypeError("Body can not be decoded as form data");
    for (const part of (await this.text()).split(`--${boundary}`).slice(1, -1)) {
      const cut = part.indexOf("\r\n\r\n");
      const head = part.slice(0, cut), content = part.slice(cut + 4, -2);
      const key = /name="([^"]*)"/.exec(head)?.[1] ?? "", file = /filename="([^"]*)"/.exec(head)?.[1];
      if (file === undefined) out.append(key, content);
      else out.append(key, new File([content], file, { type: /content-type:\s*([^\r\n]+)/i.exec(head)?.[1] ?? "" }));
    }
    return out;
  }
}
const METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH"];
class Request extends Body {
  constructor(input, init = {}) {
    super();
    init ??= {};
    const from = input instanceof Request ? input : null;
    const url = from ? from.url : new URL(String(input)).href;
    let method = String(init.method ?? from?.method ?? "GET");
    if (METHODS.includes(method.toUpperCase())) method = method.toUpperCase();
    this.url = url;
    this.method = method;
    this.headers = new Headers(init.headers ?? from?.headers);
    this.signal = init.signal ?? from?.signal ?? new AbortController().signal;
    this.redirect = init.redirect ?? from?.redirect ?? "follow";
    const own = init.body !== undefined && init.body !== null;
    if (own && (method === "GET" || method === "HEAD")) throw new TypeError("Request with GET/HEAD method cannot have body.");
    const [data, type] = own ? pour(init.body) : [from ? from._take() : null, null];
    this._data = data;
    if (type && !this.headers.has("content-type")) this.headers.set("content-type", type);
  }
  clone() {
    if (this.bodyUsed) throw new TypeError("Body already consumed.");
    const copy = new Request(this.url, { method: this.method, headers: this.headers, signal: this.signal, redirect: this.redirect });
    copy._data = this._data;
    return copy;
  }
}
const TEXTS = { 200: "OK", 201: "Created", 204: "No Content", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable" };
class Response extends Body {
  constructor(body, init = {}) {
    super();
    init ??= {};
    const status = init.status === undefined ? 200 : Math.trunc(Number(init.status));
    if (!(status >= 200 && status <= 599) && status !== 101) throw new RangeError(`The status provided (${init.status}) is not equal to 101 and outside the range [200, 599]`);
    this.status = status;
    this.statusText = String(init.statusText ?? "");
    this.headers = new Headers(init.headers);
    this.type = "default"; this.url = ""; this.redirected = false;
    const [data, type] = pour(body);
    if (data !== null && [101, 204, 205, 304].includes(status)) throw new TypeError("Response with null body status cannot have body");
    this._data = data;
    if (type && !this.headers.has("content-type")) this.headers.set("content-type", type);
  }
  get ok() { return this.status >= 200 && this.status < 300; }
  clone() {
    if (this.bodyUsed) throw new TypeError("Body already consumed.");
    const copy = new Response(null, { status: this.status, statusText: this.statusText, headers: this.headers });
    copy._data = this._data; copy.url = this.url;
    return copy;
  }
  static json(data, init = {}) {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("The data is not JSON serializable");
    const headers = new Headers(init?.headers);
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return new Response(text, { ...init, headers });
  }
  static redirect(url, status = 302) { return new Response(null, { status, headers: { location: new URL(String(url)).href } }); }
  static error() { const r = new Response(null); r.type = "error"; r.status = 0; return r; }
}

const fetch = async (input, init) => {
  const request = new Request(input, init);
  const { signal } = request;
  if (signal.aborted) throw signal.reason;
  const data = request._take();
  const answered = inner.ask("fetch", {
    method: request.method, url: request.url, headers: [...request.headers], redirect: request.redirect,
    body: data === null ? null : (typeof data === "string" ? data : h.text(inner.raw(data), "utf-8", false)).slice(0, 4194304),
  });
  const aborted = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const out = await Promise.race([answered, aborted]);
  if (out.error) throw new TypeError(out.error);
  const empty = [204, 205, 304].includes(out.status) || request.method === "HEAD";
  const response = new Response(empty ? null : out.body, { status: out.status, statusText: TEXTS[out.status] ?? "", headers: out.headers });
  response.url = request.url;
  return response;
};
return { Headers, Request, Response, fetch, FormData, Blob, File, ReadableStream };
}
