//! Whom something goes to: the builder, a team, an address, or somebody a record names.
//!
//! "the client" of a Booking is its `client_email`; of a Review, which only refers to a Client, it is
//! that Client's `email`. Nobody's address is invented: what can't be resolved is asked. Pure.

use linchpin_app::{App, Entity, Kind, Role, name_words};

use super::resolve::{address_field, addresses, is_person, is_worker, person_words, reached};
use super::words::{Said, singular};

/// Whom something goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    /// The builder.
    Me,
    /// A team whose address nobody knows yet.
    Team,
    /// This address.
    Address(String),
    /// The address in a field of the record.
    Field(String),
    /// The address of a record that this one refers to.
    Through {
        /// The field with its id.
        field: String,
        /// Its entity.
        entity: String,
        /// Its field with the address.
        email: String,
    },
    /// Everybody gets what is theirs.
    Each,
    /// Somebody the record doesn't name.
    Unknown(String),
}

/// Whom an utterance names, besides who gets a copy.
pub(super) fn whom(said: &Said, entity: &Entity, app: &App) -> Option<Who> {
    let copy = ["cc", "bcc", "copy"].iter().filter_map(|word| said.find(word)).min();
    let end = copy.filter(|at| *at > 0).unwrap_or(said.words.len());
    let said = &said.part(0, end);
    if let Some(word) = said.words.iter().find(|word| is_address(&word.text)) {
        return Some(Who::Address(word.text.clone()));
    }
    let each = ["each", "every"].iter().filter_map(|each| said.find(each)).any(|at| {
        [
            "user",
            "person",
            "assignee",
            "employee",
            "member",
            "staff",
            "staffmember",
            "teammate",
            "worker",
            "team",
        ]
        .contains(&said.at(at + 1))
    });
    let everyone = said
        .any(&[
            "everyone",
            "everybody",
            "all users",
            "users their",
            "people their",
            "the assignees",
            "each other",
        ])
        .is_some();
    if (each || everyone) && said.any(&["their", "own", "theirs"]).is_some() {
        return Some(Who::Each);
    }
    for at in 0..said.words.len() {
        let word = said.at(at);
        if (is_person(word) || is_worker(word) || is_named(word, entity)) && reached(said, at, at + 1, true) {
            return Some(somebody(word, entity, app));
        }
        let asked =
            || reached(said, at, at + 1, true) || ["send", "tell", "remind", "thank"].contains(&said.before(at, 1));
        if ["them", "him", "her"].contains(&word) && asked() {
            let worker = || match somebody("assignee", entity, app) {
                Who::Unknown(_) => None,
                who => Some(who),
            };
            let who = if said.any(&["assigned", "reassigned"]).is_some() {
                worker()
            } else {
                None
            };
            let who = who.or_else(|| their_own(entity, app)).or_else(worker);
            return Some(who.unwrap_or(Who::Unknown("such person".to_owned())));
        }
    }
    let me = said
        .any(&[
            "me",
            "myself",
            "my inbox",
            "my email",
            "my mail",
            "i get",
            "i want",
            "i receive",
            "i need",
            "i would like",
            "id like",
        ])
        .is_some();
    if me {
        return Some(Who::Me);
    }
    let team = [
        "us",
        "team",
        "everyone",
        "everybody",
        "staff",
        "office",
        "admins",
        "admin",
        "management",
    ];
    let told = said.words.iter().enumerate().any(|(at, word)| {
        team.contains(&word.text.as_str())
            && (reached(said, at, at + 1, true) || ["us", "everyone", "everybody"].contains(&word.text.as_str()))
    });
    told.then_some(Who::Team)
}

/// Whether a record names somebody by this word: the driver of a Sticker is its `driver_email`.
fn is_named(word: &str, entity: &Entity) -> bool {
    let one = singular(word);
    addresses(entity).any(|field| {
        let own = name_words(&field.name);
        own.len() > 1 && own.first().is_some_and(|first| *first == one || first == word)
    })
}

/// Whom a single noun names, such as in "cc the owner".
pub(super) fn somebody(word: &str, entity: &Entity, app: &App) -> Who {
    let one = singular(word);
    let mut words: Vec<&str> = vec![one.as_str()];
    words.extend(person_words(&one));
    if let Some(field) = address_field(entity, &words) {
        return Who::Field(field.name.clone());
    }
    if is_worker(&one) {
        let works = |role| addresses(entity).find(|field| field.role == Some(role));
        let named = || {
            addresses(entity).find(|field| {
                name_words(&field.name)
                    .iter()
                    .any(|word| ["staff", "team", "agent", "host"].contains(&word.as_str()))
            })
        };
        if let Some(field) = works(Role::Assignee).or_else(|| works(Role::Owner)).or_else(named) {
            return Who::Field(field.name.clone());
        }
        if one == "owner" {
            return Who::Field("created_by".to_owned());
        }
    }
    let through = entity.fields.iter().find_map(|field| {
        let target = field.refers_to.as_deref()?;
        let named = name_words(target).iter().any(|word| words.contains(&word.as_str()));
        let email = app.entities.iter().find(|one| one.name == target).and_then(email_of)?;
        (named && field.kind == Kind::String).then(|| Who::Through {
            field: field.name.clone(),
            entity: target.to_owned(),
            email,
        })
    });
    if let Some(through) = through {
        return through;
    }
    let own = name_words(&entity.name);
    let itself = own.iter().any(|word| words.contains(&word.as_str())) || is_person(&one);
    if itself
        && !is_worker(&one)
        && let Some(own) = their_own(entity, app)
    {
        return own;
    }
    Who::Unknown(word.to_owned())
}

/// The person a record is about.
pub(super) fn their_own(entity: &Entity, app: &App) -> Option<Who> {
    if let Some(email) = email_of(entity) {
        return Some(Who::Field(email));
    }
    entity.fields.iter().find_map(|field| {
        let target = field
            .refers_to
            .as_deref()
            .filter(|target| is_person(&name_words(target).concat()))?;
        let email = app.entities.iter().find(|one| one.name == target).and_then(email_of)?;
        Some(Who::Through {
            field: field.name.clone(),
            entity: target.to_owned(),
            email,
        })
    })
}

fn email_of(entity: &Entity) -> Option<String> {
    let field = entity
        .fields
        .iter()
        .find(|field| field.role == Some(Role::Email) && field.kind == Kind::String)?;
    Some(field.name.clone())
}

/// Whether a text is one e-mail address.
pub(super) fn is_address(text: &str) -> bool {
    let Some((local, host)) = text.split_once('@') else {
        return false;
    };
    let plain = |part: &str| {
        !part.is_empty()
            && part.is_ascii()
            && !part.contains(|c: char| c.is_whitespace() || "@<>,;:\"()\\{}".contains(c))
    };
    plain(local) && plain(host) && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
}

/// The first address in a text.
pub(super) fn address_in(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || "<>,;()".contains(c))
        .map(|piece| piece.trim_matches(|c: char| ".:!?\"'".contains(c)))
        .find(|piece| is_address(piece))
        .map(str::to_owned)
}
