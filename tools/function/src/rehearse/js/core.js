// What a function finds in its global scope. Evaluates to a function of the host's port `h`,
// which nothing else can reach. Parts that few functions use are compiled when first touched.
(h) => {
"use strict";
const G = globalThis;
const give = (name, value) => Object.defineProperty(G, name, { value, writable: true, enumerable: false, configurable: true });
const lazy = (part, names) => {
  let made;
  for (const name of names) {
    Object.defineProperty(G, name, {
      configurable: true,
      get() { made ??= h.part(part)(h, inner); for (const n of names) give(n, made[n]); return made[name]; },
      set(value) { give(name, value); },
    });
  }
};
const inner = {};

// The engine counts jumps and calls, not what one call of a native costs. Those that can cost a
// lot are charged for their size; who has spent everything gets no more work done.
const BUDGET = 5e8;
let spent = 0;
const spend = (n) => {
  if (n < 4096 && spent <= BUDGET) return;
  spent += n;
  if (spent > BUDGET) { h.tire(); throw new RangeError("out of work"); }
};
const charge = (on, names, cost) => {
  for (const name of names) {
    const native = on[name], { apply } = Reflect;
    if (native) Object.defineProperty(on, name, { value: { [name](...a) { spend(cost(this, a)); return apply(native, this, a); } }[name], writable: true, configurable: true });
  }
};
const long = (x) => (typeof x === "string" || Array.isArray(x) || ArrayBuffer.isView(x) ? x.length : 0);
charge(String.prototype, ["indexOf", "lastIndexOf", "includes", "split", "replace", "replaceAll", "concat", "slice", "substring", "toUpperCase", "toLowerCase", "trim", "normalize", "startsWith", "endsWith", "localeCompare", "match", "search", "toWellFormed"], long);
charge(String.prototype, ["repeat", "padStart", "padEnd"], (x, a) => long(x) + long(x) * (Number(a[0]) || 0) + (Number(a[0]) || 0));
charge(Array.prototype, ["indexOf", "lastIndexOf", "includes", "slice", "splice", "concat", "join", "reverse", "toReversed", "fill", "flat", "copyWithin", "shift", "unshift"], (x) => long(x) * 4);
charge(Array.prototype, ["sort", "toSorted"], (x) => long(x) * 500);
charge(Object.getPrototypeOf(Uint8Array.prototype), ["indexOf", "lastIndexOf", "includes", "slice", "set", "fill", "join", "reverse", "toReversed", "copyWithin"], long);
charge(Object.getPrototypeOf(Uint8Array.prototype), ["sort", "toSorted"], (x) => long(x) * 500);
charge(JSON, ["parse"], (_, a) => long(a[0]) * 30);
const { stringify } = JSON;
JSON.stringify = (...a) => { spend(0); const out = stringify(...a); spend(long(out) * 50); return out; };
// One multiplication of these can take minutes; a function that names them is not run at all.
for (const name of ["BigInt", "BigInt64Array", "BigUint64Array"]) delete G[name];
for (const name of ["getBigInt64", "getBigUint64", "setBigInt64", "setBigUint64"]) delete DataView.prototype[name];

// Clock: moves only when something waits.
const RealDate = Date, P = RealDate.prototype;
const realOffset = P.getTimezoneOffset;
const zoned = /(?:Z|GMT|UTC?|[+-]\d\d:?\d\d)\s*(?:\([^)]*\))?$/i, dayOnly = /^[+-]?\d{4,6}(?:-\d\d(?:-\d\d)?)?$/;
const parse = (text) => {
  const t = RealDate.parse(text);
  if (Number.isNaN(t) || zoned.test(text) || dayOnly.test(text)) return t;
  return t - realOffset.call(new RealDate(t)) * 60000;
};
function SandboxDate(...a) {
  if (!new.target) return new SandboxDate().toString();
  let v;
  if (a.length === 0) v = h.now();
  else if (a.length === 1) {
    const x = a[0] instanceof RealDate ? a[0].getTime() : typeof a[0] === "object" && a[0] !== null ? a[0][Symbol.toPrimitive] ? a[0][Symbol.toPrimitive]("default") : String(a[0]) : a[0];
    v = typeof x === "string" ? parse(x) : x;
  } else v = RealDate.UTC(...a);
  return Reflect.construct(RealDate, [v], new.target);
}
Object.defineProperty(SandboxDate, "name", { value: "Date" });
Object.defineProperty(SandboxDate, "length", { value: 7 });
SandboxDate.prototype = P;
SandboxDate.UTC = RealDate.UTC;
SandboxDate.now = () => h.now();
SandboxDate.parse = (text) => parse(String(text));
const method = (name, f) => Object.defineProperty(P, name, { value: f, writable: true, configurable: true });
method("constructor", SandboxDate);
for (const unit of ["FullYear", "Month", "Date", "Day", "Hours", "Minutes", "Seconds", "Milliseconds"]) {
  method("get" + unit, P["getUTC" + unit]);
  if (unit !== "Day") method("set" + unit, P["setUTC" + unit]);
}
method("getTimezoneOffset", function () { return Number.isNaN(this.getTime()) ? NaN : 0; });
const two = (n) => String(n).padStart(2, "0");
const DAYS = "SunMonTueWedThuFriSat", MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
method("toDateString", function () {
  if (Number.isNaN(this.getTime())) return "Invalid Date";
  return `${DAYS.substr(this.getUTCDay() * 3, 3)} ${MONTHS.substr(this.getUTCMonth() * 3, 3)} ${two(this.getUTCDate())} ${String(this.getUTCFullYear()).padStart(4, "0")}`;
});
method("toTimeString", function () {
  if (Number.isNaN(this.getTime())) return "Invalid Date";
  return `${two(this.getUTCHours())}:${two(this.getUTCMinutes())}:${two(this.getUTCSeconds())} GMT+0000 (Coordinated Universal Time)`;
});
method("toString", function () { return Number.isNaN(this.getTime()) ? "Invalid Date" : this.toDateString() + " " + this.toTimeString(); });
const local = (date, locales, options, need, fill) => {
  if (Number.isNaN(date.getTime())) return "Invalid Date";
  const o = { ...options };
  if (!need.some((k) => o[k] !== undefined)) for (const k of fill) o[k] = "numeric";
  return new Intl.DateTimeFormat(locales, o).format(date);
};
const DATE = ["year", "month", "day"], TIME = ["hour", "minute", "second"];
const DATES = ["weekday", ...DATE, "dateStyle"], TIMES = ["dayPeriod", ...TIME, "fractionalSecondDigits", "timeStyle"];
method("toLocaleString", function (l, o) { return local(this, l, o, [...DATES, ...TIMES], [...DATE, ...TIME]); });
method("toLocaleDateString", function (l, o) { return local(this, l, o, DATES, DATE); });
method("toLocaleTimeString", function (l, o) { return local(this, l, o, TIMES, TIME); });
Object.defineProperty(Number.prototype, "toLocaleString", { value: function (l, o) { return new Intl.NumberFormat(l, o).format(this.valueOf()); }, writable: true, configurable: true });
give("Date", SandboxDate);
let began = 0;
give("performance", { now: () => h.now() - began, get timeOrigin() { return began; }, mark() {}, measure() {} });
Math.random = () => h.random();

// Timers: `tick` moves the clock to the next one.
let timers = [], lastId = 0;
const timer = (fn, wait, every, args) => {
  if (typeof fn !== "function") throw new TypeError("The callback of a timer must be a function");
  const ms = Math.max(every ? 1 : 0, Math.min(Number(wait) || 0, 2147483647));
  timers.push({ id: ++lastId, at: h.now() + ms, ms, fn, every, args });
  return lastId;
};
give("setTimeout", (fn, ms, ...args) => timer(fn, ms, false, args));
give("setInterval", (fn, ms, ...args) => timer(fn, ms, true, args));
const clear = (id) => { timers = timers.filter((t) => t.id !== id); };
give("clearTimeout", clear);
give("clearInterval", clear);
const tick = () => {
  if (!timers.length) return false;
  let next = timers[0];
  for (const t of timers) if (t.at < next.at) next = t;
  h.advance(next.at);
  if (next.every) next.at += next.ms; else clear(next.id);
  next.fn(...next.args);
  return true;
};

// Console.
const show = (v, depth = 0, seen = []) => {
  if (typeof v === "string") return depth ? JSON.stringify(v) : v;
  if (typeof v === "bigint") return v + "n";
  if (typeof v === "symbol") return v.toString();
  if (typeof v === "function") return v.name ? `[Function: ${v.name}]` : "[Function (anonymous)]";
  if (typeof v !== "object" || v === null) return String(v);
  if (seen.includes(v)) return "[Circular]";
  if (v instanceof Error) {
    const rest = Object.keys(v).filter((k) => k !== "originalError");
    return `${v.name}: ${v.message}${rest.length ? " " + show(Object.fromEntries(rest.map((k) => [k, v[k]])), depth + 1, [...seen, v]) : ""}`;
  }
  if (v instanceof RealDate) return Number.isNaN(v.getTime()) ? "Invalid Date" : v.toISOString();
  if (depth > 4) return Array.isArray(v) ? "[Array]" : "[Object]";
  const next = [...seen, v];
  if (Array.isArray(v)) {
    const items = v.slice(0, 100).map((x) => show(x, depth + 1, next));
    if (v.length > 100) items.push(`... ${v.length - 100} more items`);
    return items.length ? `[ ${items.join(", ")} ]` : "[]";
  }
  if (v instanceof Map) return `Map(${v.size}) ${show([...v], depth + 1, next)}`;
  if (v instanceof Set) return `Set(${v.size}) ${show([...v], depth + 1, next)}`;
  if (ArrayBuffer.isView(v)) return `${v.constructor.name}(${v.byteLength})`;
  const keys = Object.keys(v).slice(0, 100).map((k) => `${/^[\w$]+$/.test(k) ? k : JSON.stringify(k)}: ${show(v[k], depth + 1, next)}`);
  const name = v.constructor && v.constructor !== Object ? v.constructor.name + " " : "";
  return name + (keys.length ? `{ ${keys.join(", ")} }` : "{}");
};
const print = (...args) => {
  if (typeof args[0] === "string" && args[0].includes("%") && args.length > 1) {
    const rest = args.slice(1);
    const head = args[0].replace(/%([sdifoOjc%])/g, (all, kind) => {
      if (kind === "%") return "%";
      if (!rest.length) return all;
      const x = rest.shift();
      return kind === "s" ? show(x) : kind === "c" ? "" : "dif".includes(kind) ? String(kind === "f" ? parseFloat(x) : parseInt(x)) : show(x, 1);
    });
    args = [head, ...rest];
  }
  h.log(args.map((a) => show(a)).join(" ").slice(0, 4000).toWellFormed());
};
const c = {};
for (const level of ["log", "info", "warn", "error", "debug", "trace", "dir", "table", "group"]) c[level] = print;
c.assert = (ok, ...rest) => { if (!ok) print("Assertion failed:", ...rest); };
const marks = new Map();
c.time = (label = "default") => { marks.set(label, h.now()); };
c.timeEnd = c.timeLog = (label = "default") => print(`${label}: ${h.now() - (marks.get(label) ?? h.now())}ms`);
const counts = new Map();
c.count = (label = "default") => { counts.set(label, (counts.get(label) ?? 0) + 1); print(`${label}: ${counts.get(label)}`); };
c.groupEnd = c.groupCollapsed = c.clear = c.countReset = () => {};
give("console", c);

// Events and aborting.
class EventTarget {
  #on = new Map();
  addEventListener(type, fn, options) {
    if (!fn) return;
    const list = this.#on.get(type) ?? [];
    list.push({ fn, once: !!(options && options.once) });
    this.#on.set(type, list);
  }
  removeEventListener(type, fn) { this.#on.set(type, (this.#on.get(type) ?? []).filter((x) => x.fn !== fn)); }
  dispatchEvent(event) {
    const list = this.#on.get(event.type) ?? [];
    this.#on.set(event.type, list.filter((x) => !x.once));
    const call = this["on" + event.type];
    if (typeof call === "function") call.call(this, event);
    for (const { fn } of list) typeof fn === "function" ? fn.call(this, event) : fn.handleEvent(event);
    return true;
  }
}
class Event {
  constructor(type, init) { this.type = type; this.cancelable = !!init?.cancelable; }
  preventDefault() {}
  stopPropagation() {}
}
const internal = Symbol("internal");
const stop = (signal, reason) => {
  if (signal.aborted) return;
  signal.aborted = true;
  signal.reason = reason === undefined ? new DOMException("The signal has been aborted", "AbortError") : reason;
  signal.dispatchEvent(new Event("abort"));
};
class AbortSignal extends EventTarget {
  aborted = false;
  reason = undefined;
  onabort = null;
  constructor(key) { if (key !== internal) throw new TypeError("Illegal constructor"); super(); }
  throwIfAborted() { if (this.aborted) throw this.reason; }
  static abort(reason) { const s = new AbortSignal(internal); stop(s, reason); return s; }
  static timeout(ms) {
    const s = new AbortSignal(internal);
    setTimeout(() => stop(s, new DOMException("Signal timed out.", "TimeoutError")), ms);
    return s;
  }
  static any(signals) {
    const s = new AbortSignal(internal);
    for (const one of signals) {
      if (one.aborted) { stop(s, one.reason); break; }
      one.addEventListener("abort", () => stop(s, one.reason));
    }
    return s;
  }
}
class AbortController {
  signal = new AbortSignal(internal);
  abort(reason) { stop(this.signal, reason); }
}
Object.entries({ EventTarget, Event, AbortSignal, AbortController }).forEach(([k, v]) => give(k, v));

// Text and bytes.
const viewOf = (b) => b === undefined ? new Uint8Array() : b instanceof Uint8Array ? b : ArrayBuffer.isView(b) ? new Uint8Array(b.buffer, b.byteOffset, b.byteLength) : new Uint8Array(b);
inner.viewOf = viewOf;
const fromCharCode = String.fromCharCode;
// Bytes cross to the host as a string of characters below 256.
inner.raw = (view) => {
  let out = "";
  for (let i = 0; i < view.length; i += 8192) out += fromCharCode.apply(null, view.subarray(i, i + 8192));
  return out;
};
inner.bytes = (text) => h.bytes(String(text).toWellFormed());
give("TextEncoder", class TextEncoder {
  get encoding() { return "utf-8"; }
  encode(text = "") { return inner.bytes(text); }
  encodeInto(text, into) { const b = inner.bytes(text); const n = Math.min(b.length, into.length); into.set(b.subarray(0, n)); return { read: text.length, written: n }; }
});
give("TextDecoder", class TextDecoder {
  #fatal; #bom;
  constructor(label = "utf-8", options = {}) {
    this.encoding = h.label(String(label));
    if (!this.encoding) throw new RangeError(`The encoding label provided ('${label}') is invalid.`);
    this.#fatal = this.fatal = !!options.fatal;
    this.#bom = this.ignoreBOM = !!options.ignoreBOM;
  }
  decode(input) {
    const text = h.text(inner.raw(viewOf(input)), this.encoding, this.#fatal);
    if (text === undefined) throw new TypeError("The encoded data is not valid.");
    return !this.#bom && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }
});
const badCharacter = (message) => new DOMException(message, "InvalidCharacterError");
give("btoa", (data) => {
  const out = h.btoa(String(data).toWellFormed());
  if (out === undefined) throw badCharacter("Cannot encode string: string contains characters outside of the Latin1 range");
  return out;
});
give("atob", (data) => {
  const out = h.atob(String(data).toWellFormed());
  if (out === undefined) throw badCharacter("Failed to decode base64");
  return out;
});
give("structuredClone", (value) => {
  const seen = new Map();
  const copy = (v) => {
    if (typeof v === "function" || typeof v === "symbol") throw new DOMException(`${String(v)} could not be cloned.`, "DataCloneError");
    if (typeof v !== "object" || v === null) return v;
    if (seen.has(v)) return seen.get(v);
    let out;
    const keep = (x) => { seen.set(v, x); return x; };
    if (v instanceof RealDate) return keep(new SandboxDate(v.getTime()));
    if (v instanceof RegExp) return keep(new RegExp(v.source, v.flags));
    if (v instanceof ArrayBuffer) return keep(v.slice(0));
    if (ArrayBuffer.isView(v)) return keep(new v.constructor(v));
    if (v instanceof Map) { out = keep(new Map()); for (const [k, x] of v) out.set(copy(k), copy(x)); return out; }
    if (v instanceof Set) { out = keep(new Set()); for (const x of v) out.add(copy(x)); return out; }
    if (v instanceof Error) { out = keep(new v.constructor(v.message)); return out; }
    out = keep(Array.isArray(v) ? new Array(v.length) : {});
    for (const k of Object.keys(v)) out[k] = copy(v[k]);
    return out;
  };
  return copy(value);
});

// Calls out of the sandbox: `ask` puts one into the outbox, `answer` brings its answer back.
const asked = new Map();
let lastAsked = 0;
inner.ask = (kind, data) => new Promise((resolve) => { asked.set(++lastAsked, resolve); h.ask(lastAsked, kind, JSON.stringify(data).toWellFormed()); });
const answer = (id, json) => { const done = asked.get(id); asked.delete(id); if (done) done(JSON.parse(json)); };

lazy("url", ["URL", "URLSearchParams"]);
lazy("http", ["Headers", "Request", "Response", "fetch", "FormData", "Blob", "File", "ReadableStream"]);
lazy("crypto", ["crypto"]);
lazy("intl", ["Intl"]);

// The platform.
let served = null, waiting = [], env = {};
const readEnv = { get: (k) => env[k], has: (k) => Object.hasOwn(env, k), toObject: () => ({ ...env }) };
const Deno = {
  env: readEnv,
  serve(a, b) {
    const handler = typeof a === "function" ? a : typeof b === "function" ? b : a?.handler ?? a?.fetch;
    if (typeof handler !== "function") throw new TypeError("Deno.serve needs a handler");
    served ??= handler;
    return { finished: new Promise(() => {}), shutdown: async () => {}, ref() {}, unref() {}, addr: { transport: "tcp", hostname: "0.0.0.0", port: 8000 } };
  },
  build: { os: "linux", arch: "x86_64" }, version: { deno: "2.0.0" }, pid: 1,
};
give("Deno", Deno);
give("process", { env: new Proxy({}, { get: (_, k) => typeof k === "string" ? env[k] : undefined, has: (_, k) => Object.hasOwn(env, k) }), nextTick: (f, ...a) => queueMicrotask(() => f(...a)) });
give("self", G);
inner.runtime = { secrets: new Proxy({}, { get: (_, k) => typeof k === "string" ? env[k] : undefined }), waitUntil: (p) => { waiting.push(Promise.resolve(p)); } };

let outcome = null;
const say = (e) => e instanceof Error || e instanceof DOMException ? `${e.name}: ${e.message}` : show(e);
const drive = async (space, input) => {
  const main = served ?? (typeof space.default === "function" ? space.default : space.default?.fetch?.bind(space.default));
  if (typeof main !== "function") return { kind: "shape" };
  const { method, url, headers, body } = input;
  const request = new Request(url, { method, headers, body: body ?? undefined });
  const response = await main(request, { remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 40000 }, completed: Promise.resolve() });
  if (!(response instanceof Response)) return { kind: "answer", status: 0, error: `the handler answered with ${show(response).slice(0, 200)} in place of a Response`, body: "", headers: [] };
  const text = await response.text();
  await Promise.allSettled(waiting);
  return { kind: "answer", status: response.status, headers: [...response.headers], length: text.length, body: text.slice(0, input.cap).toWellFormed() };
};
return {
  inner,
  answer,
  tick,
  reset(values) {
    timers = []; lastId = 0; asked.clear(); lastAsked = 0; served = null; waiting = []; outcome = null;
    spent = 0; env = JSON.parse(values); began = h.now(); marks.clear(); counts.clear();
  },
  start(loaded, space, input) {
    loaded.then(() => drive(space, JSON.parse(input))).then(
      (done) => { outcome = JSON.stringify(done); },
      (error) => { outcome = JSON.stringify({ kind: "threw", error: say(error).slice(0, 2000).toWellFormed() }); },
    );
  },
  outcome: () => outcome ?? undefined,
};
}
