//! Open work with a day it is due: a daily mail with what is left to do.

use linchpin_app::Role;

use super::{Idea, Subject};
use crate::plans::{self, Recipients};
use crate::{Evidence, anatomy, phrase, signals};

const CONNECTOR: &str = "gmail";

pub(super) fn open_work(subject: &Subject<'_, '_>) -> Option<Idea> {
    let entity = subject.entity;
    let due = entity.with_role(Role::Due)?;
    let status = anatomy::status(entity)?;
    let worker = anatomy::worker(entity);
    let work = plans::is_work(entity);
    if !work && (worker.is_none() || anatomy::recipient(entity).is_some()) {
        return None;
    }
    let to = plans::recipients(subject.cx.app, entity);
    let plan = plans::mail_digest(subject.cx, entity, plans::daily("08:00", subject.cx.time_zone), &to)?;
    let ground = subject.field(&due.name, "says by when it is due");
    let mut idea = subject.idea(CONNECTOR, "digest", plan, 42, ground);
    idea.because(6, subject.field(&status.name, "says what is still open"));
    if let Some(worker) = worker {
        idea.because(8, subject.field(&worker.name, "is who does it"));
    }
    if let (None, true, Some(at)) = (worker, entity.owner_only, &entity.rls_at) {
        idea.because(
            8,
            Evidence::at(at, format!("each {} belongs to the user who made it", entity.name)),
        );
    }
    if work {
        idea.points += 8;
    }
    if let Some(said) = subject.said(signals::Subject::Today) {
        idea.because(4, said);
    }
    let open = phrase::plural(&entity.name);
    let whom = match &to {
        Recipients::Each { people, .. } if people != "User" => people.as_str(),
        _ => "user",
    };
    idea.title = format!("Open {open} by Gmail every morning");
    idea.prompt = format!("Every day at 08:00, send each {whom} an email with their open {open} using Gmail");
    Some(idea)
}
