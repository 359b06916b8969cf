//! A wish: what one request to one connector says, before anything is asked.
//!
//! Reading a wish decides nothing that the words don't say: what is missing stays missing, and
//! `settle` asks for it. Two connectors in one request are two wishes that share their trigger.

use linchpin_app::{App, Entity};
use linchpin_catalog::{Catalog, Mode};
use linchpin_suggest::plans::Moment;

use super::clock::{Clock, clock, days_ahead, hours_ahead};
use super::connectors::{Mention, mentions_in};
use super::trigger::{Subject, Told, told};
use super::words::Said;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// A mail, to whom it may concern.
    Mail,
    /// An event in a calendar.
    Event,
    /// An event with a Meet link.
    Meet,
    /// The event moves with the record.
    Move,
    /// The event goes away with the record.
    Drop,
    /// A message in a channel.
    Post,
    /// A message to one person.
    Direct,
    /// A row of a spreadsheet.
    Row,
    /// A contact, made or brought up to date.
    Contact,
    /// A deal.
    Deal,
    /// A support ticket.
    Ticket,
    /// A note on a contact.
    Note,
    /// A page of a database.
    Page,
    /// What the words say, with a connector that has no plans of its own here.
    Any,
}

/// What one request to one connector says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wish<'a> {
    /// The connector, if it is known.
    pub(super) connector: Option<String>,
    /// The words about it.
    pub(super) said: Said,
    /// The words of the whole request.
    pub(super) whole: Said,
    /// What is to be done, once the connector is known.
    pub(super) deed: Deed,
    /// What it is about, and what sets it off.
    pub(super) subject: Subject<'a>,
    /// What has to happen to the record.
    pub(super) moment: Option<Moment>,
    /// What the words say of the clock.
    pub(super) clock: Clock,
    /// Days before the record's date, for reminders.
    pub(super) ahead: Option<i64>,
    /// Whether a person shall start it.
    pub(super) demand: bool,
    /// Whose account, if it was said.
    pub(super) mode: Option<Mode>,
    /// What was asked for and can't be done, with what is done instead.
    pub(super) cannot: Option<String>,
    /// Whether a trigger was begun and not understood.
    pub(super) unclear: bool,
}

/// Reads a request: one wish for each connector it names; none when it names nothing to do.
pub(super) fn wishes<'a>(said: &Said, app: &'a App, catalog: &Catalog) -> Vec<Wish<'a>> {
    let spoken_of = mentions_in(said, catalog, app);
    let whole = told(said, app);
    let parts = parts(said, &spoken_of, &whole);
    parts
        .into_iter()
        .map(|(connector, part)| wish(said, &part, connector, &whole, app))
        .collect()
}

/// A request's words by connector. A connector that is only where something comes from, or the
/// way something is sent, has no part of its own.
fn parts(said: &Said, spoken_of: &[Mention], whole: &Told<'_>) -> Vec<(Option<String>, Said)> {
    match spoken_of {
        [] => return vec![(None, said.clone())],
        [one] => return vec![(Some(one.id.clone()), said.clone())],
        _ => {}
    }
    let mut cuts: Vec<(usize, &Mention)> = Vec::new();
    for (i, one) in spoken_of.iter().enumerate() {
        let Some(earlier) = i.checked_sub(1).and_then(|i| spoken_of.get(i)) else {
            cuts.push((0, one));
            continue;
        };
        let cut = (earlier.to..one.from).rev().find(|at| {
            let joins = ["and", "then", ",", ";", ".", "plus", "also"].contains(&said.at(*at));
            joins && !(whole.span.0 <= *at && *at < whole.span.1)
        });
        match cut {
            Some(cut) => cuts.push((cut + 1, one)),
            // "post to Slack and Notion" has a cut; "from Gmail to Slack" has none: what it is
            // done with is the one that was named.
            None if one.named => {
                if let Some(last) = cuts.last_mut()
                    && !last.1.named
                {
                    last.1 = one;
                }
            }
            None => {}
        }
    }
    let ends: Vec<usize> = cuts
        .iter()
        .skip(1)
        .map(|(at, _)| *at)
        .chain([said.words.len()])
        .collect();
    let many = cuts.len() > 1;
    cuts.iter()
        .zip(ends)
        .map(|((from, one), end)| {
            (
                Some(one.id.clone()),
                if many { said.part(*from, end) } else { said.clone() },
            )
        })
        .collect()
}

fn wish<'a>(whole: &Said, part: &Said, connector: Option<String>, shared: &Told<'a>, app: &'a App) -> Wish<'a> {
    let own = told(part, app);
    // What the part doesn't say, the request as a whole may: "…and post to Slack" has its trigger before.
    let lent = own.moment.is_none() && shared.moment.is_some();
    let about = if lent || own.subject == Subject::None {
        shared
    } else {
        &own
    };
    let own_clock = clock(part);
    let time = if own_clock.is_set() { own_clock } else { clock(whole) };
    let ahead = days_ahead(part).or_else(|| days_ahead(whole));
    let by_hand = [
        "button",
        "on demand",
        "let users",
        "let each user",
        "let every user",
        "let the user",
        "let people",
        "let clients",
        "let a user",
        "allow users",
        "users can",
        "user can",
        "when i click",
        "when i ask",
        "manually",
        "lets users",
        "so users can",
        "their own google calendar",
    ];
    let mut out = Wish {
        deed: connector.as_deref().map_or(Deed::Mail, |id| deed(id, part, about)),
        connector,
        said: part.clone(),
        whole: whole.clone(),
        subject: about.subject.clone(),
        moment: about.moment.clone(),
        clock: time,
        ahead,
        demand: whole.any(&by_hand).is_some(),
        mode: mode(whole),
        cannot: about.cannot.clone(),
        unclear: about.unclear && about.moment.is_none(),
    };
    if hours_ahead(whole) {
        out.cannot = Some("some hours before".to_owned());
        out.ahead = out.ahead.or(Some(1));
    }
    // "every booking" is no cadence, and a day named in a filter is none either.
    if out.moment.is_some() && out.clock.repeat.is_some() && !cadence_said(whole) {
        out.clock = Clock::default();
    }
    out
}

fn cadence_said(said: &Said) -> bool {
    [
        "every", "each", "daily", "weekly", "monthly", "hourly", "nightly", "on", "once",
    ]
    .iter()
    .any(|cue| {
        said.words.iter().enumerate().any(|(at, word)| {
            word.text == *cue && (cue.ends_with("ly") || clock(&said.part(at, at + 3)).repeat.is_some())
        })
    })
}

/// Whose account, where the words say it.
pub(super) fn mode(said: &Said) -> Option<Mode> {
    let own = [
        "their own account",
        "per user",
        "each user their own",
        "own accounts",
        "users own account",
        "app user",
        "each user connects",
        "their own google",
        "their own gmail",
        "their own calendar",
        "their own slack",
        "own account",
    ];
    let shared = [
        "shared account",
        "shared",
        "one account",
        "team account",
        "company account",
        "same account",
        "our account",
        "shared inbox",
        "team inbox",
    ];
    if said.any(&own).is_some() {
        return Some(Mode::AppUser);
    }
    said.any(&shared).map(|_| Mode::Shared)
}

/// What is done with a connector, by the words around it.
pub(super) fn deed(connector: &str, said: &Said, told: &Told<'_>) -> Deed {
    let changes = matches!(told.moment, Some(Moment::Changes { .. }));
    match connector {
        "googlecalendar" => {
            let away = said
                .any(&[
                    "remove",
                    "delete",
                    "take off",
                    "take it off",
                    "drop",
                    "remove it",
                    "cancel the event",
                    "cancel the calendar event",
                    "take it out",
                ])
                .is_some();
            if said
                .any(&["meet link", "meet", "video link", "video call", "google meet", "video"])
                .is_some()
            {
                Deed::Meet
            } else if away {
                Deed::Drop
            } else if said.any(&["move", "update", "reschedule", "shift", "adjust"]).is_some()
                || (changes && said.any(&["add", "put", "create", "block"]).is_none())
            {
                Deed::Move
            } else {
                Deed::Event
            }
        }
        "slackbot" => {
            let direct = [
                "dm",
                "dms",
                "direct message",
                "direct messages",
                "privately",
                "private message",
            ];
            let person = |at: usize| super::resolve::is_person(said.at(at)) || super::resolve::is_worker(said.at(at));
            let to_one = (0..said.words.len()).any(|at| {
                ["message", "ping", "slack"].contains(&said.at(at))
                    && ["the", "our"].contains(&said.at(at + 1))
                    && person(at + 2)
            });
            if to_one || said.any(&direct).is_some() {
                Deed::Direct
            } else {
                Deed::Post
            }
        }
        "googlesheets" => Deed::Row,
        "hubspot" => {
            if said.any(&["deal", "deals"]).is_some() {
                Deed::Deal
            } else if said.any(&["ticket", "tickets"]).is_some() {
                Deed::Ticket
            } else if said.any(&["note", "log", "activity"]).is_some() {
                Deed::Note
            } else {
                Deed::Contact
            }
        }
        "notion" => Deed::Page,
        "gmail" => Deed::Mail,
        _ => Deed::Any,
    }
}

impl<'a> Wish<'a> {
    /// Makes it one for another connector.
    pub(super) fn through(&mut self, connector: &str) {
        let about = Told {
            subject: self.subject.clone(),
            moment: self.moment.clone(),
            span: (0, 0),
            cannot: None,
            unclear: false,
        };
        self.deed = deed(connector, &self.said, &about);
        self.connector = Some(connector.to_owned());
    }

    /// The entity, once it is settled.
    pub(super) fn entity(&self) -> Option<&'a Entity> {
        match &self.subject {
            Subject::One(entity) => Some(entity),
            _ => None,
        }
    }

    /// Whether it says enough to be a request of its own.
    pub(super) fn is_whole(&self) -> bool {
        let starts = self.moment.is_some() || self.clock.is_set() || self.ahead.is_some() || self.demand;
        self.connector.is_some() && (starts || self.subject != Subject::None)
    }
}
