//! Members and elements of values.

use std::rc::Rc;

use oxc_ast::ast::{Expression, MemberExpression};

use super::heap::Kind;
use super::trace::{Asked, Sink, TokenSource};
use super::value::{Alt, Atom, BY_SECRET, CALLER, ENV, Given, OPAQUE, REQ, SECRET, Val, both};
use super::walk::{Walk, at};

/// Methods of the SDK that hand out tokens, by whatever way one gets at them.
pub(crate) const TOKEN_METHODS: &[&str] = &[
    "getConnection",
    "getAccessToken",
    "getWorkspaceConnection",
    "getCurrentAppUserConnection",
    "getCurrentAppUserAccessToken",
    "getAppUserConnection",
];

/// Members that every object has.
pub(crate) const INHERITED: &[&str] = &[
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// Members whose values are numbers on everything that isn't made in the file.
const NUMBERS: &[&str] = &["length", "size", "byteLength", "byteOffset"];

impl<'a> Walk<'a, '_> {
    pub(crate) fn member_expression(&mut self, member: &'a MemberExpression<'a>) -> Val {
        let place = at(member);
        let object = self.eval(member.object());
        self.member_of(&object, member, place)
    }

    /// A member of a value that was evaluated already.
    pub(crate) fn member_of(&mut self, object: &Val, member: &'a MemberExpression<'a>, place: u32) -> Val {
        let optional = member.optional() || self.in_chain;
        match member {
            MemberExpression::StaticMemberExpression(member) => {
                self.member(object, &member.property.name, optional, place)
            }
            MemberExpression::PrivateFieldExpression(member) => {
                self.member(object, &format!("#{}", member.field.name), optional, place)
            }
            MemberExpression::ComputedMemberExpression(member)
                if let Expression::StringLiteral(name) = member.expression.get_inner_expression()
                    && !INHERITED.contains(&name.value.as_str())
                    && name.value != "prototype" =>
            {
                self.member(object, &name.value, optional, place)
            }
            MemberExpression::ComputedMemberExpression(member) => {
                let before = self.state.clone();
                let key = self.eval(&member.expression);
                if optional && object.alts.iter().any(super::value::Alt::may_be_nullish) {
                    self.state.join(&before);
                }
                self.indexed(object, &key, place)
            }
        }
    }

    /// `value.name`
    pub(crate) fn member(&mut self, value: &Val, name: &str, optional: bool, place: u32) -> Val {
        let mut out = Val {
            labels: value.labels,
            alts: Vec::new(),
        };
        for alt in &value.alts {
            if alt.is_nullish() {
                if optional {
                    out.push(Alt {
                        atom: Atom::Undefined,
                        ..alt.clone()
                    });
                }
                continue;
            }
            let part = self.member_of_atom(&alt.atom, name, value, place);
            out.labels |= part.labels;
            for mut found in part.alts {
                if !alt.pending {
                    found.implies = both(alt.implies, found.implies);
                }
                out.push(found);
            }
        }
        if out.is_bottom() && !value.is_bottom() {
            out = Val::undefined().with(out.labels);
        }
        out
    }

    fn member_of_atom(&mut self, atom: &Atom, name: &str, value: &Val, place: u32) -> Val {
        if TOKEN_METHODS.contains(&name) {
            return Atom::Sdk(Rc::from(format!("asServiceRole.connectors.{name}"))).into();
        }
        match atom {
            Atom::Ref(id) => self.member_of_object(*id, name),
            // Set by the platform, for what it starts itself.
            Atom::User if name == "is_service" => Val::test(BY_SECRET, 0).or(&Val::undefined()),
            Atom::User => {
                let mut field = Val::from(Atom::UserField(Rc::from(name)));
                if !matches!(name, "id" | "email" | "role") {
                    field.join(&Val::undefined());
                }
                field
            }
            Atom::Sdk(path) => Atom::Sdk(if path.is_empty() {
                Rc::from(name)
            } else {
                Rc::from(format!("{path}.{name}"))
            })
            .into(),
            Atom::Host(path) => Atom::Host(Rc::from(format!("{path}.{name}"))).into(),
            Atom::Request => match name {
                "headers" => Val::from(Atom::RequestHeaders).with(REQ),
                "method" | "url" => Val::some_text().with(REQ),
                _ => Val::any().with(REQ),
            },
            Atom::RequestHeaders => Val::any().with(REQ | CALLER),
            Atom::Import(module) if module.as_ref() == "base44:runtime" => self.env(Some(name), place),
            Atom::Fun(id) => self.static_member(*id, name, place),
            Atom::Config(connector) => {
                let given = Given {
                    from: Some((Rc::clone(connector), Rc::from(name))),
                    shape: None,
                };
                Val::from(Atom::Given(Rc::new(given))).or(&Val::undefined())
            }
            Atom::Text(_) | Atom::Env(_) | Atom::Any | Atom::UserField(_)
                if NUMBERS.contains(&name) && value.labels & OPAQUE == 0 =>
            {
                Val::number()
            }
            _ => Val::any(),
        }
    }

    fn member_of_object(&mut self, id: usize, name: &str) -> Val {
        let Some(object) = self.heap.objects.get_mut(id) else {
            return Val::any();
        };
        object.read = true;
        if object.kind == Kind::Promise && !matches!(name, "then" | "catch" | "finally") {
            return Val::undefined();
        }
        if object.kind == Kind::Array && name == "length" {
            return Val::number();
        }
        if object.kind == Kind::Url && name != "href" {
            // What is read of an address is computed; its search part leads back to it.
            let mut labels = object.rest.labels;
            for (_, value) in &object.props {
                labels |= value.labels;
            }
            return if name == "searchParams" {
                Val::from(Atom::Ref(id)).with(labels)
            } else {
                Val::some_text().with(labels)
            };
        }
        let mut out = object.rest.clone();
        match object.get(name) {
            Some(value) => out.join(value),
            None => out.join(&Val::undefined()),
        };
        if object.kind != Kind::Plain || INHERITED.contains(&name) {
            out.join(&Val::any());
        }
        out
    }

    /// A member of a function or class itself.
    fn static_member(&mut self, id: usize, name: &str, place: u32) -> Val {
        if matches!(name, "name" | "length") {
            return Val::any();
        }
        if matches!(name, "call" | "apply" | "bind") {
            self.odd(
                "P2",
                place,
                format!("`.{name}` hides which function is called with what. Call the function directly."),
            );
        } else {
            self.odd("P2", place, format!("`.{name}` is a member of a function or class itself, which can't be followed. Write a plain function."));
        }
        let _ = id;
        Val::any().with(OPAQUE)
    }

    /// What a list is gone through with.
    pub(crate) fn item(&mut self, value: &Val) -> Val {
        let item = self.element_or(value, None, false);
        if item.is_bottom() {
            Val::any().with(value.labels)
        } else {
            item
        }
    }

    /// An element; any element, or none, where no index is given.
    pub(crate) fn element(&mut self, value: &Val, index: Option<usize>) -> Val {
        let mut found = self.element_or(value, index, true);
        if found.is_bottom() {
            found.join(&Val::undefined());
        }
        found
    }

    fn element_or(&mut self, value: &Val, index: Option<usize>, and_none: bool) -> Val {
        let mut out = Val {
            labels: value.labels,
            alts: Vec::new(),
        };
        for alt in &value.alts {
            match &alt.atom {
                Atom::Ref(id) => {
                    if let Some(object) = self.heap.objects.get_mut(*id) {
                        object.read = true;
                        let known = index.and_then(|at| {
                            let items = object.items.as_ref()?;
                            Some(items.get(at).cloned().unwrap_or_else(Val::undefined))
                        });
                        let found = known.unwrap_or_else(|| object.any_item());
                        out.join(&found);
                        if index.is_none() && and_none {
                            out.join(&Val::undefined());
                        }
                    }
                }
                Atom::Text(_) | Atom::Env(_) => {
                    out.join(&Val::some_text());
                }
                Atom::Null | Atom::Undefined => {}
                Atom::Request | Atom::RequestHeaders => {
                    out.join(&Val::any().with(REQ | CALLER));
                }
                Atom::Sdk(_) | Atom::Factory => {
                    self.odd(
                        "P3",
                        self.here,
                        "A part of the SDK's client is taken by its position. Name the member.",
                    );
                }
                _ => {
                    out.join(&Val::any());
                }
            }
        }
        out
    }

    /// `value[key]`
    pub(crate) fn indexed(&mut self, value: &Val, key: &Val, place: u32) -> Val {
        self.check_key(key, place);
        if let [alt] = key.alts.as_slice()
            && let Atom::Num(Some(bits)) = alt.atom
        {
            let number = f64::from_bits(bits);
            if (0.0..1e6).contains(&number) && number.fract() == 0.0 {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "between 0 and a million"
                )]
                return self.element(value, Some(number as usize));
            }
        }
        let (sdk, others): (Vec<_>, Vec<_>) = value
            .alts
            .iter()
            .cloned()
            .partition(|alt| matches!(alt.atom, Atom::Sdk(_)));
        let others = Val {
            labels: value.labels,
            alts: others,
        };
        let mut out = if sdk.is_empty() || !others.is_bottom() {
            self.element(&others, None)
        } else {
            Val::default()
        };
        for alt in &sdk {
            out.join(&self.member_of_atom(&alt.atom, "{}", value, place));
        }
        out.labels |= key.labels & !SECRET;
        self.leak(place, Sink::Condition, key.labels & SECRET);
        for atom in value.atoms() {
            let Atom::Ref(id) = atom else { continue };
            let named = key.alts.iter().all(|alt| alt.atom.constant().is_some());
            let Some(object) = self.heap.get(*id) else { continue };
            for (name, member) in &object.props {
                if !named || key.atoms().any(|k| k.constant() == Some(name)) {
                    out.join(member);
                }
            }
        }
        out
    }

    /// Only numbers may pick a member.
    pub(crate) fn check_key(&mut self, key: &Val, place: u32) {
        if !key.all_numbers() {
            self.odd("P5", place, "A member is picked by a computed name. Name it (`record.email`), write the object with its keys in one literal, or use a `Map`; only numbers may stand in brackets.");
        }
    }

    /// A secret by its name.
    pub(crate) fn env(&mut self, name: Option<&str>, place: u32) -> Val {
        self.trace.env.insert((place, name.map(str::to_owned)));
        let value = Val::from(Atom::Env(Rc::from(name.unwrap_or_default())));
        let mut labels = ENV;
        if let Some((secret, connector)) = name.and_then(|name| self.keys.secrets.get_key_value(name)) {
            self.trace.asked.insert(Asked {
                at: place,
                connector: Some(connector.clone()),
                app_user: false,
                secret: Some(secret.clone()),
            });
            labels |= self.trace.label(TokenSource {
                connector: Some(connector.clone()),
                app_user: false,
                key: true,
            });
        }
        value.or(&Val::undefined()).with(labels)
    }

    /// A value where a text is wanted.
    pub(crate) fn as_text(&mut self, value: &Val) -> Val {
        let mut out = Val {
            labels: value.labels,
            alts: Vec::new(),
        };
        for alt in &value.alts {
            match &alt.atom {
                Atom::Ref(id) if self.kind(*id) == Some(Kind::Url) => {
                    let href = self.heap.objects.get_mut(*id).map(|object| {
                        object.read = true;
                        object.get("href").cloned().unwrap_or_default()
                    });
                    out.join(&href.unwrap_or_else(Val::some_text));
                }
                Atom::Sdk(_) | Atom::Factory | Atom::Fun(_) | Atom::Ref(_) => {
                    let own = Val::from(alt.atom.clone());
                    out.labels |= self.hand_over(self.here, &own);
                    out.join(&Val::some_text());
                }
                _ => {
                    out.push(Alt {
                        pending: false,
                        ..alt.clone()
                    });
                }
            }
        }
        out
    }
}
