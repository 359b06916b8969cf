//! A schedule on the clock of a place, kept by a platform whose cron runs on UTC.
//!
//! A place that changes its clocks has several UTC hours for one local hour. The cron names all
//! of them and a guard in the function lets one pass, so that it runs once a day all year. A
//! local time that is skipped or repeated when the clocks change gets a guard that looks at the
//! hour before as well. Source: the tz database as of `chrono-tz`, looked at from 2025 to 2036.

use std::collections::BTreeSet;

use chrono::{
    DateTime, Datelike, Days, Duration, NaiveDate, NaiveTime, Offset, TimeZone, Timelike, Utc, Weekday as Day,
};
use chrono_tz::Tz;

use super::error::did_you_mean;
use super::{PlanError, Repeat, Schedule, Weekday};

/// A schedule as the platform keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Timing {
    /// Five-field cron on UTC.
    pub(crate) cron: String,
    /// What the function must check itself.
    pub(crate) guard: Guard,
}

/// What a function must check of the local clock before it does anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Guard {
    /// The local hour.
    pub(crate) hour: Option<u32>,
    /// Whether that hour is skipped or repeated somewhere in the year.
    pub(crate) shifting: bool,
    /// The local days of the week; empty when the cron has decided.
    pub(crate) weekdays: Vec<Weekday>,
    /// The local day of the month.
    pub(crate) day: Option<u8>,
}

impl Schedule {
    /// When it is due next, strictly after `after`.
    ///
    /// # Errors
    /// When the schedule itself is wrong.
    pub fn next_due(&self, after: DateTime<Utc>) -> Result<DateTime<Utc>, PlanError> {
        let zone = self.zone()?;
        let time = self.time()?;
        if let Repeat::Hourly { every } = self.repeat {
            let minute = (i64::from(time.minute()) - offset_at(zone, after) / 60).rem_euclid(60);
            let midnight = after.date_naive().and_time(NaiveTime::MIN).and_utc();
            let first = midnight + Duration::minutes(minute);
            let step = i32::from(every.max(1));
            let due = (0..=24 / step + 1).map(|n| first + Duration::hours(i64::from(n * step)));
            return due.into_iter().find(|due| *due > after).ok_or_else(|| self.never());
        }
        let today = after.with_timezone(&zone).date_naive();
        (0..=62)
            .filter_map(|n| today.checked_add_days(Days::new(n)))
            .filter(|date| self.is_on(*date))
            .filter_map(|date| moment(zone, date, time))
            .find(|due| *due > after)
            .ok_or_else(|| self.never())
    }

    /// When it is due, in words: `every Monday at 09:00 (Europe/Berlin)`.
    pub fn in_words(&self) -> String {
        let days = match &self.repeat {
            Repeat::Hourly { every: 1 } => return format!("every hour at minute {}", self.minute_words()),
            Repeat::Hourly { every } => {
                return format!("every {every} hours at minute {}", self.minute_words());
            }
            Repeat::Daily => "every day".to_owned(),
            Repeat::Weekdays => "Monday to Friday".to_owned(),
            Repeat::Weekly { days } => format!("every {}", join(days.iter().map(|day| day.name()))),
            Repeat::Monthly { day } => format!("on day {day} of every month"),
        };
        format!("{days} at {} ({})", self.at, self.time_zone)
    }

    fn minute_words(&self) -> &str {
        self.at.rsplit(':').next().unwrap_or(&self.at)
    }

    fn never(&self) -> PlanError {
        PlanError::Schedule {
            why: format!("“{}” never comes", self.in_words()),
            next: "Choose other days.",
        }
    }

    pub(crate) fn zone(&self) -> Result<Tz, PlanError> {
        parse_zone(&self.time_zone)
    }

    fn time(&self) -> Result<NaiveTime, PlanError> {
        let fault = || PlanError::Schedule {
            why: format!("`{}` is not a time of day", self.at),
            next: "Write it as HH:MM on the 24-hour clock, such as 08:00.",
        };
        let (hours, minutes) = self.at.split_once(':').ok_or_else(fault)?;
        let number = |text: &str| {
            let sound = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<u32>().ok().filter(|_| sound)
        };
        let (hours, minutes) = (number(hours).ok_or_else(fault)?, number(minutes).ok_or_else(fault)?);
        NaiveTime::from_hms_opt(hours, minutes, 0).ok_or_else(fault)
    }

    fn is_on(&self, date: NaiveDate) -> bool {
        match &self.repeat {
            Repeat::Hourly { .. } | Repeat::Daily => true,
            Repeat::Weekdays => date.weekday().number_from_monday() <= 5,
            Repeat::Weekly { days } => days.iter().any(|day| day.chrono() == date.weekday()),
            Repeat::Monthly { day } => date.day() == u32::from(*day),
        }
    }

    /// The cron and what is left to the function.
    pub(crate) fn timing(&self) -> Result<Timing, PlanError> {
        let zone = self.zone()?;
        let time = self.time()?;
        let (offsets, shifting) = clock_of(zone, time);
        let minute_of = |offset: &i64| (i64::from(time.minute()) - offset / 60).rem_euclid(60);
        let minutes: BTreeSet<i64> = offsets.iter().map(minute_of).collect();
        let (Some(minute), 1) = (minutes.first(), minutes.len()) else {
            return Err(PlanError::Schedule {
                why: format!("the clocks of {} change by a part of an hour", self.time_zone),
                next: "Choose a zone nearby that changes by a whole hour, such as Australia/Sydney.",
            });
        };
        if let Repeat::Hourly { every } = self.repeat {
            if ![1, 2, 3, 4, 6, 8, 12].contains(&every) {
                return Err(PlanError::Schedule {
                    why: format!("a day has no whole number of {every}-hour steps"),
                    next: "Choose every 1, 2, 3, 4, 6, 8 or 12 hours.",
                });
            }
            let hours = if every == 1 {
                "*".to_owned()
            } else {
                format!("*/{every}")
            };
            return Ok(Timing {
                cron: format!("{minute} {hours} * * *"),
                guard: Guard::default(),
            });
        }
        // (UTC hour, days between the local day and the UTC day) for every offset of the year.
        let utc = |offset: &i64| {
            let minutes = i64::from(time.hour() * 60 + time.minute()) - offset / 60;
            (minutes.rem_euclid(1440) / 60, minutes.div_euclid(1440))
        };
        let candidates: BTreeSet<(i64, i64)> = offsets.iter().map(utc).collect();
        let moves: BTreeSet<i64> = candidates.iter().map(|(_, days)| *days).collect();
        let hours: BTreeSet<i64> = candidates.iter().map(|(hour, _)| *hour).collect();
        let mut guard = Guard::default();
        if candidates.len() > 1 {
            guard.hour = Some(time.hour());
            guard.shifting = shifting;
        }
        let (mut day_of_month, mut day_of_week) = ("*".to_owned(), "*".to_owned());
        match &self.repeat {
            Repeat::Hourly { .. } | Repeat::Daily => {}
            Repeat::Weekdays | Repeat::Weekly { .. } => {
                let days = self.weekdays()?;
                let cron: BTreeSet<i64> = moves
                    .iter()
                    .flat_map(|by| days.iter().map(move |day| (day.after_sunday() + by).rem_euclid(7)))
                    .collect();
                day_of_week = if cron == BTreeSet::from([1, 2, 3, 4, 5]) {
                    "1-5".to_owned()
                } else {
                    list(&cron)
                };
                if moves.len() > 1 {
                    guard.weekdays = days;
                }
            }
            Repeat::Monthly { day } => {
                if !(1..=28).contains(day) {
                    return Err(PlanError::Schedule {
                        why: format!("not every month has a day {day}"),
                        next: "Choose a day from 1 to 28.",
                    });
                }
                let mut cron = BTreeSet::new();
                for by in &moves {
                    match i64::from(*day) + by {
                        0 => cron.extend(28..=31),
                        29 => cron.extend([1, 29]),
                        within => cron.extend([within]),
                    }
                }
                if cron.len() > 1 {
                    guard.day = Some(*day);
                }
                day_of_month = list(&cron);
            }
        }
        let cron = format!("{minute} {} {day_of_month} * {day_of_week}", list(&hours));
        Ok(Timing { cron, guard })
    }

    fn weekdays(&self) -> Result<Vec<Weekday>, PlanError> {
        use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
        let Repeat::Weekly { days } = &self.repeat else {
            return Ok(vec![Monday, Tuesday, Wednesday, Thursday, Friday]);
        };
        let days: BTreeSet<Weekday> = days.iter().copied().collect();
        if days.is_empty() {
            return Err(PlanError::Schedule {
                why: "it names no day of the week".to_owned(),
                next: "Name at least one, or repeat daily.",
            });
        }
        Ok(days.into_iter().collect())
    }
}

impl Weekday {
    /// Its English name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Monday => "Monday",
            Self::Tuesday => "Tuesday",
            Self::Wednesday => "Wednesday",
            Self::Thursday => "Thursday",
            Self::Friday => "Friday",
            Self::Saturday => "Saturday",
            Self::Sunday => "Sunday",
        }
    }

    fn chrono(self) -> Day {
        match self {
            Self::Monday => Day::Mon,
            Self::Tuesday => Day::Tue,
            Self::Wednesday => Day::Wed,
            Self::Thursday => Day::Thu,
            Self::Friday => Day::Fri,
            Self::Saturday => Day::Sat,
            Self::Sunday => Day::Sun,
        }
    }

    fn after_sunday(self) -> i64 {
        i64::from(self.chrono().num_days_from_sunday())
    }
}

/// A zone by its IANA name.
pub(crate) fn parse_zone(name: &str) -> Result<Tz, PlanError> {
    name.parse().map_err(|_| {
        let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        PlanError::Zone {
            zone: name.to_owned(),
            hint: did_you_mean(name, names),
        }
    })
}

fn moment(zone: Tz, date: NaiveDate, time: NaiveTime) -> Option<DateTime<Utc>> {
    let local = date.and_time(time);
    let found = zone.from_local_datetime(&local).earliest();
    // A local time that is skipped is due as soon as the clock has passed it.
    let found = found.or_else(|| zone.from_local_datetime(&(local + Duration::hours(1))).earliest());
    found.map(|due| due.with_timezone(&Utc))
}

fn offset_at(zone: Tz, at: DateTime<Utc>) -> i64 {
    i64::from(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc())
}

/// The zone's offsets in seconds, and whether `time` is ever skipped or repeated there.
fn clock_of(zone: Tz, time: NaiveTime) -> (BTreeSet<i64>, bool) {
    let Some(first) = NaiveDate::from_ymd_opt(2025, 1, 1) else {
        return (BTreeSet::from([0]), false);
    };
    let mut at = first.and_time(NaiveTime::MIN).and_utc();
    let mut offset = offset_at(zone, at);
    let mut offsets = BTreeSet::from([offset]);
    let mut shifting = false;
    let seconds = i64::from(time.num_seconds_from_midnight());
    for _ in 0..12 * 366 {
        let next = at + Duration::days(1);
        let then = offset_at(zone, next);
        if then != offset {
            offsets.insert(then);
            let change = change_between(zone, at, next).timestamp();
            let (from, to) = (change + offset.min(then), change + offset.max(then));
            shifting |= (seconds - from).rem_euclid(86_400) < to - from;
        }
        (at, offset) = (next, then);
    }
    (offsets, shifting)
}

/// The moment of a change of the clocks, to the minute.
fn change_between(zone: Tz, mut from: DateTime<Utc>, mut to: DateTime<Utc>) -> DateTime<Utc> {
    let before = offset_at(zone, from);
    while to - from > Duration::minutes(1) {
        let middle = from + (to - from) / 2;
        let middle = middle - Duration::seconds(middle.timestamp().rem_euclid(60));
        match offset_at(zone, middle) == before {
            true => from = middle,
            false => to = middle,
        }
    }
    to
}

fn list(numbers: &BTreeSet<i64>) -> String {
    join_with(numbers.iter().map(i64::to_string), ",")
}

fn join_with(items: impl Iterator<Item = String>, joiner: &str) -> String {
    items.collect::<Vec<_>>().join(joiner)
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn join<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let items: Vec<&str> = items.collect();
    match items.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}
