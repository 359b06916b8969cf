//! What an entity is made of, as far as a connector cares: when it takes place, how it stands,
//! whom it concerns, and what names it.

use linchpin_app::{App, Entity, Field, Kind, Role, name_words};

use crate::phrase;

/// When a record takes place, as templates of a plan.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Span<'a> {
    /// A date-time.
    pub(crate) start: String,
    /// A date-time; the same as `start` when a record has one moment only.
    pub(crate) end: String,
    /// The fields it is made of.
    pub(crate) fields: Vec<&'a Field>,
    /// Whether it has an end of its own.
    pub(crate) lasts: bool,
}

/// When a record takes place: a begin and an end, or a day with times, or one moment named for it.
pub(crate) fn span(entity: &Entity) -> Option<Span<'_>> {
    let record = phrase::record(&entity.name);
    let whole = |field: &Field| format!("{{{{{record}.{}}}}}", field.name);
    let (start, end) = (entity.with_role(Role::Start), entity.with_role(Role::End));
    if let (Some(start), Some(end)) = (start, end) {
        if holds_moment(start) && holds_moment(end) {
            return Some(Span {
                start: whole(start),
                end: whole(end),
                fields: vec![start, end],
                lasts: true,
            });
        }
        if is_clock(start)
            && is_clock(end)
            && let Some(day) = entity.with_role(Role::Date)
        {
            let at = |time: &Field| format!("{}T{}:00", whole(day), whole(time));
            return Some(Span {
                start: at(start),
                end: at(end),
                fields: vec![day, start, end],
                lasts: true,
            });
        }
    }
    let moment = entity.fields.iter().find(|field| {
        let planned = [
            "remind",
            "reminder",
            "appointment",
            "meeting",
            "scheduled",
            "schedule",
            "event",
            "visit",
            "call",
            "session",
            "interview",
            "pickup",
            "delivery",
            "cita",
            "termin",
            "consulta",
            "reunion",
            "reuniao",
            "rendez",
        ];
        matches!(field.role, Some(Role::DateTime | Role::Start))
            && holds_moment(field)
            && name_words(&field.name)
                .iter()
                .any(|word| planned.contains(&word.as_str()))
            && !name_words(&field.name)
                .iter()
                .any(|word| word == "last" || word == "sent")
    });
    moment.map(|field| Span {
        start: whole(field),
        end: whole(field),
        fields: vec![field],
        lasts: false,
    })
}

/// A moment to be reminded at, where a record has a day or one time only: at its time, else at nine,
/// for half an hour.
pub(crate) fn day(entity: &Entity) -> Option<Span<'_>> {
    let record = phrase::record(&entity.name);
    let passed = |field: &Field| {
        name_words(&field.name).iter().any(|word| {
            [
                "created",
                "updated",
                "completed",
                "birth",
                "birthday",
                "dob",
                "last",
                "sent",
                "paid",
                "read",
                "received",
                "joined",
                "hire",
                "hired",
                "issued",
                "issue",
                "expiry",
            ]
            .contains(&word.as_str())
        }) || happened(field)
    };
    let field = [Role::Due, Role::Date, Role::Start, Role::DateTime]
        .into_iter()
        .find_map(|role| {
            entity.fields.iter().find(|field| {
                field.role == Some(role) && field.kind == Kind::String && !passed(field) && !is_clock(field)
            })
        })?;
    let whole = format!("{{{{{record}.{}}}}}", field.name);
    if holds_moment(field) {
        return Some(Span {
            start: whole.clone(),
            end: whole,
            fields: vec![field],
            lasts: false,
        });
    }
    let clock = entity.fields.iter().find(|other| {
        is_clock(other) && other.kind == Kind::String && matches!(other.role, Some(Role::Start | Role::DateTime))
    });
    let (start, end) = match clock {
        Some(clock) => {
            let at = format!("{whole}T{{{{{record}.{}}}}}:00", clock.name);
            (at.clone(), at)
        }
        None => (format!("{whole}T09:00:00"), format!("{whole}T09:30:00")),
    };
    Some(Span {
        start,
        end,
        fields: std::iter::once(field).chain(clock).collect(),
        lasts: false,
    })
}

/// `downloaded_at`: when something was done, which is over.
fn happened(field: &Field) -> bool {
    let words = name_words(&field.name);
    let planned = [
        "scheduled",
        "planned",
        "expected",
        "estimated",
        "proposed",
        "requested",
        "suggested",
    ];
    matches!(words.as_slice(), [.., done, at] if (at == "at" || at == "on") && done.ends_with("ed") && !planned.contains(&done.as_str()))
}

fn holds_moment(field: &Field) -> bool {
    field.kind == Kind::String
        && match field.format.as_deref() {
            Some(format) => format == "date-time",
            None => {
                let words = name_words(&field.name);
                !words
                    .iter()
                    .any(|word| ["date", "day", "fecha", "datum", "time", "hora"].contains(&word.as_str()))
                    || words.iter().any(|word| word == "datetime")
                    || (words.iter().any(|word| word == "date") && words.iter().any(|word| word == "time"))
            }
        }
}

fn is_clock(field: &Field) -> bool {
    match field.format.as_deref() {
        Some(format) => format == "time",
        None => name_words(&field.name)
            .iter()
            .any(|word| ["time", "hora", "uhrzeit", "heure"].contains(&word.as_str())),
    }
}

/// The zone of a record's times, as a template or an IANA name.
pub(crate) fn zone(entity: &Entity, otherwise: &str) -> String {
    let field = zone_field(entity);
    field.map_or_else(
        || otherwise.to_owned(),
        |field| {
            let plain = |name: &&str| {
                name.chars()
                    .all(|one| one.is_ascii_alphanumeric() || "/_+-".contains(one))
            };
            let default = field
                .default
                .as_ref()
                .and_then(|value| value.as_str())
                .filter(plain)
                .unwrap_or(otherwise);
            format!(
                "{{{{{}.{} | default('{default}')}}}}",
                phrase::record(&entity.name),
                field.name
            )
        },
    )
}

/// The argument of a date filter: `booking.time_zone` or `'Europe/Berlin'`.
pub(crate) fn zone_argument(entity: &Entity, record: &str, otherwise: &str) -> String {
    zone_field(entity).map_or_else(|| format!("'{otherwise}'"), |field| format!("{record}.{}", field.name))
}

fn zone_field(entity: &Entity) -> Option<&Field> {
    entity.fields.iter().find(|field| {
        let words = name_words(&field.name);
        field.kind == Kind::String
            && (words.iter().any(|word| word == "timezone")
                || (words.iter().any(|word| word == "zone") && words.iter().any(|word| word == "time")))
    })
}

/// The field that says how a record stands.
pub(crate) fn status(entity: &Entity) -> Option<&Field> {
    let stands = |field: &&Field| field.role == Some(Role::Status);
    entity
        .fields
        .iter()
        .filter(stands)
        .find(|field| field.options.len() > 1)
        .or_else(|| {
            entity
                .fields
                .iter()
                .find(|field| stands(field) && field.kind == Kind::Boolean)
        })
}

/// States that mean yes: what a builder waits for.
const REACHED: &[&str] = &[
    "confirm",
    "approv",
    "accept",
    "booked",
    "scheduled",
    "paid",
    "won",
    "published",
    "signed",
    "active",
    "aprob",
    "aprov",
    "acept",
    "aceit",
    "pagad",
    "pago",
    "agendad",
    "bestatigt",
    "angenommen",
    "genehmigt",
    "bezahlt",
    "accepte",
    "paye",
    "מאושר",
    "אושר",
    "שולם",
];

/// States that mean it is over.
const FINISHED: &[&str] = &[
    "done",
    "complet",
    "finish",
    "closed",
    "cancel",
    "archiv",
    "resolved",
    "rejected",
    "declined",
    "no_show",
    "lost",
    "paid",
    "void",
    "hecho",
    "hecha",
    "terminad",
    "cerrad",
    "concluid",
    "feito",
    "fechad",
    "erledigt",
    "fertig",
    "abgeschlossen",
    "storniert",
    "termine",
    "annule",
    "ferme",
    "הושלם",
    "בוצע",
    "בוטל",
    "סגור",
];

fn matching<'a>(field: &'a Field, stems: &[&str]) -> Vec<&'a str> {
    let fits = |option: &&str, stem: &str| name_words(option).join("_").starts_with(stem);
    stems
        .iter()
        .flat_map(|stem| {
            field
                .options
                .iter()
                .map(String::as_str)
                .filter(move |option| fits(option, stem))
        })
        .collect()
}

/// The state that a builder waits for, if there is one.
pub(crate) fn reached(field: &Field) -> Option<&str> {
    matching(field, REACHED)
        .into_iter()
        .find(|option| field.default.as_ref().and_then(|value| value.as_str()) != Some(*option))
}

/// States that mean a record is over, in the schema's order.
pub(crate) fn finished(field: &Field) -> Vec<&str> {
    let over = matching(field, FINISHED);
    field
        .options
        .iter()
        .map(String::as_str)
        .filter(|option| over.contains(option))
        .collect()
}

/// The field with the address of the person a record concerns, not of the one who works on it.
pub(crate) fn recipient(entity: &Entity) -> Option<&Field> {
    let single = |field: &&Field| field.role == Some(Role::Email) && field.kind == Kind::String;
    let copied = |field: &Field| {
        let words = name_words(&field.name);
        [
            "billing",
            "invoice",
            "from",
            "sender",
            "reply",
            "cc",
            "bcc",
            "alternate",
            "secondary",
            "manager",
        ]
        .iter()
        .any(|word| words.iter().any(|known| known == word))
    };
    entity
        .fields
        .iter()
        .filter(single)
        .find(|field| !copied(field))
        .or_else(|| entity.fields.iter().find(single))
}

/// The field with the address of the one who works on a record.
pub(crate) fn worker(entity: &Entity) -> Option<&Field> {
    entity.fields.iter().find(|field| {
        field.role == Some(Role::Assignee)
            && field.kind == Kind::String
            && (field.format.as_deref() == Some("email")
                || name_words(&field.name)
                    .iter()
                    .any(|word| word.starts_with("email") || word == "mail"))
    })
}

/// The people who work on records: a staff entity with addresses, if there is one.
pub(crate) fn people<'a>(app: &'a App, worker: &Field) -> Option<(&'a Entity, &'a Field)> {
    let said = worker.description.as_deref().unwrap_or("");
    let addressed = |entity: &'a Entity| recipient(entity).map(|email| (entity, email));
    let named = app.entities.iter().find(|entity| {
        said.split(|one: char| !one.is_alphanumeric())
            .any(|word| word == entity.name)
    });
    let team = |entity: &&Entity| {
        phrase::words(entity).iter().any(|word| {
            [
                "staff",
                "employee",
                "team",
                "technician",
                "worker",
                "empleado",
                "funcionario",
                "mitarbeiter",
                "employe",
            ]
            .contains(&word.as_str())
        })
    };
    named
        .and_then(addressed)
        .or_else(|| app.entities.iter().filter(team).find_map(addressed))
}

/// A yes-or-no field that says whether a record is in use.
pub(crate) fn active(entity: &Entity) -> Option<&Field> {
    entity.fields.iter().find(|field| {
        field.kind == Kind::Boolean
            && matches!(
                name_words(&field.name).join("_").as_str(),
                "is_active" | "active" | "enabled"
            )
    })
}

/// Entities that keep an app running and mean nothing to people outside it.
pub(crate) fn is_plumbing(entity: &Entity) -> bool {
    let words = phrase::words(entity);
    let inner = [
        "setting",
        "settings",
        "config",
        "configuration",
        "log",
        "logs",
        "audit",
        "cache",
        "preference",
        "preferences",
        "template",
        "templates",
        "token",
        "session",
        "permission",
        "role",
        "migration",
        "counter",
        "snapshot",
        "sync",
        "state",
        "webhook",
        "automation",
        "run",
        "runs",
        "execution",
        "job",
        "usage",
        "gateway",
        "rule",
        "notification",
        "notifications",
        "embedding",
        "draft",
        "history",
    ];
    words.last().is_some_and(|last| inner.contains(&last.as_str())) || entity.name == "User"
}

/// Fields that name a record, as a template: what it is, then who it concerns.
pub(crate) fn headline(entity: &Entity, record: &str) -> String {
    let what = entity.with_role(Role::Title);
    let who = entity
        .with_role(Role::PersonName)
        .or_else(|| entity.with_role(Role::Company));
    let parts: Vec<String> = [what, who]
        .into_iter()
        .flatten()
        .map(|field| value(field, record, None))
        .collect();
    if parts.is_empty() {
        let email = recipient(entity).map(|field| value(field, record, None));
        return email.unwrap_or_else(|| phrase::capital(&phrase::spoken(&entity.name)));
    }
    parts.join(" – ")
}

/// A field's value as people read it; `zone` is the argument of a date filter.
pub(crate) fn value(field: &Field, record: &str, zone: Option<&str>) -> String {
    let path = format!("{record}.{}", field.name);
    let filter = match (field.role, field.format.as_deref(), zone) {
        (_, Some("time"), _) => String::new(),
        (Some(Role::DateTime | Role::Start | Role::End), None | Some("date-time"), Some(zone))
            if holds_moment(field) =>
        {
            format!(" | datetime({zone})")
        }
        (Some(Role::Date | Role::Due), None | Some("date"), _) => " | date".to_owned(),
        (Some(Role::Due), Some("date-time"), Some(zone)) => format!(" | datetime({zone})"),
        _ => String::new(),
    };
    let otherwise = if field.required { "" } else { " | default('–')" };
    format!("{{{{{path}{filter}{otherwise}}}}}")
}

/// "Field: value" lines of what matters about a record; `private` also names addresses and phones.
pub(crate) fn details(entity: &Entity, record: &str, zone: &str, private: bool, most: usize) -> Vec<String> {
    let wanted = |field: &&Field| match field.role {
        Some(
            Role::Start
            | Role::DateTime
            | Role::Date
            | Role::Due
            | Role::Money
            | Role::Quantity
            | Role::Place
            | Role::Company,
        ) => true,
        Some(Role::Status) => field.kind == Kind::String,
        Some(Role::Email | Role::Phone) => private,
        _ => false,
    };
    let later = |field: &&Field| {
        let words = name_words(&field.name);
        ["sent", "completed", "paid", "last", "updated"]
            .iter()
            .all(|word| words.iter().all(|known| known != word))
    };
    entity
        .fields
        .iter()
        .filter(wanted)
        .filter(later)
        .take(most)
        .map(|field| {
            let label = phrase::capital(&phrase::spoken(&field.name));
            format!(
                "{label}: {}",
                money(entity, field, record).unwrap_or_else(|| value(field, record, Some(zone)))
            )
        })
        .collect()
}

/// An amount with the record's currency, when it has one.
fn money(entity: &Entity, field: &Field, record: &str) -> Option<String> {
    let currency = entity.field("currency").filter(|one| one.kind == Kind::String)?;
    let otherwise = if field.required { "" } else { " | default('–')" };
    (field.role == Some(Role::Money) && matches!(field.kind, Kind::Number | Kind::Integer)).then(|| {
        format!(
            "{{{{{record}.{} | money({record}.{}){otherwise}}}}}",
            field.name, currency.name
        )
    })
}
