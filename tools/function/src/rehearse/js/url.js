// URL and URLSearchParams over the host's parser.
(h) => {
"use strict";
const set = Symbol("set");
class URLSearchParams {
  #pairs = []; #changed = null;
  constructor(init = "") {
    if (typeof init === "object" && init !== null) {
      if (typeof init[Symbol.iterator] === "function") {
        for (const pair of init) {
          const two = [...pair];
          if (two.length !== 2) throw new TypeError("Each query pair must be an iterable [name, value] tuple");
          this.#pairs.push([text(two[0]), text(two[1])]);
        }
      } else for (const k of Object.keys(init)) this.#pairs.push([text(k), text(init[k])]);
    } else this.#read(String(init));
  }
  #read(query) {
    const flat = h.form(query.replace(/^\?/, "").toWellFormed());
    this.#pairs = [];
    for (let i = 0; i < flat.length; i += 2) this.#pairs.push([flat[i], flat[i + 1]]);
  }
  [set](query, changed) { if (query !== undefined) this.#read(query); if (changed) this.#changed = changed; }
  #touch() { if (this.#changed) this.#changed(this.toString()); }
  append(k, v) { this.#pairs.push([text(k), text(v)]); this.#touch(); }
  delete(k, v) { this.#pairs = this.#pairs.filter((p) => p[0] !== text(k) || (v !== undefined && p[1] !== text(v))); this.#touch(); }
  get(k) { return this.#pairs.find((p) => p[0] === text(k))?.[1] ?? null; }
  getAll(k) { return this.#pairs.filter((p) => p[0] === text(k)).map((p) => p[1]); }
  has(k, v) { return this.#pairs.some((p) => p[0] === text(k) && (v === undefined || p[1] === text(v))); }
  set(k, v) {
    const at = this.#pairs.findIndex((p) => p[0] === text(k));
    if (at < 0) this.#pairs.push([text(k), text(v)]);
    else { this.#pairs[at] = [text(k), text(v)]; this.#pairs = this.#pairs.filter((p, i) => i <= at || p[0] !== text(k)); }
    this.#touch();
  }
  sort() { this.#pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)); this.#touch(); }
  forEach(f, self) { for (const [k, v] of this) f.call(self, v, k, this); }
  *entries() { for (const [k, v] of this.#pairs) yield [k, v]; }
  *keys() { for (const [k] of this.#pairs) yield k; }
  *values() { for (const [, v] of this.#pairs) yield v; }
  [Symbol.iterator]() { return this.entries(); }
  get size() { return this.#pairs.length; }
  get [Symbol.toStringTag]() { return "URLSearchParams"; }
  toString() { return h.unform(this.#pairs.flat()); }
}
const text = (v) => String(v).toWellFormed();
const PARTS = ["href", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"];
class URL {
  #parts; #query;
  constructor(href, base) {
    this.#parts = h.url(text(href), base === undefined ? undefined : text(base));
    if (!this.#parts) throw new TypeError(`Invalid URL: '${href}'` + (base === undefined ? "" : ` with base '${base}'`));
    this.#query = new URLSearchParams(this.#parts[8]);
    this.#query[set](undefined, (query) => { this.#write("search", query, true); });
  }
  #write(name, value, quiet) {
    const next = h.urlSet(this.#parts[0], name, text(value));
    if (!next) { if (name === "href") throw new TypeError(`Invalid URL: '${value}'`); return; }
    this.#parts = next;
    if (!quiet) this.#query[set](next[8]);
  }
  static { 
    PARTS.forEach((name, i) => Object.defineProperty(URL.prototype, name, {
      get() { return this.#parts[i]; }, set(v) { this.#write(name, v, false); }, enumerable: true, configurable: true,
    }));
  }
  get origin() { return this.#parts[10]; }
  get searchParams() { return this.#query; }
  toString() { return this.#parts[0]; }
  toJSON() { return this.#parts[0]; }
  get [Symbol.toStringTag]() { return "URL"; }
  static canParse(href, base) { return !!h.url(text(href), base === undefined ? undefined : text(base)); }
  static parse(href, base) { try { return new URL(href, base); } catch { return null; } }
}
return { URL, URLSearchParams };
}
