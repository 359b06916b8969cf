//! Someone outside waits for word: mail them when their record gets somewhere.

use linchpin_app::Field;

use super::{Idea, Subject};
use crate::plans::{self, Moment};
use crate::{anatomy, phrase};

const CONNECTOR: &str = "gmail";
/// States that a person should hear of before any other.
const URGENT: &[&str] = &["overdue", "vencid", "atrasad", "uberfallig", "enretard"];

pub(super) fn to_the_person(subject: &Subject<'_, '_>) -> Option<Idea> {
    let entity = subject.entity;
    let to = anatomy::recipient(entity)?;
    if subject.is_a(&["staff", "employee", "user", "member", "team"]) {
        return None;
    }
    let status = anatomy::status(entity);
    let asking = subject.is_a(&[
        "lead",
        "inquir",
        "enquir",
        "contact",
        "request",
        "application",
        "signup",
        "subscriber",
        "submission",
        "ticket",
    ]);
    let state = status.and_then(|field| Some((field, urgent(field).or_else(|| anatomy::reached(field))?)));
    let moment = match (asking, state) {
        (false, Some((field, value))) => Moment::Becomes {
            field: field.name.clone(),
            value: value.to_owned(),
        },
        _ => Moment::Created,
    };
    let plan = plans::mail_on_event(subject.cx, entity, &moment, &to.name)?;
    let ground = subject.field(&to.name, "is whom to write to");
    let mut idea = subject.idea(CONNECTOR, "mail", plan, 28, ground);
    if let (false, Some((field, value))) = (asking, state) {
        idea.because(16, subject.field(&field.name, &format!("can become {value}")));
    }
    if asking {
        let why = format!(
            "{} is something a person sends in and waits for",
            phrase::a(&entity.name)
        );
        idea.because(12, crate::Evidence::at(&entity.at, why));
    }
    idea.title = format!("Email from Gmail {}", moment_title(&moment, &entity.name));
    idea.prompt = format!(
        "When {} {}, send {} an email from Gmail",
        phrase::a(&entity.name),
        moment.words(),
        to.name
    );
    Some(idea)
}

fn moment_title(moment: &Moment, entity: &str) -> String {
    match moment {
        Moment::Created => format!("for each new {}", phrase::spoken(entity)),
        other => format!("when {} {}", phrase::a(&phrase::spoken(entity)), other.words()),
    }
}

fn urgent(field: &Field) -> Option<&str> {
    field.options.iter().map(String::as_str).find(|option| {
        URGENT
            .iter()
            .any(|stem| linchpin_app::name_words(option).concat().starts_with(stem))
    })
}
