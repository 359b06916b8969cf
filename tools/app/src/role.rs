//! What a field means to people, from its name, type, format and choices.
//!
//! Roles are what suggestions stand on, so a doubtful field gets none. The order of the questions is
//! the order of their certainty: format, then external ids, then type, then words.

use rustc_hash::FxHashMap;

use crate::stems::{
    ASSIGNEE, COMPANY, DATE, DONE, DUE, EMAIL, END, FILE, FULL_NAME, MONEY, NAME, OWNER, PERSON, PHONE, PLACE,
    QUANTITY, SERVICES, START, STATUS, TEXT, TIME, TITLE, URL,
};
use crate::{Entity, Field, Kind, Role};

/// Gives every field of every entity its role and the entity it refers to.
pub(crate) fn assign(entities: &mut [Entity]) {
    let names: Vec<String> = entities.iter().map(|entity| entity.name.clone()).collect();
    let mut by_words: FxHashMap<String, &str> = names
        .iter()
        .map(|name| (tokens(name).join("_"), name.as_str()))
        .collect();
    // `client_id` refers to a table `clients` too.
    for name in &names {
        let words = tokens(name).join("_");
        if let Some(one) = words.strip_suffix('s') {
            by_words.entry(one.to_owned()).or_insert(name.as_str());
        }
    }
    for entity in entities {
        let own = tokens(&entity.name);
        let person = own.iter().any(|token| one_of(token, PERSON));
        let words: Vec<Vec<String>> = entity.fields.iter().map(|field| tokens(&field.name)).collect();
        let has_email = entity
            .fields
            .iter()
            .zip(&words)
            .any(|(field, words)| is_email(field, words));
        for (field, words) in entity.fields.iter_mut().zip(&words) {
            if field.refers_to.is_none() {
                field.refers_to = refers_to(field, words, &by_words, &names);
            }
            field.role = role(field, words, person || has_email);
        }
        pairs(&mut entity.fields, &words);
        if !entity.fields.iter().any(|field| field.role == Some(Role::Title)) {
            let named = entity.fields.iter_mut().zip(&words).find(|(field, words)| {
                field.role.is_none()
                    && field.kind == Kind::String
                    && field.options.is_empty()
                    && words.last().is_some_and(|last| one_of(last, NAME))
            });
            if let Some((field, _)) = named {
                field.role = Some(Role::Title);
            }
        }
    }
}

/// A name's words, lower case, without accents: `dueDate`, `due_date`, `Due Date` are all `due`, `date`.
pub fn tokens(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut fresh, mut before) = (true, ' ');
    let mut chars = name.chars().peekable();
    while let Some(one) = chars.next() {
        if !one.is_alphanumeric() {
            fresh = true;
            continue;
        }
        // `dueDate` breaks before `D`, `CRMTask` before `T`.
        let hump = one.is_uppercase()
            && (before.is_lowercase()
                || (before.is_uppercase() && chars.peek().is_some_and(|next| next.is_lowercase())));
        if fresh || hump {
            words.push(String::new());
        }
        (fresh, before) = (false, one);
        if let Some(word) = words.last_mut() {
            word.extend(one.to_lowercase().map(fold));
        }
    }
    words
}

fn fold(one: char) -> char {
    match one {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' | 'ň' => 'n',
        'ě' => 'e',
        'š' => 's',
        'č' => 'c',
        'ř' => 'r',
        'ž' => 'z',
        'ý' => 'y',
        'ů' => 'u',
        'ď' => 'd',
        'ť' => 't',
        other => other,
    }
}

fn one_of(word: &str, list: &[&str]) -> bool {
    let first = word.as_bytes().first();
    list.iter().any(|entry| {
        // Most entries differ in their first letter, and there are many entries for every field.
        entry.as_bytes().first() == first
            && match entry.strip_suffix('*') {
                Some(begin) => word.starts_with(begin),
                None => word == *entry,
            }
    })
}

fn any(words: &[String], list: &[&str]) -> bool {
    words.iter().any(|word| one_of(word, list))
}

fn is_email(field: &Field, words: &[String]) -> bool {
    let textual = matches!(field.kind, Kind::String | Kind::Array) && field.options.is_empty();
    let about = [
        "sent",
        "subject",
        "body",
        "template",
        "id",
        "type",
        "count",
        "status",
        "at",
        "signature",
        "text",
        "content",
    ];
    textual
        && (field.format.as_deref() == Some("email")
            || (any(words, EMAIL) && !words.iter().any(|word| about.contains(&word.as_str()))))
}

fn role(field: &Field, words: &[String], of_a_person: bool) -> Option<Role> {
    let format = field.format.as_deref().unwrap_or("");
    let last = words.last().map_or("", String::as_str);
    let ends_in_id = matches!(last, "id" | "ids");
    if is_email(field, words) {
        return Some(if any(words, ASSIGNEE) {
            Role::Assignee
        } else if any(words, OWNER) || words == ["user", "email"] {
            Role::Owner
        } else {
            Role::Email
        });
    }
    if ends_in_id {
        return if field.refers_to.is_none() && any(words, SERVICES) {
            Some(Role::ExternalId)
        } else if any(words, ASSIGNEE) {
            Some(Role::Assignee)
        } else if any(words, OWNER) || words == ["user", "id"] {
            Some(Role::Owner)
        } else {
            None
        };
    }
    match field.kind {
        Kind::Boolean => return any(words, DONE).then_some(Role::Status),
        Kind::Number | Kind::Integer => {
            return if any(words, QUANTITY) {
                Some(Role::Quantity)
            } else if any(words, MONEY) || matches!(last, "rate" | "value") {
                Some(Role::Money)
            } else {
                None
            };
        }
        Kind::Object => return None,
        Kind::Array => return any(words, FILE).then_some(Role::File),
        Kind::String => {}
    }
    if !field.options.is_empty() {
        return any(words, STATUS).then_some(Role::Status);
    }
    match format {
        "date" if any(words, DUE) => return Some(Role::Due),
        "date-time" if any(words, DUE) => return Some(Role::Due),
        "date" => return Some(Role::Date),
        "date-time" => return Some(Role::DateTime),
        "time" => return None,
        "file" => return Some(Role::File),
        "uri" | "url" => {
            return Some(if any(words, FILE) { Role::File } else { Role::Url });
        }
        "richtext" => return Some(Role::Text),
        _ => {}
    }
    by_words(words, last, of_a_person)
}

fn by_words(words: &[String], last: &str, of_a_person: bool) -> Option<Role> {
    let date = any(words, DATE) || is_data_of(words);
    let moment = last == "at" || any(words, TIME);
    if words.iter().any(|word| word == "zone" || word == "timezone") {
        return None;
    }
    let table: [(bool, Role); 17] = [
        (any(words, DUE), Role::Due),
        (moment && last != "time" || date && any(words, TIME), Role::DateTime),
        (date, Role::Date),
        (any(words, PHONE), Role::Phone),
        (any(words, STATUS), Role::Status),
        (any(words, FILE), Role::File),
        (any(words, URL), Role::Url),
        (any(words, FULL_NAME), Role::PersonName),
        (
            words == ["full", "name"] || words == ["first", "name"] || words == ["last", "name"],
            Role::PersonName,
        ),
        (any(words, NAME) && any(words, ASSIGNEE), Role::Assignee),
        (any(words, NAME) && any(words, PERSON), Role::PersonName),
        (any(words, COMPANY), Role::Company),
        (any(words, NAME) && words.len() == 1 && of_a_person, Role::PersonName),
        (any(words, TITLE) || any(words, NAME) && words.len() == 1, Role::Title),
        (any(words, ASSIGNEE) || words == ["assigned", "to"], Role::Assignee),
        (any(words, TEXT), Role::Text),
        (any(words, PLACE), Role::Place),
    ];
    if let Some((_, role)) = table.iter().find(|(holds, _)| *holds) {
        return Some(*role);
    }
    if any(words, OWNER) {
        Some(Role::Owner)
    } else if any(words, MONEY) {
        Some(Role::Money)
    } else {
        None
    }
}

/// `data_inizio`, `data_nascimento`: a day in Italian and Portuguese, where `data` alone is anybody's.
fn is_data_of(words: &[String]) -> bool {
    const OF: &[&str] = &[
        "di",
        "da",
        "de",
        "do",
        "ora",
        "hora",
        "evento",
        "consegna",
        "ordine",
        "appuntamento",
        "prenotazione",
        "vendita",
        "pagamento",
        "emissao",
        "emissione",
        "entrega",
        "cadastro",
        "criacao",
        "agendamento",
        "nascimento",
        "compra",
        "pedido",
        "visita",
        "reuniao",
        "registrazione",
        "conclusao",
    ];
    let [first, rest @ ..] = words else { return false };
    first == "data"
        && rest
            .first()
            .is_some_and(|next| one_of(next, OF) || one_of(next, START) || one_of(next, END) || one_of(next, DATE))
}

/// Turns a begin with an end beside it into a pair; a lone end means nothing.
fn pairs(fields: &mut [Field], words: &[Vec<String>]) {
    let temporal = |field: &Field, words: &[String]| {
        let format = matches!(field.format.as_deref(), Some("date" | "date-time" | "time"));
        let named = any(words, DATE)
            || is_data_of(words)
            || any(words, TIME)
            || words.len() == 1
            || words.last().is_some_and(|last| last == "at");
        let zone = words.iter().any(|word| word == "zone" || word == "timezone");
        field.kind == Kind::String && field.options.is_empty() && (format || named) && !zone
    };
    // Opening hours are no appointment: times of day need a day beside them.
    let of_day = |at: usize| match fields[at].format.as_deref() {
        Some(format) => format == "time",
        None => !any(&words[at], DATE) && words[at].iter().any(|word| word == "time" || word == "hora"),
    };
    let dated = (0..fields.len())
        .any(|at| matches!(fields[at].role, Some(Role::Date | Role::DateTime | Role::Due)) && !of_day(at));
    let lasts = words.iter().any(|words| any(words, &["duration*"]));
    let has = |list: &[&str]| {
        (0..fields.len())
            .find(|at| any(&words[*at], list) && temporal(&fields[*at], &words[*at]))
            .filter(|at| dated || !of_day(*at))
    };
    let (start, end) = (has(START), has(END));
    if let Some(at) = start
        && (end.is_some() || lasts)
    {
        fields[at].role = Some(Role::Start);
    }
    if let (Some(_), Some(at)) = (start, end) {
        fields[at].role = Some(Role::End);
    }
}

/// `client_id` → `Client`; `parent_task_id` → `Task`; `staff_id` → `StaffMember` when no other fits;
/// else an entity that the description names.
fn refers_to(field: &Field, words: &[String], by_words: &FxHashMap<String, &str>, names: &[String]) -> Option<String> {
    let (last, rest) = words.split_last()?;
    if !matches!(last.as_str(), "id" | "ids") || rest.is_empty() {
        return None;
    }
    for from in 0..rest.len() {
        if let Some(name) = by_words.get(&rest[from..].join("_")) {
            // `calendar_event_id` is another service's event even where an Event entity exists.
            if from > 0 && any(&rest[..from], SERVICES) {
                return None;
            }
            return Some((*name).to_owned());
        }
    }
    let begin = format!("{}_", rest.join("_"));
    let mut longer = by_words.iter().filter(|(known, _)| known.starts_with(&begin));
    if let (Some((_, name)), None) = (longer.next(), longer.next()) {
        return Some((*name).to_owned());
    }
    let said = field.description.as_deref()?;
    let mut named = said
        .split(|one: char| !one.is_alphanumeric())
        .filter(|word| word.starts_with(char::is_uppercase))
        .filter_map(|word| names.iter().find(|name| *name == word));
    named.next().cloned()
}
