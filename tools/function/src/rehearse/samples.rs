//! Sample records made from the app's schema: realistic, deterministic, and awkward on purpose.
//!
//! Three records an entity. The first is plain; the second writes in other alphabets; the third
//! holds quotes and a line break that tries to become a mail header. Dates lie around the clock
//! of the run, an end after its start; relations point at other samples.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Tz;
use linchpin_app::{App, Entity, Field, Kind, Role};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Records an entity.
pub(super) const RECORDS: usize = 3;
/// The header that the third record's line break tries to add.
pub(super) const INJECTED: &str = "X-Injected";

const NAMES: [&str; RECORDS] = ["Mara Vogel", "Søren Łukasz 山田", "Ana \"Nia\" O’Brien"];
const MAILS: [&str; RECORDS] = ["mara.vogel", "soren.yamada", "ana.obrien"];
const COMPANIES: [&str; RECORDS] = ["Vogel & Partner", "株式会社サンプル", "O’Brien \"Bros\" Ltd"];
const PLACES: [&str; RECORDS] = [
    "Hauptstraße 12, 10115 Berlin",
    "Łódź, ul. Piotrkowska 7",
    "5 Main Street\nSuite \"B\"",
];

/// Someone who calls a function. The sample `User` records are these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) email: &'static str,
    pub(super) name: &'static str,
    pub(super) role: &'static str,
}

/// An ordinary signed-in user.
pub(super) const USER: Person = Person {
    email: "noor.haddad@example.org",
    name: "Noor Haddad",
    role: "user",
};
/// The app's admin, whom automations run as.
pub(super) const ADMIN: Person = Person {
    email: "admin@example.org",
    name: "Ada Admin",
    role: "admin",
};

impl Person {
    /// The user record as the platform hands it out.
    pub(super) fn record(self, role: &str, now: DateTime<Utc>) -> Value {
        json!({
            "id": id("User", self.email),
            "email": self.email,
            "full_name": self.name,
            "role": role,
            "is_verified": true,
            "disabled": false,
            "is_service": false,
            "created_date": stamp(now - Duration::days(90)),
            "updated_date": stamp(now - Duration::days(9)),
        })
    }
}

/// Sample records by entity, as a server would hand them out; `User` among them. `zone` says
/// whose "today" the dates lie around (an IANA name, else UTC).
pub fn samples(app: &App, now: DateTime<Utc>, zone: &str) -> BTreeMap<String, Vec<Value>> {
    let names = app.entities.iter().map(|entity| entity.name.as_str());
    let all = names
        .chain(["User"])
        .filter_map(|name| Some((name.to_owned(), of_entity(app, name, now, zone)?)));
    all.collect()
}

/// The sample records of one entity; `None` when the app has no such entity.
pub(super) fn of_entity(app: &App, name: &str, now: DateTime<Utc>, zone: &str) -> Option<Vec<Value>> {
    if name == "User" {
        return Some([USER, ADMIN].map(|person| person.record(person.role, now)).into());
    }
    let entity = app.entities.iter().find(|entity| entity.name == name)?;
    let today = now.with_timezone(&zone.parse::<Tz>().unwrap_or(Tz::UTC)).date_naive();
    Some((0..RECORDS).map(|i| record(app, entity, i, now, today)).collect())
}

/// A 24-hex id that depends only on what it is for.
pub(super) fn id(entity: &str, which: &str) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::digest(format!("{entity}/{which}"));
    digest.iter().take(12).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A moment as the platform writes it.
pub(super) fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn record(app: &App, entity: &Entity, i: usize, now: DateTime<Utc>, today: NaiveDate) -> Value {
    let mut out = Map::new();
    for field in &entity.fields {
        if let Some(value) = value(app, entity, field, i, now, today) {
            out.insert(field.name.clone(), value);
        }
    }
    let by = if i == 1 { ADMIN } else { USER };
    let age = Duration::hours(i64::try_from(i).unwrap_or(0) * 24 + 1);
    for (name, value) in [
        ("id", json!(id(&entity.name, &i.to_string()))),
        ("created_date", json!(stamp(now - age))),
        ("updated_date", json!(stamp(now - age))),
        ("created_by", json!(by.email)),
        ("created_by_id", json!(id("User", by.email))),
        ("is_sample", json!(false)),
    ] {
        out.insert(name.to_owned(), value);
    }
    Value::Object(out)
}

fn pick<'a>(list: &[&'a str], i: usize) -> &'a str {
    list.get(i % list.len().max(1)).copied().unwrap_or_default()
}

fn value(app: &App, entity: &Entity, field: &Field, i: usize, now: DateTime<Utc>, today: NaiveDate) -> Option<Value> {
    let target = target(app, field);
    // Not there yet, so that nothing is skipped as done already.
    if i < 2 && (marks_done(field) || (target.is_none() && external(field))) {
        return None;
    }
    if target.is_none() && external(field) {
        return Some(json!(format!("ext-{}", id(&field.name, "2"))));
    }
    if !field.options.is_empty() && field.kind != Kind::Array {
        let option = field.options.get(i % field.options.len())?;
        return Some(match field.kind {
            Kind::Integer | Kind::Number => option.parse::<f64>().map_or(json!(option), |n| json!(n)),
            _ => json!(option),
        });
    }
    if let Some(target) = target
        && let Some(value) = relation(field, target, i)
    {
        return Some(value);
    }
    if field.role == Some(Role::Email) && field.kind == Kind::String && is_team(app, entity) {
        return Some(json!((if i == 1 { ADMIN } else { USER }).email));
    }
    Some(match field.kind {
        Kind::Boolean => json!(flag(field, i)),
        Kind::Integer => json!(whole(field, i)),
        Kind::Number => match field.role {
            Some(Role::Quantity) => json!(i + 1),
            _ => json!([120.0, 85.5, 240.0].get(i).copied().unwrap_or(60.0)),
        },
        Kind::Array => {
            if field.options.is_empty() {
                json!([sentence(entity, i)])
            } else {
                json!([field.options.get(i % field.options.len())?])
            }
        }
        Kind::Object => json!({}),
        Kind::String => json!(text(entity, field, i, now, today)),
    })
}

/// Whether an entity holds the people that records are assigned to: they sign in to the app, so
/// their addresses are those of its users.
fn is_team(app: &App, entity: &Entity) -> bool {
    let team = [
        "staff",
        "employee",
        "team",
        "technician",
        "worker",
        "empleado",
        "funcionario",
        "mitarbeiter",
        "employe",
    ];
    let assigned = |other: &Entity| other.fields.iter().any(|field| field.role == Some(Role::Assignee));
    linchpin_app::name_words(&entity.name)
        .iter()
        .any(|word| team.contains(&word.as_str()))
        && app.entities.iter().any(assigned)
}

/// The entity a field points at: as the reader says, or by its name (`client_id`).
fn target<'a>(app: &'a App, field: &'a Field) -> Option<&'a str> {
    if let Some(target) = &field.refers_to {
        return Some(target);
    }
    let stem = field
        .name
        .strip_suffix("_id")
        .or_else(|| field.name.strip_suffix("Id"))?;
    let stem: String = stem.chars().filter(|c| *c != '_').collect();
    let names = app.entities.iter().map(|e| e.name.as_str()).chain(["User"]);
    names.into_iter().find(|name| name.eq_ignore_ascii_case(&stem))
}

/// Whether a field holds an id at another service.
fn external(field: &Field) -> bool {
    let name = field.name.to_ascii_lowercase();
    let service = [
        "event", "external", "google", "gmail", "slack", "notion", "hubspot", "stripe", "thread", "message",
    ];
    field.role == Some(Role::ExternalId)
        || (field.role.is_none()
            && field.kind == Kind::String
            && name.ends_with("id")
            && service.iter().any(|word| name.contains(word)))
}

/// Whether a field says when something was done with the record (`confirmation_sent_at`).
fn marks_done(field: &Field) -> bool {
    let name = field.name.to_ascii_lowercase();
    let done = [
        "sent", "sync", "notif", "remind", "complet", "paid", "cancel", "export", "process", "archiv", "delet",
    ];
    !field.required
        && field.kind == Kind::String
        && (name.ends_with("_at") || name.ends_with("_on"))
        && done.iter().any(|word| name.contains(word))
}

/// The id (or address) of the sample that a field points at.
fn relation(field: &Field, target: &str, i: usize) -> Option<Value> {
    let name = field.name.to_ascii_lowercase();
    let one = if target == "User" {
        let person = if i == 1 { ADMIN } else { USER };
        let by_mail = name.contains("mail") || field.format.as_deref() == Some("email");
        if by_mail || !name.ends_with("id") && !name.ends_with("ids") {
            person.email.to_owned()
        } else {
            id("User", person.email)
        }
    } else if matches!(field.role, Some(Role::Email | Role::PersonName | Role::Title)) {
        // It copies a value of the other record rather than pointing at it.
        return None;
    } else {
        id(target, &i.to_string())
    };
    Some(if field.kind == Kind::Array {
        json!([one])
    } else {
        json!(one)
    })
}

fn flag(field: &Field, i: usize) -> bool {
    if let Some(Value::Bool(default)) = field.default
        && i == 0
    {
        return default;
    }
    let name = field.name.to_ascii_lowercase();
    let past = [
        "done", "complete", "archiv", "delet", "cancel", "sent", "paid", "synced", "notified", "read",
    ];
    let negative = past.iter().any(|word| name.contains(word));
    (i == 2) == negative
}

fn whole(field: &Field, i: usize) -> i64 {
    let i = i64::try_from(i).unwrap_or(0);
    let name = field.name.to_ascii_lowercase();
    if name.contains("minute") || name.contains("duration") {
        return 30 * (i + 1);
    }
    if name.contains("year") {
        return 2026;
    }
    match field.role {
        Some(Role::Money) => 100 * (i + 1),
        _ => i + 1,
    }
}

/// Days from today: the first record is today's, so that "what is due today" finds something.
fn day(i: usize, today: NaiveDate, extra: i64) -> NaiveDate {
    let ahead = [0, 1, 3].get(i).copied().unwrap_or(7) + extra;
    today.checked_add_signed(Duration::days(ahead)).unwrap_or(today)
}

fn text(entity: &Entity, field: &Field, i: usize, now: DateTime<Utc>, today: NaiveDate) -> String {
    let name = field.name.to_ascii_lowercase();
    let ends =
        field.role == Some(Role::End) || (name.contains("end") && !name.contains("send") && !name.contains("calendar"));
    let moment = |hours: i64| {
        let start = now + Duration::hours(2 + 24 * [0, 1, 3].get(i).copied().unwrap_or(7) + hours);
        stamp(start)
    };
    match field.format.as_deref() {
        Some("date") => return day(i, today, i64::from(ends)).to_string(),
        Some("date-time" | "datetime") => return moment(i64::from(ends)),
        Some("time") => return (if ends { "11:00" } else { "10:00" }).to_owned(),
        Some("email") => return mail(field, i),
        Some("uri" | "url") => return format!("https://example.org/{}/{}", entity.name.to_ascii_lowercase(), i + 1),
        Some("uuid") => {
            let hex = id(&entity.name, &field.name);
            let at = |a, b| hex.get(a..b).unwrap_or_default();
            return format!(
                "{}-{}-4{}-8{}-{}{}",
                at(0, 8),
                at(8, 12),
                at(12, 15),
                at(15, 18),
                at(12, 20),
                at(0, 4)
            );
        }
        _ => {}
    }
    match field.role {
        Some(Role::Email) => mail(field, i),
        Some(Role::Phone) => format!("+49 30 901820{}", i + 1),
        Some(Role::PersonName) => pick(&NAMES, i).to_owned(),
        Some(Role::Company) => pick(&COMPANIES, i).to_owned(),
        Some(Role::Title) => title(entity, i),
        Some(Role::Money) => pick(&["120.00", "85.50", "240.00"], i).to_owned(),
        Some(Role::Quantity) => (i + 1).to_string(),
        Some(Role::Date | Role::Due) => day(i, today, 0).to_string(),
        Some(Role::DateTime | Role::Start) => moment(0),
        Some(Role::End) => moment(1),
        Some(Role::File) => format!(
            "https://example.org/files/{}-{}.pdf",
            entity.name.to_ascii_lowercase(),
            i + 1
        ),
        Some(Role::Url) => format!("https://example.org/{}/{}", entity.name.to_ascii_lowercase(), i + 1),
        Some(Role::Place) => pick(&PLACES, i).to_owned(),
        Some(Role::Owner | Role::Assignee) => (if i == 1 { ADMIN } else { USER }).email.to_owned(),
        Some(Role::Status) => pick(&["open", "confirmed", "done"], i).to_owned(),
        Some(Role::Text) => sentence(entity, i),
        Some(Role::ExternalId) => String::new(),
        None => by_name(entity, field, &name, i),
    }
}

fn mail(field: &Field, i: usize) -> String {
    if matches!(field.role, Some(Role::Owner | Role::Assignee)) {
        return (if i == 1 { ADMIN } else { USER }).email.to_owned();
    }
    format!("{}@example.org", pick(&MAILS, i))
}

fn by_name(entity: &Entity, field: &Field, name: &str, i: usize) -> String {
    if let Some(Value::String(default)) = &field.default
        && i == 0
    {
        return default.clone();
    }
    match name {
        n if n.contains("time") && n.contains("zone") => "Europe/Berlin".to_owned(),
        n if n.contains("time") => (if n.contains("end") { "11:00" } else { "10:00" }).to_owned(),
        n if n.contains("currency") => "EUR".to_owned(),
        n if n.contains("colo") => "#3366cc".to_owned(),
        n if n.contains("country") => "DE".to_owned(),
        n if n.contains("lang") || n.contains("locale") => "en".to_owned(),
        _ => sentence(entity, i),
    }
}

/// `FooBar` as words.
fn words(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

fn title(entity: &Entity, i: usize) -> String {
    let what = words(&entity.name);
    match i {
        0 => format!("First {what}"),
        1 => format!("Zażółć {what} 東京"),
        _ => format!("\"Third\" {what}\r\n{INJECTED}: yes"),
    }
}

fn sentence(entity: &Entity, i: usize) -> String {
    let what = words(&entity.name);
    match i {
        0 => format!("About the first {what}."),
        1 => format!("Übermorgen: {what} für 山田さん – ok?"),
        _ => format!("He said \"hello\".\r\n{INJECTED}: yes"),
    }
}
