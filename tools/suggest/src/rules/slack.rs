//! Something new that a team should hear of at once.

use linchpin_app::Role;

use super::{Idea, Subject};
use crate::plans::{self, Moment};
use crate::{anatomy, phrase};

const CONNECTOR: &str = "slackbot";
/// Kinds of records that somebody has to react to.
const NEWS: &[&str] = &[
    "booking",
    "order",
    "lead",
    "inquir",
    "enquir",
    "request",
    "ticket",
    "application",
    "reservation",
    "signup",
    "submission",
    "deal",
    "appointment",
    "incident",
    "alert",
    "complaint",
    "review",
    "feedback",
    "sale",
    "quote",
    "reserva",
    "pedido",
    "solicitud",
    "venta",
    "venda",
    "bestellung",
    "buchung",
    "anfrage",
    "commande",
    "demande",
    "הזמנה",
    "פנייה",
];

pub(super) fn post(subject: &Subject<'_, '_>) -> Option<Idea> {
    let entity = subject.entity;
    if subject.is_private() {
        return None;
    }
    let made = !subject.signals.entity(&entity.name).made_on.is_empty();
    let news = subject.is_a(NEWS);
    let named = entity
        .with_role(Role::Title)
        .or_else(|| entity.with_role(Role::PersonName))?;
    if !news && !made {
        return None;
    }
    let moment = Moment::Created;
    let plan = plans::slack_post(subject.cx, entity, &moment, None)?;
    let ground = subject.field(&named.name, "names it in one line");
    let mut idea = subject.idea(CONNECTOR, "post", plan, 20, ground);
    if news {
        let why = format!("{} is something a team reacts to", phrase::a(&entity.name));
        idea.because(16, crate::Evidence::at(&entity.at, why));
    }
    if let Some(money) = entity.with_role(Role::Money) {
        idea.because(6, subject.field(&money.name, "says what it is worth"));
    }
    if let Some(status) = anatomy::status(entity).filter(|field| field.options.len() > 1) {
        idea.because(6, subject.field(&status.name, "starts a process"));
    }
    if let Some(person) = entity.with_role(Role::PersonName) {
        idea.because(4, subject.field(&person.name, "says who it is about"));
    }
    idea.title = format!("New {} to Slack", phrase::plural(&entity.name));
    idea.prompt = format!("Post to Slack when {} {}", phrase::a(&entity.name), moment.words());
    Some(idea)
}
