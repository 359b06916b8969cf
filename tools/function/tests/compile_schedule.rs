//! Schedules: what the cron and the guard let through together is what was meant, all year.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod fixture;

use chrono::{DateTime, Datelike, Duration, NaiveDate, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use fixture::{bookings, schedule, task_digest};
use linchpin_catalog::Catalog;
use linchpin_function::{Plan, Repeat, Schedule, Weekday, compile};

/// The cron expression of a plan and its source.
fn compiled(repeat: Repeat, at: &str, zone: &str) -> (String, String) {
    let plan = Plan {
        trigger: schedule(repeat, at, zone),
        ..task_digest()
    };
    let draft = compile(&plan, &bookings(), Catalog::embedded()).unwrap();
    let automation: serde_json::Value = serde_json::from_str(&draft.automation.unwrap().1).unwrap();
    (
        automation["automations"][0]["cron_expression"]
            .as_str()
            .unwrap()
            .to_owned(),
        draft.source,
    )
}

fn matches(field: &str, value: u32) -> bool {
    field.split(',').any(|part| match part.split_once('-') {
        _ if part == "*" => true,
        Some((from, to)) => (from.parse::<u32>().unwrap()..=to.parse().unwrap()).contains(&value),
        None => match part.strip_prefix("*/") {
            Some(step) => value.is_multiple_of(step.parse().unwrap()),
            None => part.parse::<u32>().unwrap() == value,
        },
    })
}

/// Runs the cron of a year and the guard of the source, as JavaScript would evaluate it.
fn runs(repeat: Repeat, at: &str, zone: &str) -> Vec<DateTime<Utc>> {
    let (cron, source) = compiled(repeat, at, zone);
    let fields: Vec<&str> = cron.split(' ').collect();
    let zone: Tz = zone.parse().unwrap();
    let number = |after: &str| {
        source.split_once(after).map(|(_, rest)| {
            rest.chars()
                .take_while(char::is_ascii_digit)
                .collect::<String>()
                .parse::<u32>()
                .unwrap()
        })
    };
    let hour = number("clock.format(new Date())) !== ").or(number("clock.format(now)) !== "));
    let shifting = number("const due = (").map(|sum| sum - 24);
    let day = number("Number(day) !== ");
    let weekday = source
        .lines()
        .find(|line| line.contains("weekday !==") || line.contains("includes(weekday)"));
    let mut at = NaiveDate::from_ymd_opt(2026, 1, 1)
        .unwrap()
        .and_hms_opt(0, fields[0].parse().unwrap(), 0)
        .unwrap()
        .and_utc();
    let mut out = Vec::new();
    while at.year() == 2026 {
        let (dow, dom) = (at.weekday().num_days_from_sunday(), at.day());
        let fires = matches(fields[1], at.hour())
            && matches(fields[2], dom)
            && matches(fields[3], at.month())
            && matches(fields[4], dow);
        let local = at.with_timezone(&zone);
        let before = (at - Duration::hours(1)).with_timezone(&zone).hour();
        let due = |wanted: u32| (1..=(24 + local.hour() - before) % 24).contains(&((wanted + 24 - before) % 24));
        let passes = hour.is_none_or(|hour| hour == local.hour())
            && shifting.is_none_or(due)
            && day.is_none_or(|day| day == local.day())
            && weekday.is_none_or(|line| line.contains(&local.format("%A").to_string()));
        if fires && passes {
            out.push(at);
        }
        at += Duration::hours(1);
    }
    out
}

/// Every run is when the schedule says it is due next, and there are no others.
fn check(repeat: Repeat, at: &str, zone: &str, expected: usize) {
    let schedule = Schedule {
        repeat: repeat.clone(),
        at: at.into(),
        time_zone: zone.into(),
    };
    let runs = runs(repeat, at, zone);
    assert_eq!(
        runs.len(),
        expected,
        "{} has other runs: {:?}",
        schedule.in_words(),
        runs.first()
    );
    let mut from = Utc.with_ymd_and_hms(2025, 12, 31, 23, 59, 59).unwrap();
    for run in runs {
        assert_eq!(schedule.next_due(from).unwrap(), run, "{}", schedule.in_words());
        from = run;
    }
}

#[test]
fn every_day_once_at_the_local_time() {
    for zone in [
        "Europe/Berlin",
        "America/New_York",
        "Australia/Sydney",
        "Africa/Casablanca",
        "UTC",
        "Asia/Kolkata",
    ] {
        check(Repeat::Daily, "08:00", zone, 365);
    }
}

#[test]
fn a_time_that_is_skipped_or_repeated_still_comes_once() {
    for (at, zone) in [
        ("02:30", "Europe/Berlin"),
        ("03:00", "Europe/Berlin"),
        ("02:00", "America/New_York"),
        ("01:30", "America/New_York"),
        ("00:00", "Africa/Cairo"),
        ("00:30", "America/Havana"),
    ] {
        check(Repeat::Daily, at, zone, 365);
    }
}

#[test]
fn days_are_the_days_of_the_place() {
    check(Repeat::Weekdays, "00:30", "Europe/Berlin", 261);
    check(Repeat::Weekdays, "09:00", "Europe/Berlin", 261);
    check(
        Repeat::Weekly {
            days: vec![Weekday::Monday],
        },
        "23:30",
        "America/New_York",
        52,
    );
    check(
        Repeat::Weekly {
            days: vec![Weekday::Monday, Weekday::Sunday],
        },
        "01:15",
        "Europe/Berlin",
        104,
    );
    check(Repeat::Monthly { day: 1 }, "00:15", "Europe/Berlin", 12);
    check(Repeat::Monthly { day: 28 }, "22:15", "America/New_York", 12);
    check(Repeat::Monthly { day: 15 }, "12:00", "Asia/Tokyo", 12);
    check(Repeat::Monthly { day: 1 }, "05:00", "Asia/Tokyo", 12);
}

#[test]
fn hours_need_no_guard() {
    check(Repeat::Hourly { every: 1 }, "00:20", "Asia/Kolkata", 8760);
    check(Repeat::Hourly { every: 6 }, "00:05", "Europe/Berlin", 1460);
    let (cron, source) = compiled(Repeat::Daily, "08:00", "Asia/Kolkata");
    assert_eq!(cron, "30 2 * * *");
    assert!(
        !source.contains("const clock"),
        "a zone without summer time needs no guard"
    );
}
