//! Messages: who may receive one, and the code that writes it as RFC 5322 wants it.
//!
//! A recipient out of a record is one address or none: a list in a field would add readers that
//! nobody chose, a line break a header. Names and subjects go through RFC 2047 encoded words.

use super::text::{Lower, Need};
use super::ts::{Ts, literal, string};
use crate::plan::scope::ValueKind;
use crate::plan::{Mail, PlanError};
use crate::template::{Part, Source, Template, Value};

/// A recipient as a plan names it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Recipient {
    /// An address that is known now.
    Known(Ts),
    /// One that is read when the function runs.
    Read {
        /// The whole header value.
        code: Ts,
        /// The address itself, to be looked at first.
        address: Option<String>,
        /// What it is called in the app.
        label: String,
    },
    /// Not a recipient; the words continue a sentence.
    Bad(&'static str),
}

/// Reads a recipient: an address, a path to one, or `{{name}} <{{address}}>`.
pub(crate) fn recipient(lower: &mut Lower<'_>, place: &str, text: &str) -> Result<Recipient, PlanError> {
    let template = Template::parse(text.trim());
    let template = template.map_err(|error| PlanError::Template {
        place: place.to_owned(),
        error,
    })?;
    if let Some(known) = template.literal() {
        return Ok(match known_address(known) {
            true => Recipient::Known(Ts::text(known)),
            false => Recipient::Bad("is not an e-mail address"),
        });
    }
    let (name, value) = match template.parts.as_slice() {
        [Part::Value(value)] => (None, value),
        [name @ .., Part::Text(open), Part::Value(value), Part::Text(close)] if open.ends_with('<') && close == ">" => {
            let mut name = name.to_vec();
            let rest = open.trim_end_matches('<').trim_end();
            if !rest.is_empty() {
                name.push(Part::Text(rest.to_owned()));
            }
            (Some(name), value)
        }
        _ => return Ok(Recipient::Bad("is not one recipient")),
    };
    let Value {
        source: Source::Path(path),
        ..
    } = value
    else {
        return Ok(Recipient::Bad("is not an e-mail address"));
    };
    let found = lower.scope.find(place, path)?;
    if !matches!(found.kind, ValueKind::Text | ValueKind::Unknown) {
        return Ok(Recipient::Bad("is not a text, so it can't be an e-mail address"));
    }
    let address = lower.text(place, &format!("{{{{{value}}}}}"))?.flat();
    let sure = path.to_string() == "user.email";
    let checked = (!sure).then(|| found.code.clone());
    if checked.is_some() {
        lower.needs.insert(Need::IsAddress);
    }
    // After the check there is no need for a fallback.
    let address = if checked.is_some() && value.filters.is_empty() {
        found.code
    } else {
        address
    };
    let code = match name {
        None => Ts::raw(address),
        Some(name) => {
            lower.needs.insert(Need::Mailbox);
            let name = lower.text(place, &Template { parts: name }.to_string())?;
            Ts::call("mailbox", vec![name, Ts::raw(address)])
        }
    };
    Ok(Recipient::Read {
        code,
        address: checked,
        label: path.0.last().cloned().unwrap_or_default(),
    })
}

/// `a@b.c` or `Some Name <a@b.c>`.
fn known_address(text: &str) -> bool {
    let address = match text.split_once('<') {
        Some((name, rest)) if name.chars().all(|c| c.is_ascii_alphanumeric() || " .'-".contains(c)) => {
            rest.strip_suffix('>').unwrap_or_default()
        }
        Some(_) => return false,
        None => text,
    };
    let plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "@<>,;:\"()\\".contains(c));
    matches!(address.split_once('@'), Some((local, host)) if plain(local) && plain(host) && host.contains('.')
        && !host.starts_with('.') && !host.ends_with('.') && text.is_ascii() && !text.contains(char::is_control))
}

/// A message ready to be written.
#[derive(Debug)]
pub(crate) struct Message {
    /// Addresses to look at before anything is sent, with what they are called.
    pub(crate) checks: Vec<(String, String)>,
    /// The text, when it deserves lines of its own.
    pub(crate) text: Option<(String, Ts)>,
    /// The base64url message.
    pub(crate) raw: Ts,
}

/// Lowers a message. `cc` and `reply_to` become further headers.
pub(crate) fn message(lower: &mut Lower<'_>, place: &str, mail: &Mail) -> Result<Message, PlanError> {
    lower.needs.insert(Need::Mime);
    let mut checks = Vec::new();
    let mut list = |lower: &mut Lower<'_>, texts: &[String]| -> Result<Ts, PlanError> {
        let mut codes = Vec::new();
        for text in texts.iter().filter(|text| !text.trim().is_empty()) {
            match recipient(lower, place, text)? {
                Recipient::Known(code) => codes.push(code),
                Recipient::Read { code, address, label } => {
                    if let Some(address) = address {
                        checks.push((address, label));
                    }
                    codes.push(code);
                }
                Recipient::Bad(why) => {
                    return Err(PlanError::Mail {
                        place: place.to_owned(),
                        why: format!("`{text}` {why}"),
                        next: "Write an address or a path to one.",
                    });
                }
            }
        }
        Ok(match codes.len() {
            1 => codes.remove(0),
            _ => join(&codes),
        })
    };
    let mut arguments = vec![list(lower, &mail.to)?];
    let mut more = Vec::new();
    if mail.cc.iter().any(|cc| !cc.trim().is_empty()) {
        more.push(("Cc".to_owned(), list(lower, &mail.cc)?));
    }
    if let Some(reply_to) = mail.reply_to.as_ref().filter(|text| !text.trim().is_empty()) {
        more.push(("Reply-To".to_owned(), list(lower, std::slice::from_ref(reply_to))?));
    }
    arguments.push(lower.text(place, &mail.subject.replace('\n', " "))?);
    let text = lower.text(place, &mail.text)?;
    let hoisted = match &text {
        Ts::Then(..) => {
            let name = lower.scope.own("text");
            arguments.push(Ts::raw(name.clone()));
            Some((name, text))
        }
        _ => {
            arguments.push(text);
            None
        }
    };
    if !more.is_empty() {
        lower.needs.insert(Need::MoreHeaders);
        arguments.push(Ts::Object(more));
    }
    checks.dedup();
    Ok(Message {
        checks,
        text: hoisted,
        raw: Ts::call("mime", arguments),
    })
}

/// Several recipients as one header value.
fn join(codes: &[Ts]) -> Ts {
    let mut out = String::from("`");
    let mut dynamic = false;
    for (i, code) in codes.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        let flat = code.flat();
        match flat.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(known) => out.push_str(&literal(known)),
            None => {
                dynamic = true;
                out.push_str(&format!("${{{flat}}}"));
            }
        }
    }
    match dynamic {
        true => Ts::raw(out + "`"),
        false => Ts::raw(string(&out[1..])),
    }
}
