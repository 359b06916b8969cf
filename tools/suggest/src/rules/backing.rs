//! What an app as a whole says for or against a connector that has rules of its own.
//!
//! A rule looks at one entity. Whether mail matters to an app, and which mail, shows in all of it.

use super::{Idea, named};
use crate::clue::{Clue, In, once, some};
use crate::lexicon::Lexicon;
use crate::plans::Cx;
use crate::signals::Signals;

const CALENDAR: &[Clue] = &[
    some(
        In::Page,
        "calendar agenda schedul planner kalend kalender calendari calendrier agendament horario יומן לוח",
        14,
        4,
        2,
        "is about days and times",
    ),
    some(
        In::Entity,
        "event. events. appointment booking meeting. meetings. session. sessions. visit shift reservation evento cita. citas. reuni termin reserv agendament rendez schůz schuz udalost פגיש אירוע תור",
        8,
        3,
        4,
        "takes place at a time",
    ),
    some(
        In::Function,
        "remind deadline due. appointment booking availab slot schedule",
        6,
        2,
        3,
        "works with times",
    ),
];

const MAIL: &[Clue] = &[
    some(
        In::Function,
        "email mail. notify remind followup follow_up digest invite sequence outreach nurtur correo",
        8,
        3,
        4,
        "writes to people",
    ),
    some(
        In::Page,
        "inbox outreach email mensajes correo newsletter followup communication",
        8,
        4,
        2,
        "is about mail",
    ),
    once(
        In::Service,
        "resend|sendgrid|mailgun|postmark|brevo|smtp",
        -14,
        "already sends mail of the app's own",
    ),
];

const SHEETS: &[Clue] = &[
    some(
        In::Page,
        "export import report finance budget inventory reporte relator bericht rapport",
        8,
        4,
        3,
        "is about figures to take away",
    ),
    some(
        In::Function,
        "export import csv excel xlsx backup",
        8,
        3,
        3,
        "moves tables in or out",
    ),
    some(
        In::Entity,
        "order supplier inventory product transaction expense payment proveedor pedido producto movimiento",
        6,
        2,
        3,
        "is kept in lists",
    ),
];

const SLACK: &[Clue] = &[
    some(
        In::Entity,
        "team. teams. channel announcement alert incident department employee shift onboarding equipo mitarbeiter employe funcionari zamestnan צוות עובד",
        12,
        4,
        4,
        "belongs to people who work together",
    ),
    some(
        In::Page,
        "team. teams. channel announcement employee onboarding",
        6,
        2,
        3,
        "is for people who work together",
    ),
];

const CRM: &[Clue] = &[
    some(
        In::Page,
        "checkout pricing signup partner contact affiliate referral landing terms privacy",
        8,
        4,
        4,
        "is where strangers become customers",
    ),
    some(
        In::Entity,
        "referral partner lead. leads. subscriber inquiry tier affiliate campaign deal. deals.",
        6,
        3,
        3,
        "is about winning customers",
    ),
    once(
        In::Page,
        "crm pipeline deals. prospects",
        -16,
        "is a pipeline of the app's own",
    ),
];

const NOTES: &[Clue] = &[some(
    In::Page,
    "knowledge wiki notes docs documentation roadmap handbook",
    10,
    4,
    2,
    "is for written things",
)];

/// Adds to each idea what the whole app says about its connector.
pub(super) fn add(cx: &Cx<'_>, lexicon: &Lexicon<'_>, signals: &Signals<'_>, ideas: &mut [Idea]) {
    for (connector, clues) in [
        ("googlecalendar", CALENDAR),
        ("gmail", MAIL),
        ("googlesheets", SHEETS),
        ("slackbot", SLACK),
        ("hubspot", CRM),
        ("notion", NOTES),
    ] {
        if !ideas.iter().any(|idea| idea.connector == connector) {
            continue;
        }
        let Some(facts) = cx.catalog.get(connector) else {
            continue;
        };
        let spots = named::spots(lexicon, facts);
        let told: Vec<_> = clues
            .iter()
            .filter_map(|clue| clue.around(lexicon, signals, None))
            .collect();
        for idea in ideas.iter_mut().filter(|idea| idea.connector == connector) {
            let own = cx.app.entities.iter().position(|one| one.name == idea.entity);
            named::add(lexicon, signals, facts, &spots, own, idea);
            for (points, evidence) in &told {
                if *points > 0 {
                    idea.because(*points, evidence.clone());
                } else {
                    idea.beside += points;
                }
            }
        }
    }
}
