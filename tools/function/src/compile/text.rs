//! Templates and JSON with templates in it, as TypeScript expressions.
//!
//! A value that may be missing never shows up as `undefined`; a date is shown on the clock it
//! belongs to: the zone it was given, else the record's own, else the schedule's or the app's.
//! Checking a plan runs the same code and throws the result away.

use std::collections::{BTreeMap, BTreeSet};

use linchpin_app::{App, Entity, Kind};
use serde_json::Value as Json;

use super::ts::{Ts, string};
use crate::plan::PlanError;
use crate::plan::scope::{Scope, ValueKind};
use crate::template::{Part, Shift, Source, Template, Unit, Value};

/// A helper function that a function may need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// The constant `TIME_ZONE`.
    TimeZone,
    DateIn,
    FormatDate,
    FormatTime,
    FormatDateTime,
    FormatMoney,
    Escape,
    Mime,
    /// `mime` takes further headers.
    MoreHeaders,
    Mailbox,
    IsAddress,
    PlainCell,
    StableId,
    /// The local hour of a moment.
    HourAt,
    Parse,
    Reason,
    /// Metadata and a file in one body.
    Related,
    /// A file of the app, by its address.
    Download,
    /// A value that is put into a header.
    HeaderText,
    /// JSON that is put into a header.
    HeaderJson,
    /// The query of a next page's address.
    NextQuery,
    /// The next page's address out of a `Link` header.
    NextLink,
}

/// What there is to know while texts are turned into code.
#[derive(Debug, Clone)]
pub(crate) struct Lower<'a> {
    /// The zone of the schedule or of the app.
    pub(crate) zone: String,
    /// The app's currency, when it says one.
    pub(crate) currency: Option<String>,
    /// What the code uses.
    pub(crate) needs: BTreeSet<Need>,
    /// Whether values are written into Slack's markup.
    pub(crate) markup: bool,
    /// Whether values are written into cells that may hold formulas.
    pub(crate) cells: bool,
    /// The names in force.
    pub(crate) scope: Scope<'a>,
    /// Variables that hold the zone of a record, by the record's variable.
    pub(crate) zones: BTreeMap<String, String>,
    /// Lines that have to stand before the statement being written.
    pub(crate) before: Vec<String>,
    /// Items of lists inside an expression: nothing of theirs can stand before it.
    pub(crate) items: BTreeSet<String>,
}

/// A value as code.
pub(crate) struct Code {
    pub(crate) code: String,
    pub(crate) kind: ValueKind,
    pub(crate) optional: bool,
    pub(crate) record: Option<Record>,
}

/// A record's variable, with those of its fields that say a zone or a currency and their defaults.
pub(crate) type Record = (String, Vec<(String, Option<Json>)>);

impl<'a> Lower<'a> {
    pub(crate) fn new(scope: Scope<'a>, app: &App, zone: Option<&str>) -> Self {
        let zone = zone
            .map(str::to_owned)
            .or_else(|| app_default(app, is_zone_name, |z| z.parse::<chrono_tz::Tz>().is_ok()));
        Self {
            zone: zone.unwrap_or_else(|| "UTC".to_owned()),
            currency: app_default(app, |name| name == "currency", is_currency),
            needs: BTreeSet::new(),
            markup: false,
            cells: false,
            scope,
            zones: BTreeMap::new(),
            before: Vec::new(),
            items: BTreeSet::new(),
        }
    }

    fn template(place: &str, text: &str) -> Result<Template, PlanError> {
        Template::parse(text).map_err(|error| PlanError::Template {
            place: place.to_owned(),
            error,
        })
    }

    /// A text: always a string.
    pub(crate) fn text(&mut self, place: &str, text: &str) -> Result<Ts, PlanError> {
        let template = Self::template(place, text)?;
        if let Some(text) = template.literal().filter(|text| !text.contains('\n')) {
            return Ok(Ts::text(text));
        }
        self.lines(place, &template.parts)
    }

    /// A value: a string that is one `{{…}}` keeps the value's type.
    pub(crate) fn value(&mut self, place: &str, text: &str, in_list: bool) -> Result<Ts, PlanError> {
        let template = Self::template(place, text)?;
        let Some(value) = template.single() else {
            return self.text(place, text);
        };
        let code = self.code(place, value)?;
        if code.kind == ValueKind::Object && code.record.is_none() {
            return Err(kind_error(place, value, "a whole record", "one value"));
        }
        if self.markup && matches!(code.kind, ValueKind::Text | ValueKind::Unknown) {
            return Ok(Ts::raw(self.shown(code)));
        }
        let cell = self.cells && matches!(code.kind, ValueKind::Text | ValueKind::Unknown);
        let shown = match in_list && code.optional {
            true => format!("{} ?? \"\"", code.code),
            false => code.code,
        };
        Ok(Ts::raw(match cell {
            true => {
                self.needs.insert(Need::PlainCell);
                format!("plainCell({shown})")
            }
            false => shown,
        }))
    }

    /// JSON with templates in its strings; members in the order of `params` (dotted paths).
    pub(crate) fn json(&mut self, place: &str, value: &Json, params: &[&str]) -> Result<Ts, PlanError> {
        self.json_in(place, value, params, false)
    }

    fn json_in(&mut self, place: &str, value: &Json, params: &[&str], in_list: bool) -> Result<Ts, PlanError> {
        match value {
            Json::String(text) => self.value(place, text, in_list),
            Json::Array(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(i, item)| {
                    let inner = params
                        .iter()
                        .filter_map(|p| p.split_once('.').filter(|(n, _)| *n == i.to_string()));
                    let inner: Vec<&str> = inner.map(|(_, rest)| rest).collect();
                    self.json_in(&format!("{place}[{i}]"), item, &inner, true)
                });
                Ok(Ts::Array(items.collect::<Result<_, _>>()?))
            }
            Json::Object(members) => {
                let mut entries = Vec::new();
                for (key, value) in ordered(members, params) {
                    let place = format!("{place}.{key}");
                    if key == "__proto__" {
                        return Err(PlanError::Place {
                            place,
                            why: "it is not data".to_owned(),
                            next: "Choose another name.",
                        });
                    }
                    let code = match key.as_str() {
                        "attendees" => self.attendees(&place, value)?,
                        _ => {
                            let inner = params
                                .iter()
                                .filter_map(|p| p.strip_prefix(key.as_str())?.strip_prefix('.'));
                            self.json_in(&place, value, &inner.collect::<Vec<_>>(), false)?
                        }
                    };
                    entries.push((key.clone(), code));
                    // A moment without its zone would be read on the provider's clock.
                    if let (Json::String(text), "dateTime", false) =
                        (value, key.as_str(), members.contains_key("timeZone"))
                    {
                        let zone = self.zone_of(&place, text)?;
                        entries.push(("timeZone".to_owned(), Ts::raw(zone)));
                    }
                }
                Ok(Ts::Object(entries))
            }
            other => Ok(Ts::raw(other.to_string())),
        }
    }

    /// Guests: somebody without an address is left out.
    fn attendees(&mut self, place: &str, value: &Json) -> Result<Ts, PlanError> {
        let code = self.json_in(place, value, &[], false)?;
        let email = value.as_array().filter(|guests| guests.len() == 1);
        let email = email.and_then(|guests| guests[0].get("email")?.as_str());
        let Some(email) = email else { return Ok(code) };
        let template = Self::template(place, email)?;
        let Some(single) = template.single() else {
            return Ok(code);
        };
        let found = self.code(place, single)?;
        Ok(match found.optional {
            true => Ts::raw(format!("{} ? {} : []", found.code, code.flat())),
            false => code,
        })
    }

    /// The zone that a moment written by a template is in.
    fn zone_of(&mut self, place: &str, text: &str) -> Result<String, PlanError> {
        let template = Self::template(place, text)?;
        let record = match template.parts.first() {
            Some(Part::Value(value)) => self.code(place, value)?.record,
            _ => None,
        };
        Ok(self.own_zone(record.as_ref()))
    }

    pub(crate) fn own_zone(&mut self, record: Option<&Record>) -> String {
        let own = record.and_then(|(code, fields)| {
            let (name, default) = fields.iter().find(|(name, _)| is_zone_name(name))?;
            Some((code.clone(), format!("{code}.{name}"), default.clone()))
        });
        let Some((record, own, default)) = own else {
            self.needs.insert(Need::TimeZone);
            return "TIME_ZONE".to_owned();
        };
        if let Some(known) = self.zones.get(&record) {
            return known.clone();
        }
        let fallback = match default {
            Some(Json::String(default)) => string(&default),
            _ => {
                self.needs.insert(Need::TimeZone);
                "TIME_ZONE".to_owned()
            }
        };
        let code = format!("{own} ?? {fallback}");
        if self.items.contains(&record) {
            return code;
        }
        let name = self.scope.own("timeZone");
        self.before.push(format!("const {name} = {code};"));
        self.zones.insert(record, name.clone());
        name
    }

    pub(crate) fn code_in_text(&mut self, place: &str, value: &Value) -> Result<String, PlanError> {
        let code = self.code(place, value)?;
        match code.kind {
            ValueKind::List => Err(kind_error(place, value, "a list", "one value")),
            ValueKind::Object => Err(kind_error(place, value, "a whole record", "one value")),
            _ => Ok(self.shown(code)),
        }
    }

    pub(crate) fn shown(&mut self, code: Code) -> String {
        let shown = match (code.kind, code.optional) {
            (ValueKind::Boolean, _) => return format!("{} ? \"yes\" : \"no\"", code.code),
            (_, true) => format!("{} ?? \"\"", code.code),
            (_, false) => code.code,
        };
        match (self.markup, code.kind) {
            (true, ValueKind::Text) => {
                self.needs.insert(Need::Escape);
                format!("escapeMarkup({shown})")
            }
            (true, ValueKind::Unknown) => {
                self.needs.insert(Need::Escape);
                format!("escapeMarkup(String({shown}))")
            }
            _ => shown,
        }
    }

    pub(crate) fn code(&mut self, place: &str, value: &Value) -> Result<Code, PlanError> {
        let mut code = match &value.source {
            Source::Path(path) => {
                let found = self.scope.find(place, path)?;
                Code {
                    record: found
                        .record
                        .as_ref()
                        .map(|(entity, code)| (code.clone(), fields_of(entity))),
                    kind: found.kind,
                    optional: found.optional,
                    code: found.code,
                }
            }
            Source::Now(shift) => Code::sure(now(*shift), ValueKind::Moment),
            Source::Today(shift) => {
                let days = match shift {
                    None => 0,
                    Some(Shift {
                        back,
                        amount,
                        unit: Unit::Days,
                    }) => i64::from(*amount) * if *back { -1 } else { 1 },
                    Some(_) => {
                        return Err(PlanError::Place {
                            place: place.to_owned(),
                            why: format!("`{value}` moves a day by a part of a day"),
                            next: "Use days, as in `{{today + 7d}}`, or `{{now + 2h}}`.",
                        });
                    }
                };
                self.needs.extend([Need::DateIn, Need::TimeZone]);
                Code::sure(format!("dateIn({days})"), ValueKind::Day)
            }
        };
        for filter in &value.filters {
            code = self.filter(place, value, code, filter)?;
        }
        Ok(code)
    }
}

/// Members in the order of the vendor's page; what it doesn't name comes last.
fn ordered<'v>(members: &'v serde_json::Map<String, Json>, params: &[&str]) -> Vec<(&'v String, &'v Json)> {
    // What a value is comes before what it holds.
    let rank = |key: &str| {
        if params.is_empty() {
            return ["object", "type", "id"]
                .iter()
                .position(|known| *known == key)
                .unwrap_or(usize::MAX);
        }
        let within = |param: &&str| {
            param
                .strip_prefix(key)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        params.iter().position(within).unwrap_or(usize::MAX)
    };
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by(|a, b| (rank(a.0), a.0).cmp(&(rank(b.0), b.0)));
    members
}

impl Code {
    fn sure(code: String, kind: ValueKind) -> Self {
        Self {
            code,
            kind,
            optional: false,
            record: None,
        }
    }
}

fn now(shift: Option<Shift>) -> String {
    let Some(shift) = shift else {
        return "new Date().toISOString()".to_owned();
    };
    let unit = match shift.unit {
        Unit::Minutes => "60_000",
        Unit::Hours => "3_600_000",
        Unit::Days => "86_400_000",
    };
    let sign = if shift.back { '-' } else { '+' };
    format!("new Date(Date.now() {sign} {} * {unit}).toISOString()", shift.amount)
}

pub(crate) fn kind_error(place: &str, value: &Value, is: &'static str, needed: &'static str) -> PlanError {
    PlanError::Kind {
        place: place.to_owned(),
        path: value.to_string(),
        is,
        needed,
        next: "Name one of its fields, use `.length`, or repeat with `{{#each}}`.",
    }
}

fn fields_of(entity: &Entity) -> Vec<(String, Option<Json>)> {
    let wanted = |name: &str| is_zone_name(name) || name == "currency";
    let fields = entity
        .fields
        .iter()
        .filter(|field| field.kind == Kind::String && wanted(&field.name));
    fields
        .map(|field| (field.name.clone(), field.default.clone()))
        .collect()
}

fn is_zone_name(name: &str) -> bool {
    matches!(name, "time_zone" | "timezone" | "timeZone")
}

pub(crate) fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// The first default in the app's schema of a field with such a name.
fn app_default(app: &App, name: impl Fn(&str) -> bool, sound: impl Fn(&str) -> bool) -> Option<String> {
    let fields = app.entities.iter().flat_map(|entity| &entity.fields);
    let defaults = fields
        .filter(|field| name(&field.name))
        .filter_map(|field| field.default.as_ref()?.as_str());
    defaults.into_iter().find(|text| sound(text)).map(str::to_owned)
}
