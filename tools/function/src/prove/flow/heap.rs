//! Objects made in the file. One object stands for all that one place of the source makes in one
//! chain of calls, so the heap is finite and every write adds to what may already be there.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::value::{Alt, Atom, FunId, Labels, ObjId, Val};

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Array,
    Headers,
    Url,
    Response,
    Promise,
    /// Maps, sets, forms, errors and the like: what goes in may come out.
    Bag,
}

/// An object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Obj {
    pub(crate) kind: Kind,
    pub(crate) props: Vec<(Rc<str>, Val)>,
    /// Members whose names aren't known, and elements.
    pub(crate) rest: Val,
    /// The elements of an array whose length is known.
    pub(crate) items: Option<Vec<Val>>,
    /// Whether it outlives a request.
    pub(crate) lasting: bool,
    pub(crate) read: bool,
}

impl Obj {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            props: Vec::new(),
            rest: Val::default(),
            items: None,
            lasting: false,
            read: false,
        }
    }

    pub(crate) fn array(items: Vec<Val>) -> Self {
        Self {
            items: Some(items),
            ..Self::new(Kind::Array)
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Val> {
        let found = self.props.iter().find(|(own, _)| own.as_ref() == name);
        found.map(|(_, value)| value)
    }

    /// Puts a member in place of what had its name; only for an object that is being made.
    pub(crate) fn put(&mut self, name: &str, value: Val) {
        match self.props.iter_mut().find(|(own, _)| own.as_ref() == name) {
            Some((_, own)) => *own = value,
            None => self.props.push((Rc::from(name), value)),
        }
    }

    /// Whether adding changed anything.
    pub(crate) fn add(&mut self, name: &str, value: &Val) -> bool {
        self.add_late(name, value, false)
    }

    /// The same; `late` as for `Val::grow`.
    pub(crate) fn add_late(&mut self, name: &str, value: &Val, late: bool) -> bool {
        match self.props.iter_mut().find(|(own, _)| own.as_ref() == name) {
            Some((_, own)) => own.grow(value, late),
            None => {
                self.props.push((Rc::from(name), value.clone()));
                true
            }
        }
    }

    /// Elements are no longer told apart.
    pub(crate) fn loosen(&mut self) {
        for item in self.items.take().unwrap_or_default() {
            self.rest.join(&item);
        }
    }

    /// Any element.
    pub(crate) fn element(&self) -> Val {
        let mut out = self.rest.clone();
        for item in self.items.iter().flatten() {
            out.join(item);
        }
        out
    }

    /// What iterating over it gives.
    pub(crate) fn any_item(&self) -> Val {
        let mut out = self.element();
        if matches!(self.kind, Kind::Headers | Kind::Bag | Kind::Url) {
            for (_, value) in &self.props {
                out.join(value);
            }
        }
        out
    }

    /// Everything in it.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Val> {
        self.props
            .iter()
            .map(|(_, value)| value)
            .chain(self.items.iter().flatten())
            .chain([&self.rest])
    }

    /// Adds all of another object made at the same place; whether that changed anything.
    pub(crate) fn absorb(&mut self, other: &Self, late: bool) -> bool {
        let mut changed = self.rest.grow(&other.rest, late);
        for (name, value) in &other.props {
            changed |= self.add_late(name, value, late);
        }
        match (&mut self.items, &other.items) {
            (Some(own), Some(new)) if own.len() == new.len() => {
                for (a, b) in own.iter_mut().zip(new) {
                    changed |= a.grow(b, late);
                }
            }
            (None, None) => {}
            (own, new) => {
                let was = own.is_some();
                let all: Vec<Val> = own
                    .take()
                    .unwrap_or_default()
                    .into_iter()
                    .chain(new.clone().unwrap_or_default())
                    .collect();
                for value in all {
                    changed |= self.rest.grow(&value, late);
                }
                changed |= was;
            }
        }
        changed
    }
}

/// What is found in a value and in everything it leads to.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    pub(crate) labels: Labels,
    pub(crate) sdk: bool,
    pub(crate) funs: BTreeSet<FunId>,
    pub(crate) objects: BTreeSet<ObjId>,
}

/// All objects.
#[derive(Debug, Default)]
pub(crate) struct Heap {
    pub(crate) objects: Vec<Obj>,
}

impl Heap {
    pub(crate) fn get(&self, id: ObjId) -> Option<&Obj> {
        self.objects.get(id)
    }

    /// What a value leads to. Objects on the way count as read.
    pub(crate) fn reach(&mut self, value: &Val) -> Reach {
        let mut out = Reach::default();
        let mut queue: Vec<ObjId> = Vec::new();
        note(value, &mut out, &mut queue);
        while let Some(id) = queue.pop() {
            if !out.objects.insert(id) {
                continue;
            }
            if let Some(object) = self.objects.get_mut(id) {
                object.read = true;
                for member in object.all() {
                    note(member, &mut out, &mut queue);
                }
            }
        }
        out
    }
}

fn note(value: &Val, out: &mut Reach, queue: &mut Vec<ObjId>) {
    out.labels |= value.labels;
    for Alt { atom, .. } in &value.alts {
        match atom {
            Atom::Ref(id) | Atom::Resolve(id) => queue.push(*id),
            Atom::Fun(id) => {
                out.funs.insert(*id);
            }
            Atom::Sdk(_) | Atom::Factory => out.sdk = true,
            Atom::Request | Atom::RequestHeaders => out.labels |= super::value::CALLER,
            _ => {}
        }
    }
}
