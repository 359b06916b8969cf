//! What the walk keeps: functions and objects that the file makes, and notes of what it met.

use std::rc::Rc;

use super::call::Args;
use super::heap::{Kind, Obj};
use super::trace::{Leak, Odd, Sink};
use super::value::{Atom, Labels, OPAQUE, ObjId, SECRET, Val};
use super::walk::{Code, Fun, Walk};

const SDK_HANDED: &str = "The SDK's client, or a part of it, is handed to something that can't be followed. Call its methods directly, as in `base44.asServiceRole.connectors.getConnection(\"gmail\")`.";

impl<'a> Walk<'a, '_> {
    pub(crate) fn fun(&mut self, code: Code<'a>, this: Option<Val>) -> Val {
        let frame = self.frame();
        let object = this.as_ref().and_then(|this| {
            this.atoms().find_map(|atom| match atom {
                Atom::Ref(id) => Some(*id),
                _ => None,
            })
        });
        let key = (code.span().start, frame, object);
        let id = match self.fun_of.get(&key) {
            Some(id) => *id,
            None => {
                self.funs.push(Fun {
                    code,
                    frame,
                    this,
                    called: false,
                });
                self.fun_of.insert(key, self.funs.len() - 1);
                self.funs.len() - 1
            }
        };
        Atom::Fun(id).into()
    }

    /// The object made at a place.
    pub(crate) fn make(&mut self, at: u32, tag: u8, mut object: Obj) -> Val {
        object.lasting = !self.serving;
        if object.lasting {
            for (_, value) in &mut object.props {
                *value = value.clone().forgetting();
            }
        }
        let late = self.late();
        let key = (self.context(), at, tag);
        let id = match self.places.get(&key) {
            Some(id) => {
                let id = *id;
                if let Some(own) = self.heap.objects.get_mut(id) {
                    let changed = own.absorb(&object, late);
                    self.dirty |= changed && own.read;
                }
                id
            }
            None => {
                self.heap.objects.push(object);
                let id = self.heap.objects.len() - 1;
                self.places.insert(key, id);
                id
            }
        };
        Atom::Ref(id).into()
    }

    /// Adds a value to an object; no name when it isn't known.
    pub(crate) fn put(&mut self, id: ObjId, name: Option<&str>, value: &Val) {
        let late = self.late();
        let Some(object) = self.heap.objects.get_mut(id) else {
            return;
        };
        let value = if object.lasting {
            Rc::new(value.clone().forgetting())
        } else {
            Rc::new(value.clone())
        };
        let changed = match name {
            Some(name) => object.add_late(name, &value, late),
            None => {
                let was = object.items.is_some();
                object.loosen();
                object.rest.grow(&value, late) || was
            }
        };
        self.dirty |= changed && object.read;
    }

    pub(crate) fn kind(&self, id: ObjId) -> Option<Kind> {
        self.heap.get(id).map(|object| object.kind)
    }

    pub(crate) fn odd(&mut self, rule: &'static str, at: u32, message: impl Into<String>) {
        self.trace.odd.insert(Odd {
            at,
            rule,
            message: message.into(),
        });
    }

    /// Notes what must not leave of labels.
    pub(crate) fn leak(&mut self, at: u32, sink: Sink, labels: Labels) {
        if labels & SECRET != 0 {
            self.trace.leaks.insert(Leak {
                at,
                sink,
                labels: labels & SECRET,
            });
        }
    }

    /// A value leaves whole.
    pub(crate) fn leave(&mut self, at: u32, sink: Sink, value: &Val) -> Labels {
        let labels = self.hand_over(at, value);
        self.leak(at, sink, labels);
        labels
    }

    /// A value is handed to something that is not followed: its functions may be called, and the
    /// SDK's client may not be in it.
    pub(crate) fn hand_over(&mut self, at: u32, value: &Val) -> Labels {
        self.hand_over_with(at, value, 0)
    }

    /// The same where the functions in it get to see something else as well.
    pub(crate) fn hand_over_with(&mut self, at: u32, value: &Val, more: Labels) -> Labels {
        let reach = self.heap.reach(value);
        if reach.sdk {
            self.odd("P3", at, SDK_HANDED);
        }
        let mut labels = reach.labels;
        let seen = reach.labels | more;
        for fun in reach.funs {
            labels |= OPAQUE;
            let before = self.escaped.get(&fun).copied();
            if let Some((known, given)) = before
                && known | seen == known
            {
                labels |= given;
                continue;
            }
            let (known, given) = before.unwrap_or_default();
            self.escaped.insert(fun, (known | seen, given));
            let args = vec![Val::any().with(known | seen); 4];
            let answer = self.call_aside(fun, &args, at);
            let answer = self.heap.reach(&answer);
            if answer.sdk {
                self.odd("P3", at, SDK_HANDED);
            }
            self.escaped.insert(fun, (known | seen, given | answer.labels));
            labels |= given | answer.labels;
        }
        labels
    }

    /// Hands over all arguments of a call, whose functions may see all the others.
    pub(crate) fn hand_over_all(&mut self, args: &Args<'a>, more: Labels) -> Labels {
        let mut all = more;
        for arg in args.all() {
            all |= self.heap.reach(arg).labels;
        }
        let mut labels = 0;
        for arg in args.all() {
            labels |= self.hand_over_with(args.at, arg, all);
        }
        labels
    }

    /// Something is thrown.
    pub(crate) fn throw(&mut self, at: u32, value: &Val) {
        let labels = self.leave(at, Sink::Error, value);
        if self.thrown | labels != self.thrown {
            self.thrown |= labels;
            self.dirty = true;
        }
    }
}
