//! Which entity, field or state of this app a word stands for.
//!
//! Names win over typing errors, those over synonyms, those over what a description says. Where two
//! fit equally well both are given, and the builder is asked. Pure.

use linchpin_app::{App, Entity, Field, Kind, Role, name_words};

use super::vocab::{KINDS, NOT_STATES, PEOPLE, STATES, WORKERS};
use super::words::{Said, fit, singular, squeeze};

/// A word that stands for an entity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hit<'a> {
    /// The entity.
    pub(super) entity: &'a Entity,
    /// Its first word.
    pub(super) from: usize,
    /// Behind its last word.
    pub(super) to: usize,
    /// How sure it is.
    pub(super) score: u8,
}

/// Words that stand for entities, in their order; several at one place when they fit alike.
pub(super) fn hits<'a>(said: &Said, app: &'a App) -> Vec<Hit<'a>> {
    let mut found: Vec<Hit<'a>> = Vec::new();
    let faces: Vec<Face<'a>> = app.entities.iter().map(Face::of).collect();
    for n in [3, 2, 1] {
        for from in 0..said.words.len() {
            let Some(typed) = said.joined(from, n) else { continue };
            let taken = found.iter().any(|hit| hit.from < from + n && from < hit.to);
            if taken || typed.len() < 3 || typed.contains(['@', '#', '/']) {
                continue;
            }
            let one = singular(&typed);
            let rows: Vec<usize> = rows_of(&one).collect();
            let scored: Vec<(u8, &Entity)> = faces
                .iter()
                .map(|face| (face.likeness(&typed, n, &one, &rows), face.entity))
                .filter(|(score, _)| *score > 0)
                .collect();
            let best = scored.iter().map(|(score, _)| *score).max().unwrap_or(0);
            let hit = |(score, entity): (u8, &'a Entity)| Hit {
                entity,
                from,
                to: from + n,
                score,
            };
            found.extend(scored.into_iter().filter(|(score, _)| *score == best).map(hit));
        }
    }
    found.sort_by_key(|hit| hit.from);
    found
}

/// What an entity is called, in the forms it is compared in.
struct Face<'a> {
    entity: &'a Entity,
    /// The words of its name.
    own: Vec<String>,
    /// Its name without spaces.
    joined: String,
    /// The rows of `KINDS` each word of its name is in.
    kinds: Vec<Vec<usize>>,
    /// What its description begins with.
    about: Vec<String>,
}

/// The rows of nouns that have this one.
fn rows_of(noun: &str) -> impl Iterator<Item = usize> {
    KINDS
        .iter()
        .enumerate()
        .filter(move |(_, row)| row.contains(&noun))
        .map(|(at, _)| at)
}

impl<'a> Face<'a> {
    fn of(entity: &'a Entity) -> Self {
        let own = name_words(&entity.name);
        let described = entity.description.as_deref().unwrap_or_default();
        Self {
            entity,
            joined: own.concat(),
            kinds: own.iter().map(|word| rows_of(&singular(word)).collect()).collect(),
            about: name_words(described.get(..described.len().min(200)).unwrap_or(described))
                .iter()
                .take(4)
                .map(|word| singular(word))
                .collect(),
            own,
        }
    }

    fn likeness(&self, typed: &str, n: usize, one: &str, rows: &[usize]) -> u8 {
        match fit(typed, &self.joined) {
            3 | 2 => return 10,
            1 if typed.len() > 4 => return 8,
            _ => {}
        }
        let inner = ["settings", "setting", "config", "log", "preference"]
            .iter()
            .any(|word| self.own.last().is_some_and(|last| last == word));
        if inner {
            return 0;
        }
        let part = |word: &String| self.own.len() > 1 && word.len() > 3 && fit(typed, word) >= 2;
        if n == 1 && self.own.iter().any(part) {
            return 6;
        }
        if rows.is_empty() {
            return 0;
        }
        // A StaffMember is no customer, although members are.
        let foreign = self
            .kinds
            .iter()
            .any(|own| !own.is_empty() && !own.iter().any(|row| rows.contains(row)));
        let akin = !foreign && self.kinds.iter().flatten().any(|row| rows.contains(row));
        if akin {
            return 5;
        }
        let said = one.len() > 3 && self.about.iter().any(|word| word == one);
        if said { 3 } else { 0 }
    }
}

/// Verbs whose object is a person that shall be reached.
const REACHES: &[&str] = &[
    "email",
    "emails",
    "mail",
    "mails",
    "invite",
    "invites",
    "inviting",
    "notify",
    "notifies",
    "tell",
    "remind",
    "reminds",
    "message",
    "messages",
    "dm",
    "dms",
    "thank",
    "thanks",
    "alert",
    "inform",
    "ask",
    "cc",
    "bcc",
    "write",
    "add",
    "congratulate",
    "ping",
    "text",
];
const LETTERS: &[&str] = &[
    "email",
    "mail",
    "message",
    "confirmation",
    "reminder",
    "invitation",
    "invite",
    "note",
    "copy",
    "it",
    "summary",
    "newsletter",
    "notification",
    "letter",
    "dm",
    "them",
];

/// Whether a hit is whom something goes to, rather than what it is about.
pub(super) fn is_reached(said: &Said, hit: &Hit<'_>) -> bool {
    let person = (hit.from..hit.to).any(|at| is_person(said.at(at)) || is_worker(said.at(at)));
    (person || hit.entity.with_role(Role::Email).is_some()) && reached(said, hit.from, hit.to, person)
}

/// Whether something goes to the words `from..to`.
pub(super) fn reached(said: &Said, from: usize, to: usize, person: bool) -> bool {
    let mut at = from;
    let small = [
        "the", "our", "my", "each", "every", "all", "their", "a", "an", "its", "of", "as", "any", "new",
    ];
    while at > 0 && small.contains(&said.at(at - 1)) {
        at -= 1;
    }
    match said.before(at, 1) {
        "add" => said.before(from, 1) == "as" || said.at(to) == "as",
        "to" => {
            let verb = said.before(at, 2);
            LETTERS.contains(&verb) || (verb == "sent" || verb == "send" || verb == "goes")
        }
        "send" | "sends" => person && ["a", "an", "the", "their", "them", "it", "email", "mail"].contains(&said.at(to)),
        "let" | "gets" | "give" => person,
        other => REACHES.contains(&other),
    }
}

/// Whether a word is somebody who works on records.
pub(super) fn is_worker(word: &str) -> bool {
    WORKERS.contains(&singular(word).as_str())
}

/// Whether a word is a person's role towards the app.
pub(super) fn is_person(word: &str) -> bool {
    PEOPLE.contains(&singular(word).as_str())
}

/// A field that holds an address, with a name that has one of the words in it.
pub(super) fn address_field<'a>(entity: &'a Entity, words: &[&str]) -> Option<&'a Field> {
    addresses(entity).find(|field| {
        let own = name_words(&field.name);
        own.iter().any(|word| words.contains(&singular(word).as_str()))
            || field.description.as_deref().is_some_and(|about| {
                field.role != Some(Role::Email) && name_words(about).iter().any(|word| words.contains(&word.as_str()))
            })
    })
}

/// Fields that hold one address.
pub(super) fn addresses(entity: &Entity) -> impl Iterator<Item = &Field> {
    entity.fields.iter().filter(|field| {
        field.kind == Kind::String
            && field.options.is_empty()
            && match field.role {
                Some(Role::Email) => true,
                Some(Role::Assignee | Role::Owner) => {
                    field.format.as_deref() == Some("email")
                        || name_words(&field.name)
                            .iter()
                            .any(|word| word == "email" || word == "mail")
                }
                _ => false,
            }
    })
}

/// The words that mean the same person as this one.
pub(super) fn person_words(word: &str) -> Vec<&'static str> {
    let one = singular(word);
    let rows = KINDS
        .iter()
        .filter(|row| row.contains(&one.as_str()) && row.iter().any(|word| PEOPLE.contains(word)));
    let mut same: Vec<&'static str> = rows.flat_map(|row| row.iter().copied()).collect();
    same.extend(PEOPLE.iter().filter(|known| **known == one));
    same
}

/// The field that says how a record stands.
pub(super) fn status(entity: &Entity) -> Option<&Field> {
    let stands = |field: &&Field| field.role == Some(Role::Status);
    let all = || entity.fields.iter().filter(stands);
    all()
        .find(|field| field.options.len() > 1)
        .or_else(|| all().find(|field| field.kind == Kind::Boolean))
}

/// A state of a record that words name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    /// The field.
    pub(super) field: String,
    /// Its value; a boolean's is `true` or `false`.
    pub(super) value: serde_json::Value,
    /// Whether the words say that it is not so.
    pub(super) not: bool,
    /// How many words it took.
    pub(super) len: usize,
}

/// The state that begins at a word: `confirmed`, `in progress`, `unpaid`, `high priority`.
pub(super) fn state_at(said: &Said, at: usize, entity: &Entity) -> Option<State> {
    // A missing part is a MissingPart, whatever state it is in.
    let own = name_words(&entity.name);
    let called = |typed: String| singular(&typed) == own.concat();
    if own.len() > 1 && said.joined(at, own.len()).is_some_and(called) {
        return None;
    }
    for n in [3, 2, 1] {
        let Some(typed) = said.joined(at, n) else { continue };
        if typed.len() < 3 {
            continue;
        }
        for field in &entity.fields {
            let stands = field.role == Some(Role::Status);
            let beside = || named_beside(said, at, n, field);
            let picked = ["only", "just"].contains(&said.before(at, 1));
            let vague = NOT_STATES.contains(&typed.as_str())
                && !picked
                && (!of_a_change(said, at) || said.at(at + n) == "list");
            if let Some(option) =
                option(&typed, field, stands).filter(|_| !vague && (stands || urgent(&typed) || beside()))
            {
                return Some(State {
                    field: field.name.clone(),
                    value: option.into(),
                    not: is_negated(said, at),
                    len: n,
                });
            }
            let bare = typed
                .strip_prefix("un")
                .or_else(|| typed.strip_prefix("non"))
                .filter(|bare| bare.len() > 3);
            if let Some(option) = bare.and_then(|bare| option(bare, field, stands)).filter(|_| stands) {
                return Some(State {
                    field: field.name.clone(),
                    value: option.into(),
                    not: !is_negated(said, at),
                    len: n,
                });
            }
            if field.kind == Kind::Boolean && n == 1 {
                let own = name_words(&field.name);
                let named = |word: &str| {
                    own.iter().any(|known| {
                        !["is", "has", "was", "consent"].contains(&known.as_str())
                            && known.len() > 3
                            && fit(word, known) >= 2
                    })
                };
                if named(&typed) && !["marketing"].contains(&typed.as_str()) {
                    return Some(State {
                        field: field.name.clone(),
                        value: (!is_negated(said, at)).into(),
                        not: false,
                        len: n,
                    });
                }
                if bare.is_some_and(named) {
                    return Some(State {
                        field: field.name.clone(),
                        value: is_negated(said, at).into(),
                        not: false,
                        len: n,
                    });
                }
            }
        }
    }
    None
}

/// Whether the words just before speak of reaching a state: `becomes new`, `moves to open`.
fn of_a_change(said: &Said, at: usize) -> bool {
    let cue = [
        "becomes", "become", "status", "stage", "turns", "turned", "reaches", "marked", "as", "is", "are", "set",
        "gets", "moves", "goes",
    ];
    let near = |by: usize| cue.contains(&said.before(at, by));
    (near(1) && said.at(at) != "new")
        || (["to", "as", "is"].contains(&said.before(at, 1)) && near(2))
        || ["becomes", "status", "stage"].contains(&said.before(at, 1))
}

fn is_negated(said: &Said, at: usize) -> bool {
    (1..=4)
        .map(|by| said.before(at, by))
        .take_while(|word| !["", ",", ".", "and", "but"].contains(word))
        .any(|word| {
            [
                "not", "isnt", "arent", "never", "non", "without", "no", "except", "werent", "wasnt", "dont", "doesnt",
            ]
            .contains(&word)
        })
}

fn named_beside(said: &Said, at: usize, n: usize, field: &Field) -> bool {
    let own = name_words(&field.name);
    let named = |word: &str| own.iter().any(|known| known.len() > 2 && fit(word, known) >= 2);
    named(said.at(at + n)) || (1..=3).any(|by| named(said.before(at, by)))
}

/// The option of a field that a word stands for.
/// Words that can only be how pressing something is.
fn urgent(word: &str) -> bool {
    ["urgent", "critical"].contains(&word)
}

fn option<'a>(typed: &str, field: &'a Field, stands: bool) -> Option<&'a str> {
    let options = || field.options.iter().map(String::as_str);
    let exact = options().find(|option| squeeze(option) == typed);
    if exact.is_some() || !stands {
        return exact;
    }
    // "when it fails": failed.
    let verb = typed
        .strip_suffix('s')
        .filter(|stem| stem.len() > 3)
        .map(|stem| format!("{stem}ed"));
    if let Some(done) = verb.and_then(|verb| options().find(|option| squeeze(option) == verb)) {
        return Some(done);
    }
    let alike = options().find(|option| typed.len() > 4 && fit(typed, &squeeze(option)) > 0);
    alike.or_else(|| {
        let row = STATES.iter().find(|row| row.contains(&typed))?;
        options().find(|option| row.contains(&squeeze(option).as_str()))
    })
}

/// The field that some words name: `phone number`, `service`, `client name`.
pub(super) fn field_at<'a>(said: &Said, at: usize, entity: &'a Entity) -> Option<(&'a Field, usize)> {
    for n in [3, 2, 1] {
        let Some(typed) = said.joined(at, n).filter(|typed| typed.len() > 2) else {
            continue;
        };
        let whole = entity
            .fields
            .iter()
            .find(|field| fit(&typed, &squeeze(&field.name)) > 0);
        let told = || {
            let one = singular(&typed);
            let word = if one == "number" { return None } else { one };
            let ends = |field: &&Field| name_words(&field.name).last().is_some_and(|last| *last == word);
            let has = |field: &&Field| name_words(&field.name).contains(&word);
            let real = || entity.fields.iter().filter(|field| !field.name.ends_with("_id"));
            real()
                .find(ends)
                .or_else(|| real().find(has))
                .or_else(|| by_meaning(entity, &word))
        };
        if let Some(field) = whole.or_else(|| if n == 1 { told() } else { None }) {
            let extra = usize::from(said.at(at + n) == "number" && n == 1);
            return Some((field, n + extra));
        }
    }
    None
}

fn by_meaning<'a>(entity: &'a Entity, word: &str) -> Option<&'a Field> {
    let role = match word {
        "name" => Role::PersonName,
        "amount" | "total" | "worth" => Role::Money,
        "time" => Role::Start,
        "when" | "day" => Role::Date,
        "place" | "address" => Role::Place,
        "mobile" | "telephone" => Role::Phone,
        "deadline" => Role::Due,
        "organisation" | "organization" => Role::Company,
        _ => return None,
    };
    entity.with_role(role)
}
