//! People one does business with belong into a CRM.

use linchpin_app::Role;

use super::{Idea, Subject};
use crate::plans::{self, Moment};
use crate::{Evidence, anatomy, phrase};

const CONNECTOR: &str = "hubspot";
const PROSPECT: &[&str] = &[
    "lead",
    "prospect",
    "inquir",
    "enquir",
    "opportunit",
    "deal",
    "contact",
    "demo",
    "subscriber",
    "partner",
    "referral",
    "applicant",
    "oportunidad",
    "contacto",
    "contato",
    "interessent",
    "kontakt",
    "ליד",
];
const CUSTOMER: &[&str] = &["customer", "client", "account", "cliente", "kunde", "לקוח"];

pub(super) fn contact(subject: &Subject<'_, '_>) -> Option<Idea> {
    let entity = subject.entity;
    let email = anatomy::recipient(entity)?;
    let person = entity
        .with_role(Role::PersonName)
        .or_else(|| entity.with_role(Role::Company))?;
    let prospect = subject.is_a(PROSPECT);
    if !prospect && !subject.is_a(CUSTOMER) {
        return None;
    }
    let moment = Moment::Created;
    let plan = plans::hubspot_contact(subject.cx, entity, &moment)?;
    let ground = subject.field(&email.name, &format!("and {} make a contact", person.name));
    let mut idea = subject.idea(CONNECTOR, "contact", plan, 26, ground);
    let kind = if prospect {
        "someone to win"
    } else {
        "someone one does business with"
    };
    idea.because(
        if prospect { 16 } else { 8 },
        Evidence::at(&entity.at, format!("{} is {kind}", phrase::a(&entity.name))),
    );
    if let Some(stage) = anatomy::status(entity).filter(|field| field.options.len() > 1) {
        idea.because(
            8,
            subject.field(&stage.name, &format!("is a pipeline of {} stages", stage.options.len())),
        );
    }
    for role in [Role::Company, Role::Phone] {
        if let Some(field) = entity.with_role(role) {
            idea.because(3, subject.field(&field.name, "is kept on a contact"));
        }
    }
    idea.title = format!("{} in HubSpot", phrase::capital(&phrase::plural(&entity.name)));
    idea.prompt = format!(
        "When {} {}, create or update a HubSpot contact with its {}",
        phrase::a(&entity.name),
        moment.words(),
        email.name
    );
    Some(idea)
}
