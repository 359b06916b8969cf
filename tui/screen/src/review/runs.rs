//! Rehearsals: what runs would have sent. A mail is shown as a mail.

use linchpin_protocol::question::{MailFact, RequestFact, RunFact};

use crate::clean::Clean;
use crate::text::Row;
use crate::theme::{Label, Look};

/// Lines of a body or mail that are shown; the rest is counted.
const MOST_LINES: usize = 12;

pub(super) fn run_rows(run: &RunFact, cells: usize, look: Look) -> Vec<Row> {
    let glyphs = look.glyphs();
    let (label, mark) = if run.ok {
        (Label::Good, glyphs.tick)
    } else {
        (Label::Bad, glyphs.cross)
    };
    let sent = match run.requests.len() {
        0 => "sends nothing".to_owned(),
        1 => "sends 1 request".to_owned(),
        more => format!("sends {more} requests"),
    };
    let row = Row::new()
        .gap(2)
        .say(label, mark)
        .gap(1)
        .tell(Label::Strong, &run.caller)
        .pad(24)
        .gap(1);
    let row = row
        .tell(Label::Text, &run.status.to_string())
        .gap(2)
        .tell(Label::Text, &sent);
    let mut rows = row.gap(2).tell(Label::Dim, &run.answer).wrap(cells, 6);
    if let Some(problem) = &run.problem {
        rows.extend(Row::new().gap(4).tell(Label::Bad, problem).wrap(cells, 6));
    }
    run.requests
        .iter()
        .for_each(|request| rows.extend(request_rows(request, cells)));
    for write in &run.writes {
        rows.extend(Row::new().gap(6).tell(Label::Text, write).wrap(cells, 8));
    }
    rows
}

fn request_rows(request: &RequestFact, cells: usize) -> Vec<Row> {
    let head = Row::new()
        .gap(6)
        .tell(Label::Strong, &request.method)
        .gap(1)
        .tell(Label::Code, &request.url);
    let mut rows = head.chop(cells, 8);
    for (name, value) in &request.headers {
        let header = Row::new()
            .gap(8)
            .tell(Label::Dim, name)
            .say(Label::Dim, ": ")
            .tell(Label::Text, value);
        rows.extend(header.wrap(cells, 10));
    }
    match (&request.mail, &request.body) {
        (Some(mail), _) => rows.extend(mail_rows(mail, cells)),
        (None, Some(body)) => rows.extend(some_lines(body, Row::new().gap(8), Label::Code, cells)),
        (None, None) => {}
    }
    rows
}

fn mail_rows(mail: &MailFact, cells: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, value) in [("To", &mail.to), ("Cc", &mail.cc), ("Subject", &mail.subject)] {
        if !value.is_empty() {
            let row = Row::new()
                .gap(8)
                .say(Label::Dim, name)
                .pad(17)
                .tell(Label::Strong, value);
            rows.extend(row.wrap(cells, 17));
        }
    }
    rows.push(Row::new());
    rows.extend(some_lines(&mail.text, Row::new().gap(8), Label::Text, cells));
    rows
}

fn some_lines(text: &str, start: Row, label: Label, cells: usize) -> Vec<Row> {
    let lines = Clean::lines(text);
    let more = lines.len().saturating_sub(MOST_LINES);
    let hang = start.width();
    let mut rows: Vec<Row> = lines
        .into_iter()
        .take(MOST_LINES)
        .flat_map(|line| start.clone().add(label, line).wrap(cells, hang))
        .collect();
    if more > 0 {
        rows.push(start.tell(Label::Dim, &format!("… {more} more lines")));
    }
    rows
}
