//! The globals that a function may use, and what they do with what they are given.

use super::call::Args;
use super::compare::content;
use super::heap::{Kind, Obj};
use super::trace::Sink;
use super::value::{Atom, BY_SECRET, ENV, Piece, REQ, SECRET, Val, text_of};
use super::walk::Walk;

impl<'a> Walk<'a, '_> {
    /// A call of a global, or of a member of one.
    pub(crate) fn call_host(&mut self, path: &str, args: &Args<'a>) -> Val {
        match path {
            "fetch" => self.fetch(args),
            "Deno.serve" => {
                for arg in args.all() {
                    self.serve(arg, args.at);
                }
                Val::any()
            }
            "Deno.env.get" => {
                let name = args.get(0);
                self.env(name.constant(), args.at)
            }
            "secrets.get" => self.env(args.get(0).constant(), args.at),
            "waitUntil" => args.get(0),
            path if path.starts_with("console.") => {
                for arg in args.all() {
                    self.leave(args.at, Sink::Log, arg);
                }
                Val::undefined()
            }
            "Response.json" | "Response.redirect" | "Response.error" => self.response(args),
            "Promise.resolve" => args.get(0),
            "Promise.reject" => {
                self.throw(args.at, &args.get(0));
                Val::default().promised()
            }
            "Promise.all" | "Promise.allSettled" | "Promise.race" | "Promise.any" => self.promises(path, args),
            "setTimeout" | "queueMicrotask" | "setInterval" => {
                let task = args.get(0);
                for atom in task.atoms() {
                    if !matches!(atom, Atom::Fun(_) | Atom::Resolve(_)) {
                        self.odd("P2", args.at, format!("`{path}` is given something other than a function written here, which could be a text that is run. Write `{path}(() => …)`."));
                    }
                }
                let delay = args.get(1).labels;
                self.leak(args.at, Sink::Condition, delay);
                let rest: Vec<Val> = args.list.iter().skip(2).cloned().collect();
                self.run_callback(&task, &rest, args.at);
                Val::number()
            }
            "clearTimeout" | "clearInterval" => Val::undefined(),
            "Object.freeze" | "Object.seal" | "structuredClone" => args.get(0),
            "Object.assign" => self.assign_all(args),
            "Object.entries" | "Object.values" | "Object.keys" => self.entries(path, args),
            "Object.fromEntries" => self.object_from_entries(args),
            "Array.from" => self.array_from(args),
            "Array.of" => {
                let items = args.list.clone();
                self.make(args.key, 30, Obj::array(items))
            }
            "Array.isArray"
            | "Number.isFinite"
            | "Number.isInteger"
            | "Number.isNaN"
            | "Number.isSafeInteger"
            | "isNaN"
            | "isFinite"
            | "Object.hasOwn"
            | "Object.is"
            | "URL.canParse" => {
                let labels = self.all_labels(args);
                Val::boolean().with(content(labels))
            }
            "Boolean" => {
                let value = args.get(0);
                let yes = value.filter(super::value::Alt::may_be_true);
                let no = value.filter(super::value::Alt::may_be_false);
                let mut out = Val::default();
                for (side, truth) in [(yes, true), (no, false)] {
                    if !side.is_bottom() {
                        out.join(&Val::from(Atom::Bool(truth)).implying(side.implied()));
                    }
                }
                out
            }
            "Number" | "parseInt" | "parseFloat" | "Number.parseInt" | "Number.parseFloat" | "Date.now"
            | "Date.parse" | "Date.UTC" | "performance.now" => {
                let labels = self.all_labels(args);
                Val::number().with(labels)
            }
            path if path.starts_with("Math.") => {
                let labels = self.all_labels(args);
                Val::number().with(labels)
            }
            "String" => {
                let value = args.get(0);
                let labels = self.heap.reach(&value).labels;
                self.as_text(&value).with(labels)
            }
            "encodeURIComponent" | "encodeURI" => self.encoded(args),
            "crypto.subtle.verify" => self.verified(args),
            "crypto.subtle.timingSafeEqual" | "timingSafeEqual" => {
                let (a, b) = (args.get(0), args.get(1));
                let guards = self.shows_secret(&a, &b);
                Val::test(guards, 0).with(content((a.labels | b.labels) & SECRET))
            }
            "JSON.stringify" => {
                let labels = self.all_labels(args);
                let found = self.documents(&args.get(0));
                match found.as_slice() {
                    [Some(document)] => Val::from(Atom::Document(document.as_str().into())).with(labels),
                    _ => Val::any().with(labels),
                }
            }
            _ if LISTED.contains(&path) => {
                let labels = self.all_labels(args);
                Val::any().with(labels)
            }
            _ => {
                self.odd("P3", args.at, format!("`{path}` is not one of the globals that a function may use. Use `fetch`, `Response`, `URL`, `JSON`, `Math`, `Date`, `Intl`, `crypto` and the plain containers."));
                self.call_unknown(args, 0)
            }
        }
    }

    fn all_labels(&mut self, args: &Args<'a>) -> u64 {
        self.hand_over_all(args, 0)
    }

    /// Two digests are equal: the caller knows the secret that one is of.
    fn shows_secret(&self, a: &Val, b: &Val) -> u8 {
        let secret = |value: &Val| value.labels & ENV != 0 && value.labels & (REQ | SECRET) == 0;
        let asked = |value: &Val| value.labels & REQ != 0 && value.labels & ENV == 0;
        let there = |value: &Val| !value.alts.iter().any(super::value::Alt::is_nullish);
        if (secret(a) && asked(b) && there(a)) || (secret(b) && asked(a) && there(b)) {
            BY_SECRET
        } else {
            0
        }
    }

    /// `crypto.subtle.verify(algorithm, key, signature, data)`
    fn verified(&mut self, args: &Args<'a>) -> Val {
        self.all_labels(args);
        let guards = self.shows_secret(&args.get(1), &args.get(2));
        Val::test(guards, 0).promised()
    }

    /// `new` of a global.
    pub(crate) fn new_host(&mut self, path: &str, args: &Args<'a>) -> Val {
        match path {
            "URL" => self.new_url(args),
            "Headers" => self.headers_of(args),
            "Response" => self.response(args),
            "Promise" => {
                let promise = self.make(args.key, 31, Obj::new(Kind::Promise));
                if let Some(Atom::Ref(id)) = promise.atoms().next().cloned() {
                    let resolve = Val::from(Atom::Resolve(id));
                    // What it is rejected with is an error that leaves.
                    let reject = Val::from(Atom::Host("Promise.reject".into()));
                    self.run_callback(&args.get(0), &[resolve, reject], args.at);
                }
                promise
            }
            "Set" | "Map" | "WeakMap" | "WeakSet" | "FormData" | "URLSearchParams" => self.bag(Kind::Bag, args, 32),
            "Array" => {
                for arg in args.all() {
                    self.hand_over(args.at, arg);
                }
                let mut array = Obj::new(Kind::Array);
                let mut labels = 0;
                for arg in args.all() {
                    array.rest.join(arg);
                    labels |= arg.labels;
                }
                self.make(args.key, 33, array).with(labels)
            }
            "Date"
            | "Intl.DateTimeFormat"
            | "Intl.NumberFormat"
            | "Intl.RelativeTimeFormat"
            | "Intl.PluralRules"
            | "Intl.ListFormat"
            | "Intl.Collator"
            | "Intl.DisplayNames"
            | "Intl.Segmenter"
            | "RegExp"
            | "TextEncoder"
            | "TextDecoder"
            | "AbortController"
            | "Uint8Array"
            | "Uint16Array"
            | "Uint32Array"
            | "Int32Array"
            | "Float64Array"
            | "ArrayBuffer"
            | "DataView"
            | "Blob"
            | "File" => {
                let labels = self.all_labels(args);
                Val::any().with(labels)
            }
            path if path.ends_with("Error") && !path.contains('.') => {
                let mut error = Obj::new(Kind::Bag);
                for arg in args.all() {
                    error.rest.join(arg);
                }
                error.rest.join(&Val::some_text());
                self.make(args.key, 34, error)
            }
            _ => {
                self.odd("P3", args.at, format!("`new {path}` is not one of the globals that a function may use. Use `URL`, `Headers`, `Response`, `Date`, `Map`, `Set` and the like."));
                self.call_unknown(args, 0)
            }
        }
    }

    fn response(&mut self, args: &Args<'a>) -> Val {
        for arg in args.all() {
            self.leave(args.at, Sink::Answer, arg);
        }
        self.make(args.key, 35, Obj::new(Kind::Response))
    }

    fn new_url(&mut self, args: &Args<'a>) -> Val {
        let (path, base) = (args.get(0), args.get(1));
        let mut labels = self.heap.reach(&path).labels | self.heap.reach(&base).labels;
        labels |= path.labels | base.labels;
        let path = self.as_text(&path);
        let base = self.as_text(&base);
        let no_base = base.atoms().all(|atom| *atom == Atom::Undefined);
        let href = if no_base { path } else { resolved(&path, &base) };
        let mut url = Obj::new(Kind::Url);
        url.put("href", href.with(labels));
        self.make(args.key, 36, url).with(labels)
    }

    fn headers_of(&mut self, args: &Args<'a>) -> Val {
        let mut headers = Obj::new(Kind::Headers);
        let init = args.get(0);
        if let Some(pairs) = self.listed(&init) {
            for pair in pairs {
                let name = self.element(&pair, Some(0));
                let value = self.element(&pair, Some(1));
                match name.constant() {
                    Some(name) => {
                        headers.add(&name.to_ascii_lowercase(), &value);
                    }
                    None => {
                        headers.rest.join(&value);
                    }
                }
            }
        } else {
            self.spread_into(&mut headers, &init, args.at);
        }
        self.make(args.key, 37, headers)
    }

    fn promises(&mut self, path: &str, args: &Args<'a>) -> Val {
        let list = args.get(0);
        let items = self.listed(&list);
        let all = path == "Promise.all" || path == "Promise.allSettled";
        let settled = path == "Promise.allSettled";
        let wrap = |walk: &mut Self, value: Val, index: u8| {
            let value = walk.unpend(value);
            if !settled {
                return value;
            }
            let mut object = Obj::new(Kind::Plain);
            object.put("status", Val::some_text());
            object.put("value", value);
            object.put("reason", Val::any());
            walk.make(args.key, 100_u8.saturating_add(index), object)
        };
        match items {
            Some(items) if all => {
                let mut out = Vec::new();
                for (index, item) in items.into_iter().enumerate() {
                    out.push(wrap(self, item, u8::try_from(index).unwrap_or(u8::MAX)));
                }
                self.make(args.key, 38, Obj::array(out)).promised()
            }
            _ => {
                let element = self.element(&list, None);
                let element = wrap(self, element, 0);
                if !all {
                    return element.forgetting().promised();
                }
                let mut array = Obj::new(Kind::Array);
                array.rest = element;
                self.make(args.key, 38, array).promised()
            }
        }
    }

    fn assign_all(&mut self, args: &Args<'a>) -> Val {
        let target = args.get(0);
        for source in args.all().skip(1) {
            let mut object = Obj::new(Kind::Plain);
            self.spread_into(&mut object, source, args.at);
            for atom in target.atoms() {
                if let Atom::Ref(id) = atom {
                    for (name, value) in &object.props {
                        self.put(*id, Some(name), value);
                    }
                    if !object.rest.is_bottom() {
                        self.put(*id, None, &object.rest);
                    }
                } else {
                    let labels: u64 = object.all().fold(0, |all, value| all | value.labels);
                    self.leak(args.at, Sink::Unknown, labels);
                }
            }
        }
        target
    }

    fn entries(&mut self, path: &str, args: &Args<'a>) -> Val {
        let value = args.get(0);
        let single = value.alts.len() == 1;
        let mut array = Obj::new(Kind::Array);
        for (turn, atom) in value.atoms().enumerate() {
            let Atom::Ref(id) = atom else {
                let labels = self.hand_over(args.at, &Val::from(atom.clone()).with(value.labels));
                let known = Val::any().with(labels);
                let pair = match path {
                    "Object.entries" => self.make(args.key, 40, Obj::array(vec![Val::some_text().with(labels), known])),
                    "Object.keys" => Val::some_text().with(labels),
                    _ => known,
                };
                array.loosen();
                array.rest.join(&pair);
                continue;
            };
            let Some(object) = self.heap.objects.get_mut(*id) else {
                continue;
            };
            object.read = true;
            let props = object.props.clone();
            let rest = object.element();
            let mut out = Vec::new();
            for (at, (name, value)) in props.iter().enumerate() {
                let tag = 41_u8.saturating_add(u8::try_from(at).unwrap_or(u8::MAX).min(50));
                out.push(match path {
                    "Object.keys" => Val::text(name),
                    "Object.values" => value.clone(),
                    _ => self.make(args.key, tag, Obj::array(vec![Val::text(name), value.clone()])),
                });
            }
            if single && turn == 0 && rest.is_bottom() {
                array.items = Some(out);
                continue;
            }
            array.loosen();
            for value in &out {
                array.rest.join(value);
            }
            if !rest.is_bottom() {
                let value = match path {
                    "Object.keys" => Val::some_text().with(rest.labels),
                    "Object.values" => rest,
                    _ => self.make(args.key, 40, Obj::array(vec![Val::some_text(), rest])),
                };
                array.rest.join(&value);
            }
        }
        self.make(args.key, 39, array)
    }

    fn object_from_entries(&mut self, args: &Args<'a>) -> Val {
        let list = args.get(0);
        let mut object = Obj::new(Kind::Plain);
        let pairs = match self.listed(&list) {
            Some(items) => items,
            None => vec![self.item(&list)],
        };
        for pair in pairs {
            let name = self.element(&pair, Some(0));
            let value = self.element(&pair, Some(1));
            match name.constant() {
                Some(name) => {
                    object.add(name, &value);
                }
                None => {
                    object.rest.join(&value);
                    object.rest.labels |= name.labels;
                }
            }
        }
        self.make(args.key, 95, object)
    }

    fn array_from(&mut self, args: &Args<'a>) -> Val {
        let source = args.get(0);
        let callback = args.get(1);
        let mut array = Obj::new(Kind::Array);
        let mut element = self.item(&source);
        if callback.atoms().any(|atom| *atom != Atom::Undefined) {
            element = self.run_callback(&callback, &[element, Val::number()], args.at);
        }
        array.rest = element;
        self.make(args.key, 96, array)
    }

    fn encoded(&mut self, args: &Args<'a>) -> Val {
        let value = args.get(0);
        let value = self.as_text(&value);
        let mut out = Val::default().with(value.labels);
        for alt in &value.alts {
            let atom = match alt.atom.constant() {
                Some(text)
                    if text
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&b)) =>
                {
                    alt.atom.clone()
                }
                _ => text_of(vec![Piece::Hole]),
            };
            out.join(&atom.into());
        }
        out
    }
}

/// `new URL(path, base)`: a path that begins with `/` replaces the base's.
fn resolved(path: &Val, base: &Val) -> Val {
    let mut out = Val::default();
    for b in base.atoms() {
        for p in path.atoms() {
            let joined = match (b.constant(), p.pieces().first()) {
                (Some(base), Some(Piece::Lit(head))) => join_url(base, head).map(|head| {
                    let mut pieces = p.pieces();
                    if let Some(first) = pieces.first_mut() {
                        *first = Piece::Lit(head.into());
                    }
                    text_of(pieces)
                }),
                _ => None,
            };
            out.join(&joined.unwrap_or(Atom::Any).into());
        }
    }
    out
}

fn join_url(base: &str, head: &str) -> Option<String> {
    let base = url::Url::parse(base).ok()?;
    if head.contains(['\\', '\t', '\n', '\r']) || head.starts_with("//") {
        return None;
    }
    if head.starts_with("https://") {
        return Some(head.to_owned());
    }
    if head.contains(':') && !head.starts_with('/') && !head.starts_with('?') {
        return None;
    }
    let origin = base.origin().ascii_serialization();
    if head.starts_with('/') {
        return Some(format!("{origin}{head}"));
    }
    if head.starts_with('?') {
        return Some(format!("{origin}{}{head}", base.path()));
    }
    let folder = base.path().rsplit_once('/').map_or("", |(folder, _)| folder);
    Some(format!("{origin}{folder}/{head}"))
}

/// Globals that only compute.
const LISTED: &[&str] = &[
    "JSON.parse",
    "Date",
    "RegExp",
    "Error",
    "TypeError",
    "RangeError",
    "BigInt",
    "decodeURIComponent",
    "decodeURI",
    "btoa",
    "atob",
    "Uint8Array.from",
    "Uint8Array.of",
    "String.fromCharCode",
    "String.fromCodePoint",
    "URL.parse",
    "AbortSignal.timeout",
    "AbortSignal.any",
    "AbortSignal.abort",
    "crypto.randomUUID",
    "crypto.getRandomValues",
    "crypto.subtle.digest",
    "crypto.subtle.sign",
    "crypto.subtle.importKey",
    "Intl.DateTimeFormat",
    "Intl.NumberFormat",
    "Intl.supportedValuesOf",
    "Intl.getCanonicalLocales",
    "Map.groupBy",
    "Object.groupBy",
];
