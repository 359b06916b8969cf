//! Conversations: what a builder says next, and what becomes of the plan on the table.

use linchpin_catalog::Mode;
use linchpin_function::{Plan, Trigger};

use super::desk::{AtTheCard, Talk};
use super::phrases::told;

fn mail(plan: &Plan) -> linchpin_function::Mail {
    let text = serde_json::to_value(&plan.steps).unwrap();
    fn find(value: &serde_json::Value) -> Option<serde_json::Value> {
        match value {
            serde_json::Value::Object(members) => members
                .get("mail")
                .filter(|mail| mail.is_object())
                .cloned()
                .or_else(|| members.values().find_map(find)),
            serde_json::Value::Array(all) => all.iter().find_map(find),
            _ => None,
        }
    }
    serde_json::from_value(find(&text).expect("a mail")).unwrap()
}

fn steps(plan: &Plan) -> String {
    serde_json::to_string(&plan.steps).unwrap()
}

#[test]
fn a_first_request_goes_the_whole_way() {
    let mut talk = Talk::on("bookings").thorough();
    let heard = talk.say("Send me a daily email with my to-do list using Gmail");
    assert_eq!(heard.tools, ["choose_mode", "connect", "plan_function"]);
    assert!(
        heard.text.contains("Every day at 08:00 (Europe/Berlin)"),
        "{}",
        heard.text
    );
    assert_eq!(
        mail(heard.planned()).to,
        ["owner@northlight.example"],
        "me is the account that was connected"
    );
    assert_eq!(heard.mode(), Mode::Shared);
    let review = heard.review.as_ref().unwrap();
    assert!(
        review.functions[0]
            .rehearsals
            .iter()
            .any(|run| !run.requests.is_empty()),
        "a mail would go out"
    );
    let after = talk.decide(true);
    assert!(
        after.text.contains("is in the app")
            && after.text.contains("every day at 08:00 (Europe/Berlin)")
            && after.text.contains("linchpin undo"),
        "{}",
        after.text
    );
}

#[test]
fn what_nobody_can_guess_is_asked_once() {
    let mut talk = Talk::on("bookings").answer("channel", "https://northlight.slack.com/archives/C0123456789");
    let heard = talk.say("post to Slack when a booking is created");
    assert_eq!(heard.tools, ["ask", "choose_mode", "connect", "plan_function"]);
    assert_eq!(
        heard.asked,
        [(
            "channel".to_owned(),
            "Which Slack channel shall it go to, such as #bookings?".to_owned()
        )]
    );
    assert!(steps(heard.planned()).contains(r#""channel":"C0123456789""#));
    let after = talk.decide(true);
    assert!(after.text.contains("Invite the bot"), "{}", after.text);

    let mut talk = Talk::on("bookings")
        .answer("spreadsheet", "my invoices")
        .answer("spreadsheet", "1kPqE7vXn2T0bR9yZ4sHc8WmA3uLd6FgJ5oIeQxN1tVw");
    let heard = talk.say("add a row to Google Sheets when an invoice is created");
    assert_eq!(
        heard.tools[..2],
        ["ask", "ask"],
        "an answer that can't be one is asked for again"
    );
    assert!(steps(heard.planned()).contains("1kPqE7vXn2T0bR9yZ4sHc8WmA3uLd6FgJ5oIeQxN1tVw"));
}

#[test]
fn skipping_goes_on_and_refusing_stops() {
    let mut talk = Talk::on("bookings").answer("recipient", "me@studio.example");
    talk.card = AtTheCard::Skip;
    let heard = talk.say("email me the open tasks every day at 7");
    assert_eq!(
        mail(heard.planned()).to,
        ["me@studio.example"],
        "nobody is connected, so the address is asked"
    );
    let after = talk.decide(true);
    assert!(after.text.contains("linchpin connect gmail"), "{}", after.text);

    let mut talk = Talk::on("bookings").answer("channel", "#ops");
    talk.card = AtTheCard::Refuse;
    let heard = talk.say("post to slack when a lead is created");
    assert!(heard.plan.is_none());
    assert!(
        heard.text.contains("consent was refused") && heard.text.contains("try again"),
        "{}",
        heard.text
    );
    talk.card = AtTheCard::SignIn;
    let again = talk.say("try again");
    assert_eq!(
        again.tools,
        ["connect", "plan_function"],
        "the mode was chosen and the channel told already"
    );
    assert!(steps(again.planned()).contains("#ops"));

    let mut talk = Talk::on("bookings").answer("channel", "#ops");
    talk.card = AtTheCard::Refuse;
    talk.say("post to slack when a lead is created");
    let without = talk.say("go on without");
    assert_eq!(without.tools, ["plan_function"]);
}

/// One request, then follow-ups; each shows its plan in one line.
fn follow(app: &str, first: &str, next: &[(&str, &str)]) -> Talk {
    let mut talk = Talk::on(app)
        .answer("channel", "#bookings")
        .answer("spreadsheet", "1kPqE7vXn2T0bR9yZ4sHc8WmA3uLd6FgJ5oIeQxN1tVw");
    talk.say(first);
    for (words, expected) in next {
        let heard = talk.say(words);
        assert_eq!(told(heard.planned()), *expected, "“{words}”");
        assert_eq!(heard.tools.last().unwrap(), "plan_function", "“{words}”");
        assert!(
            !heard.tools.contains(&"choose_mode".to_owned()),
            "“{words}”: the mode is chosen"
        );
    }
    talk
}

#[test]
fn only_confirmed_ones() {
    let confirmed = "googlecalendar | calendar.events.insert | create+update | Booking | status becomes confirmed";
    for words in [
        "only bookings that are confirmed",
        "only confirmed ones",
        "just the confirmed ones please",
        "when it is confirmed instead",
    ] {
        follow(
            "bookings",
            "put each booking in my calendar and invite the client",
            &[(words, confirmed)],
        );
    }
    follow(
        "bookings",
        "post to Slack when a booking is created",
        &[
            (
                "only confirmed ones",
                "slackbot | chat.postMessage | create+update | Booking | status becomes confirmed",
            ),
            (
                "only those over 300",
                "slackbot | chat.postMessage | create+update | Booking | status becomes confirmed, price gt 300",
            ),
            (
                "cancelled ones instead",
                "slackbot | chat.postMessage | create+update | Booking | status becomes cancelled, price gt 300",
            ),
        ],
    );
    follow(
        "bookings",
        "Send me a daily email with my to-do list using Gmail",
        &[
            (
                "only high priority",
                "gmail | gmail.users.messages.send | every day at 08:00 (Europe/Berlin) | Task | status ne done, priority eq high",
            ),
            (
                "only those due today",
                "gmail | gmail.users.messages.send | every day at 08:00 (Europe/Berlin) | Task | status ne done, priority eq high, due_date eq {{today}}",
            ),
        ],
    );
}

#[test]
fn the_words_of_a_message_follow_its_moment() {
    let mut talk = Talk::on("bookings").answer("channel", "#b");
    let first = talk.say("post to Slack when a booking is created");
    assert!(steps(first.planned()).contains("*New booking*"));
    let heard = talk.say("only confirmed ones");
    let text = steps(heard.planned());
    assert!(
        text.contains("*Booking confirmed*") && !text.contains("*New booking*"),
        "{text}"
    );
    assert!(text.contains(r##""channel":"#b""##), "{text}");
    assert_eq!(heard.planned().name, "postBookingConfirmedToSlack");
}

#[test]
fn either_of_two_states() {
    let mut talk = Talk::on("bookings");
    let heard = talk.say("When a booking is confirmed or completed, email the client");
    assert!(
        told(heard.planned()).ends_with("status changed, status in [confirmed,completed]"),
        "{}",
        told(heard.planned())
    );
    assert!(
        mail(heard.planned())
            .text
            .contains("your booking is now {{booking.status}}."),
        "{}",
        mail(heard.planned()).text
    );
    let heard = talk.say("only completed ones");
    assert!(told(heard.planned()).ends_with("status becomes completed"));
    assert_eq!(
        heard.planned().purpose,
        "When a Booking becomes completed, mail client_email."
    );
}

#[test]
fn places_and_copies_are_taken_from_the_first_words() {
    let sheet = "https://docs.google.com/spreadsheets/d/1kPqE7vXn2T0bR9yZ4sHc8WmA3uLd6FgJ5oIeQxN1tVw/edit";
    let heard = Talk::on("bookings").say(&format!("add a row to {sheet} for each invoice"));
    assert!(
        heard.asked.is_empty() && steps(heard.planned()).contains("1kPqE7vXn2T0bR9yZ4sHc8WmA3uLd6FgJ5oIeQxN1tVw"),
        "{heard:?}"
    );
    for words in [
        "post to #studio-news when a booking is created",
        "post to slack when a booking is created in channel #studio-news",
    ] {
        let heard = Talk::on("bookings").say(words);
        assert!(
            heard.asked.is_empty() && steps(heard.planned()).contains(r##""channel":"#studio-news""##),
            "{heard:?}"
        );
    }
    let heard = Talk::on("bookings").say("when a booking is confirmed, email the client and cc the photographer");
    assert_eq!(mail(heard.planned()).cc, ["{{booking.staff_email}}"]);
    assert_eq!(mail(heard.planned()).to, ["{{booking.client_email}}"]);
}

#[test]
fn a_private_list_in_a_channel_holds_the_builder_s_own_only() {
    let mut talk = Talk::on("tasks")
        .answer("channel", "#me")
        .answer("recipient", "me@example.com");
    let heard = talk.say("slack me my tasks every morning");
    assert!(
        told(heard.planned()).ends_with("status ne done, created_by eq me@example.com"),
        "{}",
        told(heard.planned())
    );
    let mut talk = Talk::on("tasks").answer("channel", "#all");
    let heard = talk.say("post open tasks to slack every morning");
    assert!(heard.text.contains("shows everybody's"), "{}", heard.text);
}

#[test]
fn another_time() {
    follow(
        "bookings",
        "Send me a daily email with my to-do list using Gmail",
        &[
            (
                "use Monday 9:00 Europe/Berlin",
                "gmail | gmail.users.messages.send | every Monday at 09:00 (Europe/Berlin) | Task | status ne done",
            ),
            (
                "weekdays instead",
                "gmail | gmail.users.messages.send | Monday to Friday at 09:00 (Europe/Berlin) | Task | status ne done",
            ),
            (
                "at 7:15 in London",
                "gmail | gmail.users.messages.send | Monday to Friday at 07:15 (Europe/London) | Task | status ne done",
            ),
            (
                "weekly instead",
                "gmail | gmail.users.messages.send | every Monday at 07:15 (Europe/London) | Task | status ne done",
            ),
            (
                "make it monthly",
                "gmail | gmail.users.messages.send | on day 1 of every month at 07:15 (Europe/London) | Task | status ne done",
            ),
            (
                "every evening",
                "gmail | gmail.users.messages.send | every day at 18:00 (Europe/London) | Task | status ne done",
            ),
        ],
    );
    follow(
        "bookings",
        "post to #studio when a booking is created",
        &[(
            "weekly instead",
            "slackbot | chat.postMessage | every Monday at 08:00 (Europe/Berlin) | Booking | status notin [completed,cancelled,no_show], created_date gte {{now - 7d}}",
        )],
    );
}

#[test]
fn other_people_and_other_words() {
    let mut talk = Talk::on("bookings");
    talk.say("Email the client when a booking is confirmed");
    let heard = talk.say("cc the owner");
    assert_eq!(
        mail(heard.planned()).cc,
        ["{{booking.staff_email}}"],
        "the owner of a booking is who runs it"
    );
    let heard = talk.say("cc books@northlight.example too");
    assert_eq!(
        mail(heard.planned()).cc,
        ["{{booking.staff_email}}", "books@northlight.example"]
    );
    let heard = talk.say("change the subject to “See you soon, {client name}”");
    assert_eq!(mail(heard.planned()).subject, "See you soon, {{booking.client_name}}");
    let heard = talk.say("send it to front@northlight.example instead");
    assert_eq!(mail(heard.planned()).to, ["front@northlight.example"]);
    assert_eq!(mail(heard.planned()).cc.len(), 2, "the copies stay");
    assert_eq!(
        mail(heard.planned()).subject,
        "See you soon, {{booking.client_name}}",
        "and so do the words"
    );
    let heard = talk.say("leave out the price");
    assert!(
        !mail(heard.planned()).text.contains("price"),
        "{}",
        mail(heard.planned()).text
    );
    let heard = talk.say("also include the notes");
    assert!(
        mail(heard.planned()).text.contains("{{booking.notes"),
        "{}",
        mail(heard.planned()).text
    );

    let mut talk = Talk::on("bookings");
    talk.say("Send me a daily email with my to-do list using Gmail");
    let heard = talk.say("only mine");
    assert!(
        told(heard.planned()).ends_with("status ne done, assignee_email eq owner@northlight.example"),
        "{}",
        told(heard.planned())
    );
    let heard = talk.say("everyone theirs");
    assert!(
        told(heard.planned()).contains("assignee_email eq {{staffMember.email}}"),
        "{}",
        told(heard.planned())
    );
}

#[test]
fn other_places() {
    let mut talk = Talk::on("bookings").answer("channel", "#bookings");
    talk.say("post to Slack when a booking is created");
    let heard = talk.say("post it to #ops instead");
    assert!(steps(heard.planned()).contains(r##""channel":"#ops""##));
    let heard = talk.say("Use Gmail instead and tell the client");
    assert_eq!(
        told(heard.planned()),
        "gmail | gmail.users.messages.send | create | Booking | "
    );
    assert_eq!(
        heard.tools,
        ["choose_mode", "connect", "plan_function"],
        "another connector is connected anew"
    );

    let mut talk = Talk::on("bookings");
    talk.say("put each booking in my calendar and invite the client");
    let heard = talk.say("don't invite anyone");
    assert!(!steps(heard.planned()).contains("attendees"));
    let heard = talk.say("invite the photographer");
    assert!(
        steps(heard.planned()).contains("{{booking.staff_email}}"),
        "{}",
        steps(heard.planned())
    );
    let heard = talk.say("add a Meet link");
    assert!(steps(heard.planned()).contains("hangoutsMeet"));
    let heard = talk.say("call it bookingToDiary");
    assert_eq!(heard.planned().name, "bookingToDiary");

    let mut talk = Talk::on("bookings").answer("spreadsheet", "1kPqE7vXn2T0bR9yZ4sHc8WmA3uLd6FgJ5oIeQxN1tVw");
    let heard = talk.say("append a row with name, email and company to Google Sheets for each new client");
    assert!(
        steps(heard.planned())
            .contains(r#""values":[["{{client.full_name}}","{{client.email}}","{{client.company | default('')}}"]]"#),
        "{}",
        steps(heard.planned())
    );
    let heard = talk.say("add the phone number");
    assert!(steps(heard.planned()).contains("{{client.phone"));
    let heard = talk.say("without company");
    assert!(!steps(heard.planned()).contains("{{client.company"));
}

#[test]
fn accounts() {
    let mut talk = Talk::on("bookings").answer("channel", "#b");
    talk.say("post to Slack when a booking is created");
    let heard = talk.say("each user their own");
    assert!(
        heard.plan.is_none() && heard.text.contains("nobody is signed in"),
        "{}",
        heard.text
    );

    let mut talk = Talk::on("bookings");
    let heard = talk.say("let each user add a booking to their own Google Calendar");
    assert_eq!(heard.mode(), Mode::AppUser, "{}", heard.text);
    let heard = talk.say("use the shared account");
    assert_eq!(heard.mode(), Mode::Shared);
    assert!(
        heard.tools.contains(&"connect".to_owned()),
        "another mode is another connection"
    );
}

#[test]
fn two_connectors_are_two_functions() {
    for words in [
        "add a row to Sheets and post to Slack when a booking is created",
        "When a booking is created, add a row to Sheets and post to Slack",
    ] {
        let mut talk = Talk::on("bookings")
            .answer("channel", "#b")
            .answer("spreadsheet", "1kPqE7vXn2T0bR9yZ4sHc8WmA3uLd6FgJ5oIeQxN1tVw");
        let first = talk.say(words);
        assert!(first.text.contains("two functions"), "{}", first.text);
        assert_eq!(
            told(first.planned()),
            "googlesheets | sheets.spreadsheets.values.append | create | Booking | "
        );
        let second = talk.decide(true);
        assert!(second.text.contains("Now the other one"), "{}", second.text);
        assert_eq!(
            told(second.planned()),
            "slackbot | chat.postMessage | create | Booking | "
        );
        let end = talk.decide(true);
        assert!(end.plan.is_none() && end.tools.is_empty(), "{end:?}");
    }
    // A change of the first doesn't lose the second.
    let mut talk = Talk::on("bookings")
        .answer("channel", "#b")
        .answer("spreadsheet", "1kPqE7vXn2T0bR9yZ4sHc8WmA3uLd6FgJ5oIeQxN1tVw");
    talk.say("When a booking is confirmed, add it to my calendar and send the client an email");
    let changed = talk.say("invite the client");
    assert!(steps(changed.planned()).contains("attendees"));
    let second = talk.decide(true);
    assert_eq!(
        told(second.planned()),
        "gmail | gmail.users.messages.send | create+update | Booking | status becomes confirmed"
    );
}

#[test]
fn suggestions_are_recognised_by_prompt_and_by_number() {
    for app in ["bookings", "tasks"] {
        let all: Vec<_> = Talk::on(app).world().suggestions.iter().cloned().collect();
        for (i, one) in all.iter().enumerate() {
            let talk = || {
                Talk::on(app)
                    .answer("channel", "#b")
                    .answer("spreadsheet", "1kPqE7vXn2T0bR9yZ4sHc8WmA3uLd6FgJ5oIeQxN1tVw")
                    .answer("database", "1f3b6a0e5c2d4e7f8a9b0c1d2e3f4a5b")
                    .otherwise("1200")
            };
            for words in [one.prompt.clone(), format!("number {}", i + 1)] {
                let heard = talk().say(&words);
                assert_eq!(told(heard.planned()), told(&one.plan), "{words}");
                assert_eq!(heard.planned().name, one.plan.name);
            }
        }
    }
}

#[test]
fn a_suggestion_in_other_letters_comes_to_the_same_plan() {
    for app in ["bookings", "tasks"] {
        let all: Vec<_> = Talk::on(app).world().suggestions.iter().cloned().collect();
        for one in &all {
            let mut talk = Talk::on(app)
                .answer("channel", "#b")
                .answer("spreadsheet", "1kPqE7vXn2T0bR9yZ4sHc8WmA3uLd6FgJ5oIeQxN1tVw")
                .answer("database", "1f3b6a0e5c2d4e7f8a9b0c1d2e3f4a5b")
                .otherwise("1200");
            let heard = talk.say(&format!("please {}", one.prompt.to_lowercase()));
            assert_eq!(told(heard.planned()), told(&one.plan), "{}", one.prompt);
        }
    }
}

#[test]
fn questions_about_the_plan_and_the_connections() {
    let mut talk = Talk::on("bookings")
        .answer("channel", "#b")
        .answer("disconnect", "Disconnect");
    assert!(talk.say("list connections").text.contains("Nothing is connected"));
    talk.say("post to Slack when a booking is created");
    let heard = talk.say("what can it access?");
    assert!(
        heard.text.contains("Post a message") && heard.text.contains("chat.postMessage"),
        "{}",
        heard.text
    );
    let heard = talk.say("why?");
    assert!(
        heard.text.contains("Shared is advised") && heard.text.contains("Booking.jsonc:"),
        "{}",
        heard.text
    );
    let heard = talk.say("undo");
    assert!(heard.text.contains("linchpin undo") && heard.tools.is_empty());
    let heard = talk.say("list connections");
    assert!(
        heard.text.contains("Slack, shared: Northlight (active)"),
        "{}",
        heard.text
    );
    let heard = talk.say("disconnect slack");
    assert_eq!(heard.tools, ["list_connections", "disconnect"]);
    assert!(heard.text.contains("Slack is disconnected"), "{}", heard.text);
    let heard = talk.say("disconnect slack");
    assert!(heard.text.contains("Slack is not connected"), "{}", heard.text);
}

#[test]
fn a_rejected_plan_can_still_be_changed() {
    let mut talk = Talk::on("bookings");
    talk.say("Email the client when a booking is created");
    let after = talk.decide(false);
    assert!(after.text.contains("was not written"), "{}", after.text);
    let heard = talk.say("only confirmed ones");
    assert_eq!(heard.tools, ["plan_function"]);
    assert_eq!(
        told(heard.planned()),
        "gmail | gmail.users.messages.send | create+update | Booking | status becomes confirmed"
    );
    assert!(matches!(heard.planned().trigger, Trigger::Entity { .. }));
}

#[test]
fn an_applied_function_keeps_its_name_when_it_is_changed() {
    let mut talk = Talk::on("bookings").answer("channel", "#b");
    talk.say("post to Slack when a booking is created");
    talk.decide(true);
    let heard = talk.say("only confirmed ones");
    assert_eq!(heard.planned().name, "postBookingCreatedToSlack");
}
