//! Methods of lists made in the file; short lists that are written down are gone through item
//! by item.

use super::call::Args;
use super::compare::content;
use super::heap::{Kind, Obj};
use super::loops::SHORT;
use super::methods::COUNTS;
use super::trace::Sink;
use super::value::{Atom, SECRET, Val, concat};
use super::walk::Walk;

impl<'a> Walk<'a, '_> {
    pub(crate) fn array_method(&mut self, id: usize, base: &Val, name: &str, args: &Args<'a>) -> Val {
        match name {
            "push" | "unshift" | "fill" | "splice" => {
                let from = if name == "splice" { 2 } else { 0 };
                for arg in args.list.iter().skip(from).chain(&args.more) {
                    self.put(id, None, arg);
                }
                if name == "splice" || name == "fill" {
                    base.clone()
                } else {
                    Val::number()
                }
            }
            "pop" | "shift" | "at" | "find" | "findLast" => {
                let element = self.element(base, None);
                let found = self.run_callback_if(&args.get(0), std::slice::from_ref(&element), args.at);
                self.content(args.at, &found);
                element.or(&Val::undefined()).with(args.get(0).labels)
            }
            "includes" => {
                let labels = self.all_run(args);
                self.set_has(id, args).with(content(labels | base.labels))
            }
            "map" | "flatMap" | "forEach" | "filter" | "some" | "every" | "sort" | "findIndex" | "toSorted"
            | "findLastIndex" => self.over_elements(id, base, name, args),
            "reduce" | "reduceRight" => {
                let element = self.element(base, None);
                let mut sum = if args.list.len() > 1 {
                    args.get(1)
                } else {
                    element.clone()
                };
                for turn in 0..4 {
                    let handed = [sum.clone(), element.clone(), Val::number()];
                    let next = self.run_callback(&args.get(0), &handed, args.at);
                    if !sum.join(&next) {
                        break;
                    }
                    if turn > 1 {
                        sum.blur();
                    }
                }
                sum
            }
            "join" => self.joined(base, args),
            "concat" | "flat" | "reverse" | "slice" | "values" | "toReversed" => {
                let mut array = Obj::new(Kind::Array);
                array.rest = self.item(base);
                for arg in args.all() {
                    let element = self.item(arg);
                    array.rest.join(&element);
                    if !arg.all_numbers() {
                        array.rest.join(arg);
                    }
                }
                if name == "flat" {
                    let inner = array.rest.clone();
                    let inner = self.element(&inner, None);
                    array.rest.join(&inner);
                }
                self.make(args.key, 72, array)
            }
            "entries" => {
                let element = self.element(base, None);
                let pair = self.make(args.key, 73, Obj::array(vec![Val::number(), element]));
                let mut array = Obj::new(Kind::Array);
                array.rest = pair;
                self.make(args.key, 74, array)
            }
            "keys" => {
                let mut array = Obj::new(Kind::Array);
                array.rest = Val::number();
                self.make(args.key, 75, array)
            }
            _ => {
                let labels = self.heap.reach(base).labels | self.all_run(args);
                if COUNTS.contains(&name) {
                    Val::number().with(content(labels & SECRET))
                } else {
                    Val::any().with(labels)
                }
            }
        }
    }

    fn run_callback_if(&mut self, callback: &Val, args: &[Val], place: u32) -> Val {
        if callback
            .atoms()
            .any(|atom| matches!(atom, Atom::Fun(_) | Atom::Host(_) | Atom::Sdk(_)))
        {
            self.run_callback(callback, args, place)
        } else {
            Val::default()
        }
    }

    /// Methods that call a function for each element, one by one where the list is short and
    /// written down.
    fn over_elements(&mut self, id: usize, base: &Val, name: &str, args: &Args<'a>) -> Val {
        let callback = args.get(0);
        if matches!(name, "sort" | "toSorted") {
            let element = self.element(base, None);
            let order = self.run_callback_if(&callback, &[element.clone(), element], args.at);
            self.leak(args.at, Sink::Condition, order.labels);
            return base.clone();
        }
        let items = self
            .heap
            .get(id)
            .and_then(|object| object.items.clone())
            .filter(|items| items.len() <= SHORT);
        let mut outs = Vec::new();
        match &items {
            Some(items) => {
                for (index, item) in items.iter().enumerate() {
                    let outer = self.turn_context(index);
                    outs.push(self.run_callback(&callback, &[item.clone(), Val::number(), base.clone()], args.at));
                    self.set_context(outer);
                }
            }
            None => {
                let element = self.item(base);
                outs.push(self.run_callback(&callback, &[element, Val::number(), base.clone()], args.at));
            }
        }
        match name {
            "map" if items.is_some() => self.make(args.key, 76, Obj::array(outs)),
            "map" | "flatMap" => {
                let mut array = Obj::new(Kind::Array);
                for out in &outs {
                    array.rest.join(out);
                    if name == "flatMap" {
                        let inner = self.element(out, None);
                        array.rest.join(&inner);
                    }
                }
                self.make(args.key, 77, array)
            }
            "filter" => {
                let mut array = Obj::new(Kind::Array);
                array.rest = self.item(base);
                for out in &outs {
                    self.content(args.at, out);
                }
                self.make(args.key, 78, array)
            }
            "forEach" => Val::undefined(),
            "findIndex" | "findLastIndex" => Val::number(),
            _ => {
                let labels = outs.iter().fold(0, |all, out| all | out.labels);
                Val::boolean().with(labels)
            }
        }
    }

    /// `list.join(separator)`
    fn joined(&mut self, base: &Val, args: &Args<'a>) -> Val {
        let separator = args.get(0);
        let separator = match separator.constant() {
            Some(text) => Val::text(text),
            None if separator.atoms().all(|atom| *atom == Atom::Undefined) => Val::text(","),
            None => Val::some_text().with(separator.labels),
        };
        let labels = self.heap.reach(base).labels;
        let Some(items) = self.listed(base) else {
            return Val::some_text().with(labels);
        };
        let mut out = Val::text("");
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                out = concat(&out, &separator);
            }
            let text = self.as_text(item);
            out = concat(&out, &text);
        }
        out.with(labels)
    }
}
