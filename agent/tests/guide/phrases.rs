//! What a builder says first, and the plan it comes to.

use linchpin_function::{Plan, Step, Trigger};

use super::desk::Talk;

/// A plan in one line: connector, operation, trigger, entity, filter.
pub(super) fn told(plan: &Plan) -> String {
    let mut operations = Vec::new();
    let mut filters = Vec::new();
    let mut entities = Vec::new();
    walk(&plan.steps, &mut operations, &mut filters, &mut entities);
    let (start, entity) = match &plan.trigger {
        Trigger::Call => ("call".to_owned(), entities.first().cloned().unwrap_or_default()),
        Trigger::Schedule { schedule } => (schedule.in_words(), entities.last().cloned().unwrap_or_default()),
        Trigger::Entity { entity, events, when } => {
            filters.extend(when.iter().map(said));
            let events: Vec<String> = events.iter().map(|one| format!("{one:?}").to_lowercase()).collect();
            (events.join("+"), entity.clone())
        }
    };
    format!(
        "{} | {} | {start} | {entity} | {}",
        plan.connector,
        operations.join(", "),
        filters.join(", ")
    )
}

fn said(one: &linchpin_function::Condition) -> String {
    let op = format!("{:?}", one.op).to_lowercase();
    if one.value.is_null() {
        format!("{} {op}", one.field)
    } else {
        format!("{} {op} {}", one.field, one.value.to_string().replace('"', ""))
    }
}

fn walk(steps: &[Step], operations: &mut Vec<String>, filters: &mut Vec<String>, entities: &mut Vec<String>) {
    for step in steps {
        match step {
            Step::Call(call) => operations.push(call.operation.clone()),
            Step::Read { entity, filter, .. } => {
                entities.push(entity.clone());
                filters.extend(filter.iter().map(said));
            }
            Step::Get { entity, .. } => entities.push(entity.clone()),
            Step::Each { steps, .. } => walk(steps, operations, filters, entities),
            _ => {}
        }
    }
}

const SHEET: &str = "https://docs.google.com/spreadsheets/d/1kPqE7vXn2T0bR9yZ4sHc8WmA3uLd6FgJ5oIeQxN1tVw/edit#gid=0";
const DATABASE: &str = "https://www.notion.so/studio/1f3b6a0e5c2d4e7f8a9b0c1d2e3f4a5b?v=2";

fn talk(app: &str) -> Talk {
    Talk::on(app)
        .thorough()
        .answer("channel", "bookings")
        .answer("spreadsheet", SHEET)
        .answer("database", DATABASE)
}

/// Every phrase is proposed, passes the policy, and its rehearsals are as they should be.
fn check(app: &str, table: &[(&str, &str)]) {
    let mut wrong = String::new();
    for (phrase, expected) in table {
        let mut talk = talk(app);
        let heard = talk.say(phrase);
        let Some(plan) = &heard.plan else {
            let last = talk
                .messages
                .iter()
                .rev()
                .find(|one| matches!(one, linchpin_agent::model::Message::Tool { .. }));
            wrong.push_str(&format!(
                "\n“{phrase}”\n  nothing proposed: {:?} {:?}\n  {}\n  {last:?}\n",
                heard.tools, heard.asked, heard.text
            ));
            continue;
        };
        let got = told(plan);
        if got != *expected {
            wrong.push_str(&format!("\n“{phrase}”\n  want {expected}\n  got  {got}\n"));
        }
        let review = heard.review.as_ref().unwrap();
        if review.blocked {
            wrong.push_str(&format!(
                "\n“{phrase}” is blocked: {:?}\n",
                review.functions[0].violations
            ));
        }
        for run in &review.functions[0].rehearsals {
            if !run.ok {
                wrong.push_str(&format!("\n“{phrase}”: {} {:?}\n", run.caller, run.problem));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_issue_s_own_prompts() {
    check(
        "bookings",
        &[
            (
                "Send me a daily email with my to-do list using Gmail",
                "gmail | gmail.users.messages.send | every day at 08:00 (Europe/Berlin) | Task | status ne done",
            ),
            (
                "post to Slack when a booking is created",
                "slackbot | chat.postMessage | create | Booking | ",
            ),
            (
                "put each booking in my calendar and invite the client",
                "googlecalendar | calendar.events.insert | create | Booking | ",
            ),
        ],
    );
    check(
        "tasks",
        &[(
            "Send me a daily email with my to-do list using Gmail",
            "gmail | gmail.users.messages.send | every day at 08:00 (Europe/Berlin) | Task | status ne done, created_by eq owner@northlight.example",
        )],
    );
}

const MORNING: &str = "every day at 08:00 (Europe/Berlin)";

#[test]
fn gmail() {
    let open = format!("gmail | gmail.users.messages.send | {MORNING} | Task | status ne done");
    check(
        "bookings",
        &[
            ("email me my open tasks every morning", &open),
            (
                "Every weekday at 7:30 mail me the tasks that are due today",
                "gmail | gmail.users.messages.send | Monday to Friday at 07:30 (Europe/Berlin) | Task | status ne done, due_date eq {{today}}",
            ),
            (
                "Email the client when a booking is confirmed",
                "gmail | gmail.users.messages.send | create+update | Booking | status becomes confirmed",
            ),
            (
                "when a booking gets cancelled, send the client an email",
                "gmail | gmail.users.messages.send | create+update | Booking | status becomes cancelled",
            ),
            (
                "notify me by email when a new lead comes in",
                "gmail | gmail.users.messages.send | create | Lead | ",
            ),
            (
                "send me a mail whenever someone leaves a review",
                "gmail | gmail.users.messages.send | create | Review | ",
            ),
            (
                "Email the client when an invoice is overdue",
                "gmail | gmail.users.messages.send | create+update | Invoice | status becomes overdue",
            ),
            (
                "Every Monday at 9:00 email me a summary of new leads",
                "gmail | gmail.users.messages.send | every Monday at 09:00 (Europe/Berlin) | Lead | stage ne lost, created_date gte {{now - 7d}}",
            ),
            (
                "mail anna@example.com a list of unpaid invoices every friday at 5pm",
                "gmail | gmail.users.messages.send | every Friday at 17:00 (Europe/Berlin) | Invoice | status ne paid",
            ),
            (
                "Send a reminder to the client the day before each booking by Gmail",
                "gmail | gmail.users.messages.send | every day at 08:00 (Europe/Berlin) | Booking | start gte {{today + 1d}}, start lt {{today + 2d}}, status notin [completed,cancelled,no_show]",
            ),
            (
                "send each staff member an email with their open tasks every day at 6 in the morning New York time",
                "gmail | gmail.users.messages.send | every day at 06:00 (America/New_York) | Task | is_active eq true, assignee_email eq {{staffMember.email}}, status ne done",
            ),
            ("gmial: snd me a dialy email with my todo list", &open),
            (
                "thank the client by mail the day after their booking",
                "gmail | gmail.users.messages.send | every day at 08:00 (Europe/Berlin) | Booking | start gte {{today - 1d}}, start lt {{today}}, status notin [cancelled,no_show]",
            ),
            (
                "Email the client when a review is created",
                "gmail | gmail.users.messages.send | create | Review | ",
            ),
            (
                "tell the assignee by email when a task is assigned",
                "gmail | gmail.users.messages.send | update | Task | assignee_email changed",
            ),
            (
                "email the owner when a lead is won",
                "gmail | gmail.users.messages.send | create+update | Lead | stage becomes won",
            ),
            (
                "send me tomorrow's bookings every evening by email",
                "gmail | gmail.users.messages.send | every day at 18:00 (Europe/Berlin) | Booking | status notin [completed,cancelled,no_show], start gte {{today + 1d}}, start lt {{today + 2d}}",
            ),
        ],
    );
}

#[test]
fn gmail_in_other_words() {
    check(
        "bookings",
        &[
            (
                "when a booking is created email the client",
                "gmail | gmail.users.messages.send | create | Booking | ",
            ),
            (
                "I'd like to get an email every time a client cancels",
                "gmail | gmail.users.messages.send | create+update | Booking | status becomes cancelled",
            ),
            (
                "Send clients an email confirmation when they book",
                "gmail | gmail.users.messages.send | create | Booking | ",
            ),
            (
                "if a review has less than 3 stars, email me",
                "gmail | gmail.users.messages.send | create | Review | rating lt 3",
            ),
            (
                "When a task is assigned to someone, email them",
                "gmail | gmail.users.messages.send | update | Task | assignee_email changed",
            ),
            (
                "send an email to the client 3 days before the invoice is due",
                "gmail | gmail.users.messages.send | every day at 08:00 (Europe/Berlin) | Invoice | due_date eq {{today + 3d}}, status notin [paid,void]",
            ),
            (
                "Send a summary of yesterday's bookings to boss@studio.com every weekday at 8",
                "gmail | gmail.users.messages.send | Monday to Friday at 08:00 (Europe/Berlin) | Booking | start gte {{today - 1d}}, start lt {{today}}",
            ),
            (
                "remind staff of their tasks by email every weekday morning",
                "gmail | gmail.users.messages.send | Monday to Friday at 08:00 (Europe/Berlin) | Task | is_active eq true, assignee_email eq {{staffMember.email}}, status ne done",
            ),
            (
                "If an invoice isn't paid, email the client every week",
                "gmail | gmail.users.messages.send | every Monday at 08:00 (Europe/Berlin) | Invoice | status ne paid",
            ),
            (
                "email the client when their booking is moved to another time",
                "gmail | gmail.users.messages.send | update | Booking | start changed",
            ),
            (
                "email me a list of new clients every friday",
                "gmail | gmail.users.messages.send | every Friday at 08:00 (Europe/Berlin) | Client | created_date gte {{now - 7d}}",
            ),
        ],
    );
}

#[test]
fn the_rest_in_other_words() {
    check(
        "bookings",
        &[
            (
                "Slack me when a task is overdue",
                "slackbot | chat.postMessage | every day at 08:00 (Europe/Berlin) | Task | status ne done, due_date eq {{today - 1d}}",
            ),
            (
                "each monday morning post the week's bookings to slack",
                "slackbot | chat.postMessage | every Monday at 08:00 (Europe/Berlin) | Booking | status notin [completed,cancelled,no_show], start gte {{today}}, start lt {{today + 7d}}",
            ),
            (
                "set up a slack alert for cancelled bookings",
                "slackbot | chat.postMessage | create+update | Booking | status becomes cancelled",
            ),
            (
                "whenever someone books, block the time in my calendar",
                "googlecalendar | calendar.events.insert | create | Booking | ",
            ),
            (
                "i need a weekly backup of my leads in google sheets",
                "googlesheets | sheets.spreadsheets.values.append | every Monday at 08:00 (Europe/Berlin) | Lead | created_date gte {{now - 7d}}",
            ),
            (
                "create hubspot contacts from bookings",
                "hubspot | hubspot.contacts.batchUpsert | create | Booking | ",
            ),
            (
                "push bookings to notion as they come in",
                "notion | notion.pages.create | create | Booking | ",
            ),
        ],
    );
    check(
        "tasks",
        &[
            (
                "put tasks with reminders in my google calendar",
                "googlecalendar | calendar.events.insert | create | Task | remind_at exists",
            ),
            (
                "post to slack when a project deadline changes",
                "slackbot | chat.postMessage | update | Project | deadline changed",
            ),
            (
                "every sunday at 20:00 mail me the projects that are active",
                "gmail | gmail.users.messages.send | every Sunday at 20:00 (Europe/Berlin) | Project | status eq active",
            ),
        ],
    );
}

#[test]
fn slack() {
    check(
        "bookings",
        &[
            (
                "Post to #ops when an invoice is paid",
                "slackbot | chat.postMessage | create+update | Invoice | status becomes paid",
            ),
            (
                "Post a Slack message to #product-updates whenever a task moves to 'Done'",
                "slackbot | chat.postMessage | create+update | Task | status becomes done",
            ),
            (
                "ping us in slack for every new lead",
                "slackbot | chat.postMessage | create | Lead | ",
            ),
            (
                "slcak message when a bokking is canceled",
                "slackbot | chat.postMessage | create+update | Booking | status becomes cancelled",
            ),
            (
                "Every morning at 8 post today's bookings to #studio",
                "slackbot | chat.postMessage | every day at 08:00 (Europe/Berlin) | Booking | status notin [completed,cancelled,no_show], start gte {{today}}, start lt {{today + 1d}}",
            ),
            (
                "post reviews below 3 stars to slack",
                "slackbot | chat.postMessage | create | Review | rating lt 3",
            ),
            (
                "let the team know in Slack when an invoice over 500 is created",
                "slackbot | chat.postMessage | create | Invoice | amount gt 500",
            ),
            (
                "Send the assignee a direct message in Slack when a task changes",
                "slackbot | users.lookupByEmail, chat.postMessage | update | Task | status changed",
            ),
            (
                "announce high priority tasks in #urgent",
                "slackbot | chat.postMessage | create | Task | priority eq high",
            ),
            (
                "when a client books, post it in the channel bookings",
                "slackbot | chat.postMessage | create | Booking | ",
            ),
            (
                "on cancellation of a booking post to slack",
                "slackbot | chat.postMessage | create+update | Booking | status becomes cancelled",
            ),
            (
                "weekly slack roundup of open tasks",
                "slackbot | chat.postMessage | every Monday at 08:00 (Europe/Berlin) | Task | status ne done",
            ),
        ],
    );
}

#[test]
fn calendar() {
    check(
        "bookings",
        &[
            (
                "Block off time in my Google Calendar whenever a new booking is created",
                "googlecalendar | calendar.events.insert | create | Booking | ",
            ),
            (
                "add confirmed bookings to my calendar",
                "googlecalendar | calendar.events.insert | create+update | Booking | status becomes confirmed",
            ),
            (
                "When a booking becomes confirmed, add it to Google Calendar and invite the photographer",
                "googlecalendar | calendar.events.insert | create+update | Booking | status becomes confirmed",
            ),
            (
                "Move the calendar event when the start of a booking changes",
                "googlecalendar | calendar.events.patch | update | Booking | start changed, calendar_event_id exists",
            ),
            (
                "remove the event from the calendar when a booking is cancelled",
                "googlecalendar | calendar.events.delete | create+update | Booking | status becomes cancelled, calendar_event_id exists",
            ),
            (
                "Add a Meet link to each booking",
                "googlecalendar | calendar.events.insert.meet | create | Booking | ",
            ),
            (
                "let each user add a booking to their own Google Calendar",
                "googlecalendar | calendar.events.insert | call | Booking | ",
            ),
            (
                "sync appointments with gcal",
                "googlecalendar | calendar.events.insert | create | Booking | ",
            ),
            (
                "put every bookng in my calender and invite the custmer",
                "googlecalendar | calendar.events.insert | create | Booking | ",
            ),
        ],
    );
    check(
        "tasks",
        &[(
            "Put tasks with a due date in my calendar",
            "googlecalendar | calendar.events.insert | create | Task | remind_at exists",
        )],
    );
}

#[test]
fn sheets_hubspot_and_notion() {
    check(
        "bookings",
        &[
            (
                "Add a row to my Google Sheet whenever a booking is created",
                "googlesheets | sheets.spreadsheets.values.append | create | Booking | ",
            ),
            (
                "Keep a spreadsheet of our invoices up to date",
                "googlesheets | sheets.spreadsheets.values.append | create | Invoice | ",
            ),
            (
                "Export all invoices to a Google Sheet every night at 23:00",
                "googlesheets | sheets.spreadsheets.values.append | every day at 23:00 (Europe/Berlin) | Invoice | ",
            ),
            (
                "log paid invoices in a spreadsheet",
                "googlesheets | sheets.spreadsheets.values.append | create+update | Invoice | status becomes paid",
            ),
            (
                "every month append new clients to the sheet with name, email and company",
                "googlesheets | sheets.spreadsheets.values.append | on day 1 of every month at 08:00 (Europe/Berlin) | Client | created_date gte {{now - 31d}}",
            ),
            (
                "append a row with name and email to Google Sheets for each new client",
                "googlesheets | sheets.spreadsheets.values.append | create | Client | ",
            ),
            (
                "Send new leads to HubSpot",
                "hubspot | hubspot.contacts.batchUpsert | create | Lead | ",
            ),
            (
                "Create or update a HubSpot contact for each client",
                "hubspot | hubspot.contacts.batchUpsert | create | Client | ",
            ),
            (
                "Open a HubSpot deal when a lead moves to qualified",
                "hubspot | hubspot.deals.create | create+update | Lead | stage becomes qualified",
            ),
            (
                "Create a HubSpot ticket from each review",
                "hubspot | hubspot.tickets.create | create | Review | ",
            ),
            (
                "Log a note on the HubSpot contact whenever a booking is created",
                "hubspot | hubspot.contacts.batchUpsert, hubspot.notes.create | create | Booking | ",
            ),
            (
                "sync our customers with the crm",
                "hubspot | hubspot.contacts.batchUpsert | create | Client | ",
            ),
            (
                "hubpsot contact when a leed is created",
                "hubspot | hubspot.contacts.batchUpsert | create | Lead | ",
            ),
            (
                "Add a page to my Notion database for each review",
                "notion | notion.pages.create | create | Review | ",
            ),
            (
                "when a booking is completed create a notion page",
                "notion | notion.pages.create | create+update | Booking | status becomes completed",
            ),
            (
                "put published reviews into notion",
                "notion | notion.pages.create | create+update | Review | is_published becomes true",
            ),
        ],
    );
    check(
        "tasks",
        &[
            (
                "Save my notes to Notion",
                "notion | notion.pages.create | create | Note | ",
            ),
            (
                "Every Friday, add the tasks I finished to a spreadsheet",
                "googlesheets | sheets.spreadsheets.values.append | every Friday at 08:00 (Europe/Berlin) | Task | status eq done, completed_at gte {{now - 7d}}",
            ),
            (
                "post to slack when a task is done",
                "slackbot | chat.postMessage | create+update | Task | status becomes done",
            ),
            (
                "Every evening at 19:00 write new notes to Notion",
                "notion | notion.pages.create | every day at 19:00 (Europe/Berlin) | Note | created_date gte {{now - 1d}}",
            ),
            (
                "email me overdue tasks every weekday at 9 in Lisbon",
                "gmail | gmail.users.messages.send | Monday to Friday at 09:00 (Europe/Lisbon) | Task | status ne done, due_date lt {{today}}",
            ),
        ],
    );
}
