//! What a call of an operation is given: parameters, headers, the body, a file, a letter.

use linchpin_catalog::{Body, Operation, OperationParam, Place};
use serde_json::Value as Json;

use super::{Check, dotted};
use crate::compile::body::variables;
use crate::compile::call::is_idempotency;
use crate::compile::mail::{Recipient, recipient};
use crate::plan::error::did_you_mean;
use crate::plan::{CallStep, Caller, Mail, PlanError};

impl Check<'_> {
    pub(super) fn params(&mut self, place: &str, call: &CallStep, operation: &Operation) {
        for (part, given, at) in [("path", &call.path, Place::Path), ("query", &call.query, Place::Query)] {
            let known = || operation.params.iter().filter(|param| param.place == at);
            for (name, text) in given {
                if !known().any(|param| param.name == *name) {
                    self.errors.push(PlanError::Param {
                        place: place.to_owned(),
                        operation: operation.id.clone(),
                        param: name.clone(),
                        part,
                        hint: did_you_mean(name, known().map(|param| param.name.as_str())),
                    });
                }
                let markup = std::mem::take(&mut self.lower.markup);
                let code = self.lower.text(&format!("{place}.{part}.{name}"), text);
                self.lower.markup = markup;
                self.note(code);
            }
            for param in known() {
                let given = given.get(&param.name).is_some_and(|text| !text.trim().is_empty());
                if param.required && param.default.is_none() && !given {
                    self.errors
                        .push(missing(place, operation, &param.name, part, &param.about));
                }
            }
        }
    }

    pub(super) fn headers(&mut self, place: &str, call: &CallStep, operation: &Operation) {
        let known = || operation.params.iter().filter(|param| param.place == Place::Header);
        for (name, value) in &call.header {
            if !known().any(|param| param.name == *name) {
                self.errors.push(PlanError::Param {
                    place: place.to_owned(),
                    operation: operation.id.clone(),
                    param: name.clone(),
                    part: "header",
                    hint: did_you_mean(name, known().map(|param| param.name.as_str())),
                });
            }
            let markup = std::mem::take(&mut self.lower.markup);
            let place = format!("{place}.header.{name}");
            let code = match value {
                Json::String(text) => self.lower.text(&place, text),
                other => self.lower.json(&place, other, &[]),
            };
            self.lower.markup = markup;
            self.note(code);
        }
        for param in known().filter(|param| param.required && param.default.is_none()) {
            // A key against repetitions, and what a file is, are said by the compiler.
            let ours = is_idempotency(&param.name) || param.name.eq_ignore_ascii_case("content-type");
            let given = call
                .header
                .get(&param.name)
                .is_some_and(|value| *value != "" && !value.is_null());
            if !ours && !given {
                self.errors
                    .push(missing(place, operation, &param.name, "header", &param.about));
            }
        }
    }

    pub(super) fn body(&mut self, place: &str, call: &CallStep, operation: &Operation) {
        let mismatch = |why: &str, next| PlanError::Place {
            place: place.to_owned(),
            why: why.to_owned(),
            next,
        };
        match (operation.body, &call.body, &call.mail) {
            (Body::MimeRaw, None, Some(mail)) => return self.mail(&format!("{place}.mail"), mail),
            (Body::MimeRaw, Some(_), _) => {
                let why = format!("`{}` sends a message, and a body can't say it", operation.id);
                return self
                    .errors
                    .push(mismatch(&why, "Use `mail` with `to`, `subject` and `text`."));
            }
            (Body::MimeRaw, None, None) => {
                let about = "the message with `to`, `subject` and `text`.";
                return self.errors.push(missing(place, operation, "mail", "step", about));
            }
            (_, _, Some(_)) => {
                let why = format!("`{}` sends no mail", operation.id);
                return self
                    .errors
                    .push(mismatch(&why, "Remove `mail`, and say what it takes in `body`."));
            }
            (Body::None, Some(_), None) => {
                let why = format!("`{}` takes no body", operation.id);
                return self
                    .errors
                    .push(mismatch(&why, "Remove `body`; parameters go into `path` and `query`."));
            }
            (Body::None, None, None) => return,
            (Body::Json, Some(body), None) if !body.is_object() && !body.is_array() => {
                return self
                    .errors
                    .push(mismatch("the body is one value", "Write an object with named members."));
            }
            (Body::Form | Body::Multipart | Body::Related, Some(body), None) if !body.is_object() => {
                return self
                    .errors
                    .push(mismatch("the body has no names", "Write an object with named members."));
            }
            (Body::Bytes, Some(_), None) => {
                let why = format!("`{}` sends a file and nothing beside it", operation.id);
                return self
                    .errors
                    .push(mismatch(&why, "Say the content in `file`, with `text` or `url`."));
            }
            (Body::Json | Body::Form | Body::Multipart | Body::Related | Body::Bytes, _, None) => {}
        }
        self.file(place, call, operation);
        let file = file_param(operation).map(|param| &param.name);
        if let Some(body) = &call.body {
            let code = self.lower.json(&format!("{place}.body"), body, &[]);
            self.note(code);
        }
        let params = operation.params.iter().filter(|param| param.place == Place::Body);
        let params = params.filter(|param| Some(&param.name) != file);
        for param in params.filter(|param| param.required && param.default.is_none()) {
            let pointer = format!("/{}", param.name.replace('.', "/"));
            let body = call.body.as_ref().map(|body| match operation.graphql {
                Some(_) => variables(body, operation),
                None => body,
            });
            let given = body.and_then(|body| body.get(&param.name).or_else(|| body.pointer(&pointer)));
            if given.is_none_or(|value| value.is_null() || value == "") {
                self.errors
                    .push(missing(place, operation, &param.name, "body", &param.about));
            }
        }
    }

    /// Whether a file is there where one is wanted, and can be had.
    fn file(&mut self, place: &str, call: &CallStep, operation: &Operation) {
        let Some(file) = &call.file else {
            if let Some(param) = file_param(operation).filter(|param| param.required) {
                let about = format!("{} Say it in `file`, with `text` or `url`.", param.about);
                self.errors.push(missing(
                    place,
                    operation,
                    &param.name,
                    "step",
                    about.trim_end_matches('.'),
                ));
            }
            return;
        };
        let place = format!("{place}.file");
        if file_param(operation).is_none() && operation.body != Body::Bytes {
            self.errors.push(PlanError::Place {
                place: place.clone(),
                why: format!("`{}` takes no file", operation.id),
                next: "Remove `file`.",
            });
        }
        match (&file.text, &file.url) {
            (Some(text), None) => {
                let code = self.lower.text(&format!("{place}.text"), text);
                self.note(code);
            }
            (None, Some(path)) => {
                let found = dotted(&place, path).and_then(|path| self.lower.scope.find(&place, &path));
                self.note(found);
            }
            _ => self.errors.push(PlanError::Place {
                place: place.clone(),
                why: "a file has either a `text` or a `url`".to_owned(),
                next: "Write one of the two.",
            }),
        }
        if let Some(name) = &file.name {
            let code = self.lower.text(&format!("{place}.name"), name);
            self.note(code);
        }
        let word =
            |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        let sound = |kind: &str| {
            let plain = kind.split(';').next().unwrap_or_default().trim();
            let tail = kind.chars().all(|c| matches!(c, ' '..='~') && c != '"');
            plain.split_once('/').is_some_and(|(a, b)| word(a) && word(b)) && tail
        };
        if file.media_type.as_deref().is_some_and(|kind| !sound(kind)) {
            self.errors.push(PlanError::Place {
                place,
                why: "its media type is not one".to_owned(),
                next: "Write one such as `text/csv` or `application/pdf`.",
            });
        }
    }

    fn mail(&mut self, place: &str, mail: &Mail) {
        if mail.to.iter().all(|to| to.trim().is_empty()) {
            self.errors.push(PlanError::Mail {
                place: place.to_owned(),
                why: "it has no recipient".to_owned(),
                next: "Name one in `to`, such as `{{booking.client_email}}`.",
            });
        }
        for (name, texts) in [
            ("to", mail.to.as_slice()),
            ("cc", mail.cc.as_slice()),
            ("reply_to", mail.reply_to.as_slice()),
        ] {
            for text in texts.iter().filter(|text| !text.trim().is_empty()) {
                let place = format!("{place}.{name}");
                let recipient = recipient(&mut self.lower, &place, text);
                let Some(recipient) = self.note(recipient) else {
                    continue;
                };
                if self.plan.caller == Caller::Anyone && name != "reply_to" && text.contains("{{input.") {
                    self.errors.push(PlanError::Mail {
                        place: place.clone(),
                        why: "anyone could send mail to anyone through your account".to_owned(),
                        next: "Write to an address of yours with theirs in `reply_to`, or let only signed-in users call.",
                    });
                }
                if let Recipient::Bad(why) = recipient {
                    self.errors.push(PlanError::Mail {
                        place,
                        why: format!("`{text}` {why}"),
                        next: "Write an address, a path to one, or `{{name}} <{{address}}>`.",
                    });
                }
            }
        }
        for (name, text) in [("subject", &mail.subject), ("text", &mail.text)] {
            let place = format!("{place}.{name}");
            if text.trim().is_empty() {
                self.errors.push(PlanError::Mail {
                    place: place.clone(),
                    why: "it is empty".to_owned(),
                    next: "Write what the reader shall see.",
                });
            }
            let code = self.lower.text(&place, text);
            self.note(code);
        }
    }
}

fn missing(place: &str, operation: &Operation, param: &str, part: &'static str, about: &str) -> PlanError {
    PlanError::Missing {
        place: place.to_owned(),
        operation: operation.id.clone(),
        param: param.to_owned(),
        part,
        about: about.to_owned(),
    }
}

/// The parameter of an operation that is a file.
pub(crate) fn file_param(operation: &Operation) -> Option<&OperationParam> {
    const NAMES: [&str; 9] = [
        "content",
        "file",
        "media",
        "document",
        "attachment",
        "image",
        "photo",
        "video",
        "audio",
    ];
    if !matches!(operation.body, Body::Multipart | Body::Related | Body::Bytes) {
        return None;
    }
    let named = |name: &str| {
        let mut params = operation.params.iter();
        params.find(|param| param.place == Place::Body && param.name == *name)
    };
    NAMES.iter().find_map(|name| named(name))
}
