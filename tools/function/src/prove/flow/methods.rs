//! Methods of values: of what is made in the file, and of texts, lists and data.

use super::call::Args;
use super::compare::content;
use super::heap::{Kind, Obj};
use super::trace::Sink;
use super::value::{Alt, Atom, CALLER, OPAQUE, Piece, REQ, ROLE, SECRET, Val, concat, text_of};
use super::walk::Walk;

/// Methods that only look at the value and at what they are given.
const PURE: &[&str] = &[
    "at",
    "byteLength",
    "charAt",
    "charCodeAt",
    "codePointAt",
    "concat",
    "encode",
    "decode",
    "endsWith",
    "entries",
    "exec",
    "flat",
    "format",
    "formatToParts",
    "get",
    "getAll",
    "has",
    "includes",
    "indexOf",
    "join",
    "keys",
    "lastIndexOf",
    "localeCompare",
    "match",
    "matchAll",
    "normalize",
    "padEnd",
    "padStart",
    "repeat",
    "replace",
    "replaceAll",
    "reverse",
    "search",
    "slice",
    "split",
    "startsWith",
    "subarray",
    "substring",
    "substr",
    "test",
    "toISOString",
    "toLowerCase",
    "toString",
    "toUpperCase",
    "toLocaleString",
    "trim",
    "trimEnd",
    "trimStart",
    "values",
    "valueOf",
    "with",
    "toSorted",
    "toReversed",
];

/// Methods whose answer is a number.
pub(crate) const COUNTS: &[&str] = &[
    "charCodeAt",
    "codePointAt",
    "findIndex",
    "findLastIndex",
    "getDate",
    "getDay",
    "getFullYear",
    "getHours",
    "getMilliseconds",
    "getMinutes",
    "getMonth",
    "getSeconds",
    "getTime",
    "getTimezoneOffset",
    "getUTCDate",
    "getUTCDay",
    "getUTCFullYear",
    "getUTCHours",
    "getUTCMinutes",
    "getUTCMonth",
    "getUTCSeconds",
    "indexOf",
    "lastIndexOf",
    "localeCompare",
    "push",
    "search",
    "unshift",
];

/// Methods whose answer is yes or no.
const TESTS: &[&str] = &["endsWith", "every", "has", "includes", "some", "startsWith", "test"];

impl<'a> Walk<'a, '_> {
    /// `base.name(args)`
    pub(crate) fn method(&mut self, base: &Val, alt: &Alt, name: &str, args: &Args<'a>, optional: bool) -> Val {
        if matches!(name, "then" | "catch" | "finally") && !matches!(alt.atom, Atom::Sdk(_)) {
            return self.promise_method(base, alt, name, args);
        }
        if matches!(name, "call" | "apply" | "bind") {
            self.odd(
                "P2",
                args.at,
                format!("`.{name}` hides which function is called with what. Call the function directly."),
            );
        }
        if super::member::TOKEN_METHODS.contains(&name) {
            return match &alt.atom {
                Atom::Sdk(path) => self.call_sdk(&format!("{path}.{name}"), args),
                _ => self.call_sdk(&format!("asServiceRole.connectors.{name}"), args),
            };
        }
        match &alt.atom {
            Atom::Sdk(path) if path.is_empty() => self.call_sdk(name, args),
            Atom::Sdk(path) => self.call_sdk(&format!("{path}.{name}"), args),
            Atom::Host(path) => self.call_host(&format!("{path}.{name}"), args),
            Atom::Import(module) if module.as_ref() == "base44:runtime" && name == "get" => {
                self.env(args.get(0).constant(), args.at)
            }
            Atom::Import(_) => self.call_value(&Val::from(alt.atom.clone()), None, args, false),
            Atom::Request => {
                self.all_run(args);
                match name {
                    "text" => Val::some_text().with(REQ).promised(),
                    "clone" => Val::from(Atom::Request).with(REQ),
                    _ => Val::any().with(REQ).promised(),
                }
            }
            Atom::RequestHeaders => self.request_header(name, args),
            Atom::Ref(id) => self.object_method(*id, base, name, args, optional),
            Atom::Text(_) | Atom::Num(_) | Atom::Env(_) => self.text_method(base, alt, name, args),
            _ => self.data_method(base, name, args),
        }
    }

    /// Functions among the arguments may be called.
    pub(crate) fn all_run(&mut self, args: &Args<'a>) -> u64 {
        self.hand_over_all(args, 0)
    }

    fn request_header(&mut self, name: &str, args: &Args<'a>) -> Val {
        self.all_run(args);
        let wanted = args.get(0);
        if !matches!(name, "get" | "has") {
            return Val::any().with(REQ | CALLER);
        }
        let own = match wanted.constant().map(str::to_ascii_lowercase) {
            Some(name) => matches!(
                name.as_str(),
                "authorization" | "base44-service-authorization" | "base44-state" | "cookie"
            ),
            None => true,
        };
        if name == "has" {
            return Val::boolean().with(REQ);
        }
        let labels = if own { REQ | CALLER } else { REQ };
        Val::some_text().or(&Atom::Null.into()).with(labels)
    }

    fn promise_method(&mut self, base: &Val, alt: &Alt, name: &str, args: &Args<'a>) -> Val {
        let value = self.unpend(base.clone());
        let (live, guard) = (self.state.live, self.state.guard);
        let mut out = Val::default();
        let first = args.get(0);
        match name {
            "then" => {
                self.state.pass(if alt.pending { value.implied() } else { 0 });
                out.join(&self.run_callback(&first, &[value], args.at));
                self.state.guard = guard;
                if args.list.len() > 1 {
                    let second = args.get(1);
                    let thrown = Val::any().with(self.thrown);
                    out.join(&self.run_callback(&second, &[thrown], args.at));
                }
            }
            "catch" => {
                out.join(&value);
                let thrown = Val::any().with(self.thrown);
                out.join(&self.run_callback(&first, &[thrown], args.at));
            }
            _ => {
                self.run_callback(&first, &[], args.at);
                out.join(&value);
            }
        }
        self.state.live = live;
        self.state.guard = guard;
        self.unpend(out).promised()
    }

    fn object_method(&mut self, id: usize, base: &Val, name: &str, args: &Args<'a>, optional: bool) -> Val {
        // A member of that name that was put there comes first.
        let own = self.heap.objects.get_mut(id).and_then(|object| {
            object.read = true;
            object.get(name).cloned()
        });
        let kind = self.kind(id).unwrap_or(Kind::Plain);
        if let Some(own) = own.filter(|_| kind != Kind::Headers) {
            return self.call_value(&own, Some(base), args, optional);
        }
        match kind {
            Kind::Array => self.array_method(id, base, name, args),
            Kind::Headers | Kind::Bag | Kind::Url => self.container_method(id, base, kind, name, args),
            Kind::Response | Kind::Promise | Kind::Plain => {
                if kind == Kind::Plain
                    && let Some(rest) = self.heap.get(id).map(|object| object.rest.clone())
                    && rest
                        .atoms()
                        .any(|atom| matches!(atom, Atom::Fun(_) | Atom::Sdk(_) | Atom::Host(_)))
                {
                    return self.call_value(&rest, Some(base), args, true);
                }
                let labels = self.heap.reach(base).labels;
                if PURE.contains(&name) {
                    return Val::any().with(labels | self.all_run(args));
                }
                self.call_unknown(args, labels)
            }
        }
    }

    fn container_method(&mut self, id: usize, base: &Val, kind: Kind, name: &str, args: &Args<'a>) -> Val {
        match name {
            "set" | "append" | "add" => {
                let last = args.get(if name == "add" { 0 } else { 1 });
                let key = args.get(0);
                let header = if kind == Kind::Headers {
                    key.constant().map(str::to_ascii_lowercase)
                } else {
                    None
                };
                self.put(id, header.as_deref(), &last);
                if name != "add" && header.is_none() {
                    self.put(id, None, &key.filter(|alt| !matches!(alt.atom, Atom::Text(_))));
                    let labels = key.labels & SECRET;
                    self.put(id, None, &Val::default().with(labels));
                }
                base.clone()
            }
            "forEach" => {
                let element = self.heap.get(id).map(Obj::element).unwrap_or_default();
                let element = self.with_props(id, element);
                self.run_callback(&args.get(0), &[element.clone(), element], args.at);
                Val::undefined()
            }
            "toString" | "toJSON" if kind == Kind::Url => self.as_text(base),
            "has" | "delete" => {
                let labels = self.all_run(args);
                self.set_has(id, args).with(content(labels))
            }
            "entries" | "values" | "keys" | "get" | "getAll" => {
                let asked = content(self.all_run(args) & SECRET);
                let element = self.heap.get(id).map(Obj::element).unwrap_or_default();
                let element = self.with_props(id, element).with(asked);
                if name == "get" {
                    return element.or(&Val::undefined());
                }
                let pair = self.make(args.key, 70, Obj::array(vec![element.clone(), element.clone()]));
                let mut array = Obj::new(Kind::Array);
                array.rest = if name == "entries" { pair } else { element };
                self.make(args.key, 71, array)
            }
            _ => {
                let labels = self.heap.reach(base).labels | self.all_run(args);
                Val::any().with(labels)
            }
        }
    }

    fn with_props(&self, id: usize, element: Val) -> Val {
        let mut element = element;
        for (_, value) in self.heap.get(id).map(|o| o.props.as_slice()).unwrap_or_default() {
            element.join(value);
        }
        element
    }

    /// `set.has(x)`, `list.includes(x)`: a role among texts written in the file is a check.
    pub(crate) fn set_has(&mut self, id: usize, args: &Args<'a>) -> Val {
        let Some(object) = self.heap.objects.get_mut(id) else {
            return Val::boolean();
        };
        object.read = true;
        let all = object.element();
        let written = !all.is_bottom()
            && object.props.is_empty()
            && all
                .atoms()
                .all(|atom| atom.constant().is_some_and(|text| !text.is_empty()));
        let sought = args.get(0);
        let identity = sought.alts.iter().all(|alt| {
            alt.is_nullish()
                || matches!(&alt.atom, Atom::UserField(name) if matches!(name.as_ref(), "role" | "email" | "id"))
        });
        if written && identity && !sought.is_bottom() {
            Val::test(ROLE, 0)
        } else {
            Val::boolean()
        }
    }

    fn text_method(&mut self, base: &Val, alt: &Alt, name: &str, args: &Args<'a>) -> Val {
        let labels = base.labels | self.hand_over_all(args, base.labels);
        let constants: Option<Vec<String>> = args.list.iter().map(|arg| arg.constant().map(str::to_owned)).collect();
        match (name, alt.atom.constant(), constants.as_deref()) {
            ("toString" | "valueOf", ..) => return base.clone(),
            ("concat", ..) => {
                let mut out = base.clone();
                for arg in args.all() {
                    let text = self.as_text(arg);
                    out = concat(&out, &text);
                }
                return out;
            }
            ("toLowerCase", Some(text), _) if text.is_ascii() => return Val::text(&text.to_lowercase()).with(labels),
            ("toUpperCase", Some(text), _) if text.is_ascii() => return Val::text(&text.to_uppercase()).with(labels),
            ("trim", Some(text), _) if text.is_ascii() => return Val::text(text.trim()).with(labels),
            ("replace", Some(text), _) | ("replaceAll", Some(text), _) => {
                if let Some(out) = self.replaced(text, name, args) {
                    return out.with(labels);
                }
            }
            ("split", Some(text), Some([separator])) if !separator.is_empty() => {
                let items: Vec<Val> = text.split(separator.as_str()).map(Val::text).collect();
                if items.len() <= 32 {
                    return self.make(args.key, 79, Obj::array(items)).with(labels);
                }
            }
            _ => {}
        }
        self.plain_method(name, labels, args)
    }

    /// A text with a placeholder that is written down, filled.
    fn replaced(&mut self, text: &str, name: &str, args: &Args<'a>) -> Option<Val> {
        let pattern = args.get(0).constant()?.to_owned();
        let with = args.get(1);
        if pattern.is_empty() || with.atoms().any(|atom| matches!(atom, Atom::Fun(_))) {
            return None;
        }
        let with = self.as_text(&with);
        let mut out = Val::default();
        for alt in &with.alts {
            // `$&` and the like stand for what was found.
            if alt
                .atom
                .pieces()
                .iter()
                .any(|p| matches!(p, Piece::Lit(text) if text.contains('$')))
            {
                return None;
            }
            let times = if name == "replace" { 2 } else { usize::MAX };
            let mut pieces = Vec::new();
            for (at, part) in text.splitn(times, &pattern).enumerate() {
                if at > 0 {
                    pieces.extend(alt.atom.pieces());
                }
                pieces.push(Piece::Lit(part.into()));
            }
            pieces.retain(|piece| !matches!(piece, Piece::Lit(text) if text.is_empty()));
            out.join(&text_of(pieces).into());
        }
        Some(out)
    }

    fn plain_method(&mut self, name: &str, labels: u64, args: &Args<'a>) -> Val {
        // What comes of a token's text may be empty or not, depending on the text.
        let labels = content(labels);
        if TESTS.contains(&name) {
            Val::boolean().with(labels)
        } else if COUNTS.contains(&name) {
            Val::number().with(labels)
        } else if matches!(name, "split" | "match" | "matchAll" | "entries" | "values") {
            let mut array = Obj::new(Kind::Array);
            array.rest = Val::some_text().with(labels);
            self.make(args.key, 80, array).or(&Val::any()).with(labels)
        } else {
            Val::any().with(labels)
        }
    }

    /// A method of something from outside.
    fn data_method(&mut self, base: &Val, name: &str, args: &Args<'a>) -> Val {
        let mut own = self.heap.reach(base).labels | base.labels;
        let mut callbacks = false;
        for arg in args.list.clone() {
            if arg.atoms().any(|atom| matches!(atom, Atom::Fun(_))) {
                callbacks = true;
                let element = Val::any().with(own);
                let seen = [element.clone(), Val::number(), element];
                let out = self.run_callback(&arg, &seen, args.at);
                if !matches!(name, "map" | "flatMap" | "forEach") {
                    self.content(args.at, &out);
                }
                own |= self.heap.reach(&out).labels & !OPAQUE;
            }
        }
        if own & OPAQUE != 0 || !(PURE.contains(&name) || callbacks) {
            // It may keep what it is given, or hand it on.
            for arg in args.all() {
                let labels = self.hand_over(args.at, arg);
                self.leak(args.at, Sink::Unknown, labels);
            }
        }
        let labels = own | self.hand_over_all(args, own);
        let labels = if matches!(name, "exec" | "match" | "matchAll" | "search" | "find") {
            content(labels & SECRET) | labels
        } else {
            labels
        };
        if name == "map" || name == "flatMap" {
            // What comes back is what the callback gives.
            let mut array = Obj::new(Kind::Array);
            for arg in args.list.clone() {
                if arg.atoms().any(|atom| matches!(atom, Atom::Fun(_))) {
                    let out = self.run_callback(&arg, &[Val::any().with(own), Val::number()], args.at);
                    array.rest.join(&out);
                }
            }
            return self.make(args.key, 81, array).with(own & !OPAQUE);
        }
        if TESTS.contains(&name) {
            return Val::boolean().with(content(labels) & !OPAQUE);
        }
        if COUNTS.contains(&name) && own & OPAQUE == 0 {
            return Val::number().with(labels & !OPAQUE);
        }
        Val::any().with(labels & !OPAQUE | own & OPAQUE)
    }
}
