//! Samples and trigger records.

use chrono::DateTime;
use linchpin_function::rehearse::{Start, samples};
use linchpin_function::{Condition, EntityEvent, Op};
use serde_json::{Value, json};

use super::super::{app, of, run_all};

#[test]
fn samples_follow_the_schema() {
    let now = DateTime::from_timestamp(1_772_440_200, 0).unwrap();
    let all = samples(&app(), now, "UTC");
    let bookings = &all["Booking"];
    assert_eq!(bookings.len(), 3);
    for (i, booking) in bookings.iter().enumerate() {
        let text = |key: &str| booking[key].as_str().unwrap_or_default();
        assert_eq!(text("id").len(), 24);
        assert!(text("start_time") < text("end_time"), "{booking}");
        assert!(text("start_time") > "2026-03-02T08:30", "{booking}");
        assert!(text("client_email").ends_with("@example.org"));
        assert_eq!(booking["client_id"], all["Client"][i]["id"]);
        assert!(["requested", "confirmed", "cancelled"].contains(&text("status")));
    }
    assert_eq!(bookings[1]["client_name"], "Søren Łukasz 山田");
    assert!(bookings[2]["title"].as_str().unwrap().contains("\r\n"));
    assert_eq!(bookings[0]["calendar_event_id"], Value::Null);
    assert_eq!(all["Task"][0]["due_date"], "2026-03-02");
    assert_eq!(all["Task"][0]["done"], false);
    assert_eq!(
        samples(&app(), now, "Pacific/Kiritimati")["Task"][0]["due_date"],
        "2026-03-02"
    );
    assert_eq!(
        samples(&app(), now, "Pacific/Pago_Pago")["Task"][0]["due_date"],
        "2026-03-01"
    );
}

#[test]
fn the_trigger_record_meets_its_conditions_or_misses_one() {
    let when = |field: &str, op: Op, value: Value| Condition {
        field: field.into(),
        op,
        value,
    };
    let conditions = vec![
        when("status", Op::Becomes, json!("confirmed")),
        when("price", Op::Gt, json!(500)),
        when("notes", Op::Contains, json!("VIP")),
        when("calendar_event_id", Op::Missing, Value::Null),
        when("title", Op::Changed, Value::Null),
    ];
    let all = run_all("Deno.serve(async (req) => new Response(await req.text()));", |stage| {
        stage.start = Start::Entity {
            entity: "Booking".into(),
            events: vec![EntityEvent::Update, EntityEvent::Delete],
            when: conditions.clone(),
        };
    });
    let body = |name: &str| -> Value { serde_json::from_str(&of(&all, name).answer).unwrap() };
    let met = body("automation");
    assert_eq!(met["event"]["type"], "update");
    assert_eq!(met["event"]["entity_id"], met["data"]["id"]);
    let (data, old) = (&met["data"], &met["old_data"]);
    assert_eq!(
        (&data["status"], old["status"] != "confirmed"),
        (&json!("confirmed"), true)
    );
    assert!(data["price"].as_f64().unwrap() > 500.0);
    assert!(data["notes"].as_str().unwrap().contains("VIP"));
    assert_eq!(data.get("calendar_event_id"), None);
    assert_ne!(data["title"], old["title"]);
    assert_ne!(body("automation, status not met")["data"]["status"], "confirmed");
    assert!(body("automation, price not met")["data"]["price"].as_f64().unwrap() <= 500.0);
    assert_eq!(body("automation, on delete")["event"]["type"], "delete");
}
