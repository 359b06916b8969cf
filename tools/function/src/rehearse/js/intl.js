// Intl: the part of it that functions use, over the host's calendar.
(h) => {
"use strict";
const first = (l) => { const x = Array.isArray(l) ? l[0] : l; return x === undefined ? "en-US" : String(x); };
class DateTimeFormat {
  #locale; #options;
  constructor(locales, options = {}) {
    const o = { ...options };
    this.#locale = first(locales);
    o.timeZone = o.timeZone === undefined ? "UTC" : String(o.timeZone);
    const zone = h.zone(o.timeZone);
    if (zone === undefined) throw new RangeError(`Invalid time zone specified: ${o.timeZone}`);
    o.timeZone = zone;
    const styled = o.dateStyle !== undefined || o.timeStyle !== undefined;
    const some = ["weekday", "year", "month", "day", "dayPeriod", "hour", "minute", "second", "fractionalSecondDigits"].some((k) => o[k] !== undefined);
    if (styled && some) throw new TypeError("Can't set option when dateStyle or timeStyle is used");
    if (!styled && !some) o.year = o.month = o.day = "numeric";
    this.#options = o;
    this.format = (date) => this.formatToParts(date).map((p) => p.value).join("");
  }
  formatToParts(date) {
    const ms = date === undefined ? Date.now() : Number(date);
    if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) throw new RangeError("Invalid time value");
    const flat = h.date(ms, this.#locale, JSON.stringify(this.#options));
    const parts = [];
    for (let i = 0; i < flat.length; i += 2) parts.push({ type: flat[i], value: flat[i + 1] });
    return parts;
  }
  formatRange(a, b) { return `${this.format(a)} – ${this.format(b)}`; }
  resolvedOptions() {
    const clock = this.#options.hour !== undefined || this.#options.timeStyle !== undefined ? { hourCycle: this.#options.hourCycle ?? (this.#options.hour12 === false ? "h23" : "h12") } : {};
    return { locale: this.#locale, calendar: "gregory", numberingSystem: "latn", ...clock, ...this.#options };
  }
  static supportedLocalesOf(l) { return Array.isArray(l) ? [...l] : [l]; }
}
class NumberFormat {
  #locale; #options;
  constructor(locales, options = {}) {
    this.#locale = first(locales);
    this.#options = { ...options };
    if (options.style === "currency" && !/^[A-Za-z]{3}$/.test(options.currency ?? "")) throw options.currency === undefined ? new TypeError("Currency code is required with currency style.") : new RangeError(`Invalid currency code : ${options.currency}`);
    this.format = (n) => h.number(Number(n), this.#locale, JSON.stringify(this.#options));
  }
  resolvedOptions() { return { locale: this.#locale, numberingSystem: "latn", ...this.#options }; }
}
class Collator {
  constructor(locales, options = {}) { const o = options; this.compare = (a, b) => { const x = fold(a, o), y = fold(b, o); return x < y ? -1 : x > y ? 1 : 0; }; }
}
const fold = (s, o) => { s = String(s).normalize("NFD").replace(/\p{M}/gu, "").toLowerCase(); return o.numeric ? s.replace(/\d+/g, (d) => d.padStart(12, "0")) : s; };
class ListFormat {
  constructor(locales, options = {}) { this.word = options.type === "disjunction" ? "or" : "and"; }
  format(list) {
    const x = [...list];
    return x.length < 2 ? x.join("") : x.length === 2 ? `${x[0]} ${this.word} ${x[1]}` : `${x.slice(0, -1).join(", ")}, ${this.word} ${x.at(-1)}`;
  }
}
class PluralRules { select(n) { return n === 1 ? "one" : "other"; } }
class RelativeTimeFormat {
  format(n, unit) { const u = String(unit).replace(/s$/, ""), a = Math.abs(n); const s = `${a} ${u}${a === 1 ? "" : "s"}`; return n < 0 || Object.is(n, -0) ? `${s} ago` : `in ${s}`; }
}
// These three may be called without `new`.
const bare = (C) => new Proxy(C, { apply: (_, __, args) => new C(...args) });
return { Intl: { DateTimeFormat: bare(DateTimeFormat), NumberFormat: bare(NumberFormat), Collator: bare(Collator), ListFormat, PluralRules, RelativeTimeFormat, getCanonicalLocales: (l) => (l === undefined ? [] : [].concat(l)), supportedValuesOf: (key) => (key === "timeZone" ? h.zones() : []) } };
}
