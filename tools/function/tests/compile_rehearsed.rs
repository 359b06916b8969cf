//! What compiled functions do when they run: rehearsed in the sandbox, request by request.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod fixture;

use base64::Engine as _;
use chrono::{DateTime, Duration, TimeZone, Utc};
use fixture::{bookings, plans, task_digest};
use linchpin_catalog::Catalog;
use linchpin_function::rehearse::{Stage, rehearse};
use linchpin_function::{Caller, Plan, Rehearsal, Repeat, Step, Trigger, compile};

fn run_at(plan: &Plan, now: Option<DateTime<Utc>>) -> Vec<Rehearsal> {
    let (app, catalog) = (bookings(), Catalog::embedded());
    let draft = compile(plan, &app, catalog).unwrap();
    let mut stage = Stage::new(draft.entry.as_str(), &draft.source, &app, catalog).of_plan(plan);
    stage.now = now.unwrap_or(stage.now);
    rehearse(&stage)
}

fn by<'a>(rehearsals: &'a [Rehearsal], caller: &str) -> &'a Rehearsal {
    rehearsals
        .iter()
        .find(|rehearsal| rehearsal.caller == caller)
        .unwrap_or_else(|| panic!("no run as {caller}"))
}

#[test]
fn every_function_does_what_it_should_for_everyone() {
    for plan in plans() {
        let rehearsals = run_at(&plan, None);
        for rehearsal in &rehearsals {
            assert!(rehearsal.ok, "{} as {}: {:#?}", plan.name, rehearsal.caller, rehearsal);
        }
        let anonymous = by(&rehearsals, "anonymous");
        if plan.caller != Caller::Anyone {
            assert_eq!((anonymous.status, anonymous.requests.len()), (401, 0), "{}", plan.name);
        }
        if plan.caller == Caller::Automation {
            assert_eq!(by(&rehearsals, "user").status, 403, "{}", plan.name);
            assert!(
                !by(&rehearsals, "automation").requests.is_empty(),
                "{}: {rehearsals:#?}",
                plan.name
            );
            assert_eq!(by(&rehearsals, "not connected").status, 424, "{}", plan.name);
        }
    }
}

#[test]
fn a_busy_provider_is_asked_again_and_a_broken_one_is_named() {
    let rehearsals = run_at(&fixture::slack_post(), None);
    let statuses = |caller: &str| {
        by(&rehearsals, caller)
            .requests
            .iter()
            .map(|r| r.status)
            .collect::<Vec<_>>()
    };
    assert_eq!(statuses("provider 429"), [429, 200]);
    assert_eq!(
        statuses("provider 500"),
        [500],
        "a post that may have got through is not repeated"
    );
    assert!(by(&rehearsals, "provider 401").answer.contains("Slack answered "));
    let mails = run_at(&fixture::staff_digest(), None);
    let broken = by(&mails, "provider 401");
    assert_eq!(broken.status, 502, "nothing was sent: {}", broken.answer);
    assert_eq!(broken.requests.len(), 2, "one failure does not stop the rest");
}

#[test]
fn a_schedule_runs_at_its_local_time_only() {
    for (repeat, at, zone) in [
        (Repeat::Daily, "08:00", "Europe/Berlin"),
        (Repeat::Daily, "02:30", "Europe/Berlin"),
        (Repeat::Weekdays, "00:30", "Europe/Berlin"),
        (Repeat::Monthly { day: 1 }, "05:00", "Asia/Tokyo"),
    ] {
        let plan = Plan {
            trigger: fixture::schedule(repeat, at, zone),
            ..task_digest()
        };
        let Trigger::Schedule { schedule } = &plan.trigger else {
            panic!()
        };
        // A day in summer, the days when the clocks change, and one in winter.
        for (month, day) in [(7, 1), (3, 29), (10, 25), (1, 15)] {
            let due = schedule
                .next_due(Utc.with_ymd_and_hms(2026, month, day, 0, 0, 0).unwrap() - Duration::hours(3))
                .unwrap();
            let sent = |now| by(&run_at(&plan, Some(now)), "automation").requests.len();
            assert_eq!(sent(due), 1, "{} at {due}", schedule.in_words());
            if matches!(schedule.repeat, Repeat::Daily) {
                for hours in [-1, 1] {
                    assert_eq!(
                        sent(due + Duration::hours(hours)),
                        0,
                        "{} at {due} {hours:+}",
                        schedule.in_words()
                    );
                }
            }
        }
    }
}

#[test]
fn a_message_survives_any_text() {
    let subject = "Grüße aus 東京 und תל אביב: ".repeat(6) + "🎉 =?fake?=";
    let body = "Zeile eins — ä\r\n.\nשלום\n".repeat(40) + "Ende";
    let mut plan = task_digest();
    if let Some(Step::Call(call)) = plan.steps.last_mut() {
        let mail = call.mail.as_mut().unwrap();
        mail.subject.clone_from(&subject);
        mail.text.clone_from(&body);
        mail.to = vec![
            "Dana <dana@northlight.example>".into(),
            "team@northlight.example".into(),
        ];
        mail.reply_to = Some("hello@northlight.example".into());
    }
    let rehearsals = run_at(&plan, None);
    let request = &by(&rehearsals, "automation").requests[0];
    let mail = request.mail.as_ref().unwrap();
    assert_eq!(mail.subject, subject);
    assert_eq!(mail.to, "Dana <dana@northlight.example>, team@northlight.example");
    let plain = |text: &str| text.replace("\r\n", "\n");
    assert_eq!(plain(&mail.text), plain(&body));

    let raw: serde_json::Value = serde_json::from_str(request.body.as_ref().unwrap()).unwrap();
    let raw = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(raw["raw"].as_str().unwrap())
        .unwrap();
    let raw = String::from_utf8(raw).unwrap();
    assert!(raw.is_ascii());
    assert!(
        raw.split("\r\n")
            .all(|line| line.len() <= 78 && !line.contains(['\r', '\n'])),
        "{raw}"
    );
    assert_eq!(raw.matches("\r\nSubject:").count(), 1);
}

#[test]
fn a_record_adds_no_reader_and_no_header() {
    let rehearsals = run_at(&fixture::booking_mail(), None);
    let awkward = by(&rehearsals, "automation, awkward text");
    let raw: serde_json::Value = serde_json::from_str(awkward.requests[0].body.as_ref().unwrap()).unwrap();
    let raw = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(raw["raw"].as_str().unwrap())
        .unwrap();
    let raw = String::from_utf8(raw).unwrap();
    let head: Vec<&str> = raw
        .split("\r\n\r\n")
        .next()
        .unwrap()
        .split("\r\n")
        .filter(|line| !line.starts_with(' '))
        .collect();
    let names: Vec<&str> = head.iter().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(
        names,
        [
            "To",
            "Reply-To",
            "Subject",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding"
        ]
    );
}
