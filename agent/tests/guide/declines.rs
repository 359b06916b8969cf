//! What the guide asks, and what it says it can't do. It never pretends: nothing is proposed here
//! that was not asked for.

use super::desk::Talk;
use super::phrases::told;

#[test]
fn what_is_missing_is_asked() {
    let table = [
        ("bookings", "notify the team when a booking is created", "connector"),
        ("bookings", "save new clients", "connector"),
        ("bookings", "send an email", "entity"),
        ("bookings", "email the client about their booking", "when"),
        ("bookings", "send an email when a booking is created", "recipient"),
        ("bookings", "email the team when a lead is created", "recipient"),
        ("bookings", "post to slack every 5 minutes the new bookings", "schedule"),
        ("bookings", "every 5 hours post open leads to slack", "schedule"),
        ("bookings", "email the client the day before at 18:00", "entity"),
        ("bookings", "email me the open tasks every day at 5", "time"),
        ("bookings", "post to slack when a lead is created", "channel"),
        ("bookings", "add a row to google sheets for each invoice", "spreadsheet"),
        ("bookings", "add reviews to notion", "database"),
        ("bookings", "post to slack when something happens", "entity"),
        ("tasks", "email the client when a project is finished", "recipient"),
        ("bookings", "tell me when a review comes in", "connector"),
        ("bookings", "email me a summary of leads", "when"),
    ];
    for (app, words, key) in table {
        let heard = Talk::on(app).say(words);
        assert!(heard.plan.is_none(), "“{words}”: {heard:#?}");
        assert_eq!(
            heard.asked.first().map(|(key, _)| key.as_str()),
            Some(key),
            "“{words}”: {heard:#?}"
        );
        assert_eq!(heard.asked.len(), 1, "“{words}”");
    }
}

#[test]
fn an_answer_leads_on() {
    let heard = Talk::on("bookings")
        .answer("connector", "Gmail")
        .say("tell me when a review comes in");
    assert_eq!(
        told(heard.planned()),
        "gmail | gmail.users.messages.send | create | Review | "
    );
    let heard = Talk::on("bookings")
        .answer("when", "every Monday at 9")
        .say("email me a summary of leads");
    assert_eq!(
        told(heard.planned()),
        "gmail | gmail.users.messages.send | every Monday at 09:00 (Europe/Berlin) | Lead | stage ne lost"
    );
    let heard = Talk::on("bookings")
        .answer("when", "when a booking becomes confirmed")
        .say("email the client about their booking");
    assert_eq!(
        told(heard.planned()),
        "gmail | gmail.users.messages.send | create+update | Booking | status becomes confirmed"
    );
    let heard = Talk::on("bookings")
        .answer("recipient", "the client")
        .say("send an email when a booking is created");
    assert!(
        serde_json::to_string(&heard.planned().steps)
            .unwrap()
            .contains("{{booking.client_email}}")
    );
    let heard = Talk::on("bookings")
        .answer("schedule", "every hour")
        .answer("channel", "#b")
        .say("post to slack every 5 minutes the new bookings");
    assert!(
        told(heard.planned()).contains("every hour at minute"),
        "{}",
        told(heard.planned())
    );
    let heard = Talk::on("bookings")
        .answer("time", "17:00")
        .say("email me the open tasks every day at 5");
    assert!(
        told(heard.planned()).contains("every day at 17:00"),
        "{}",
        told(heard.planned())
    );
    let heard = Talk::on("bookings")
        .answer("entity", "Invoice")
        .answer("channel", "#b")
        .say("post to slack when something happens");
    assert!(heard.plan.is_some() || heard.asked.len() == 1, "{heard:#?}");
}

#[test]
fn what_can_t_be_done_is_said_with_what_can() {
    let table: &[(&str, &str)] = &[
        (
            "send a WhatsApp message when a booking is created",
            "WhatsApp Business is in the catalog, but I have no plan",
        ),
        ("post to Mattermost when a lead is created", "The nearest is Slack"),
        (
            "charge the client with Stripe when a booking is confirmed",
            "Stripe is in the catalog, but I have no plan of my own",
        ),
        ("add contacts to Pipedrive for each lead", "The nearest is HubSpot"),
        (
            "import the rows of my Google Sheet as clients",
            "only know the other way",
        ),
        (
            "read my inbox and create a task for each message",
            "only know the other way",
        ),
        ("when a new email arrives create a task", "only know the other way"),
        ("copy my Notion database to Google Sheets", "only know the other way"),
        ("show my free times on the Calendar page", "pages"),
        ("add a dark mode to the settings page", "pages"),
        ("delete all clients", "don't delete all"),
        ("deploy my app", "don't deploy"),
        ("write me a poem about the sea", "didn't understand"),
        ("what is the weather tomorrow", "didn't understand"),
        ("asdf qwer", "didn't understand"),
        ("put each client in my calendar", "no date and time"),
        ("send every service to HubSpot as a contact", "no e-mail address"),
        (
            "send the invoice as a PDF attachment by email to the client",
            "attachments",
        ),
    ];
    for (words, said) in table {
        let mut talk = Talk::on("bookings");
        let heard = talk.say(words);
        assert!(heard.plan.is_none() && heard.tools.is_empty(), "“{words}”: {heard:#?}");
        assert!(heard.text.contains(said), "“{words}”: {}", heard.text);
    }
}

#[test]
fn yes_takes_up_the_nearest() {
    let mut talk = Talk::on("bookings").answer("channel", "#b");
    talk.say("post to Mattermost when a lead is created");
    let heard = talk.say("yes");
    assert_eq!(told(heard.planned()), "slackbot | chat.postMessage | create | Lead | ");
}

#[test]
fn small_talk_is_answered_without_tools() {
    for (words, said) in [
        ("hello", "For example"),
        ("what can you do?", "OPENAI_API_KEY"),
        ("thanks!", "welcome"),
        ("help", "For example"),
        ("why?", "Nothing is planned yet"),
        ("what can it access?", "Nothing is planned yet"),
    ] {
        let heard = Talk::on("bookings").say(words);
        assert!(
            heard.tools.is_empty() && heard.text.contains(said),
            "“{words}”: {heard:?}"
        );
    }
}

#[test]
fn questions_about_the_app_and_the_catalog() {
    let heard = Talk::on("bookings").say("what should I connect?");
    assert_eq!(heard.tools, ["suggest"]);
    assert!(
        heard.text.contains("1. “") && heard.text.contains("Booking.jsonc"),
        "{}",
        heard.text
    );
    let heard = Talk::on("bookings").say("what can you do with Notion?");
    assert_eq!(heard.tools, ["show_connector"]);
    let heard = Talk::on("bookings").say("list functions");
    assert!(heard.text.contains("sendBookingConfirmation"), "{}", heard.text);
    let heard = Talk::on("bookings").say("what is in my app?");
    assert!(
        heard.text.contains("Booking") && heard.text.contains("Dashboard"),
        "{}",
        heard.text
    );
    let heard = Talk::on("bookings").say("which connectors are there?");
    assert!(heard.text.contains("HubSpot"), "{}", heard.text);
    let heard = Talk::on("bookings").say("connect Slack");
    assert_eq!(heard.tools, ["choose_mode", "connect"]);
    assert!(heard.text.contains("connected as Northlight"), "{}", heard.text);
    let heard = Talk::on("bookings").say("explain sendBookingConfirmation");
    assert_eq!(heard.tools, ["explain"]);
}
