//! Mails are shown as mails, and a header that a record smuggles in is found.

use super::super::{CAREFUL, careful, of, run_all};

#[test]
fn a_line_break_that_becomes_a_header_is_found() {
    let naive = CAREFUL.replace(".replace(/[\\r\\n]+/g, \" \")", "");
    assert_ne!(naive, CAREFUL);
    let naive = naive.replace("/^[\\x20-\\x7e]*$/.test(text)", "/^[\\x00-\\x7e]*$/.test(text)");
    let all = run_all(&naive, careful);
    assert!(of(&all, "automation").ok);
    let awkward = of(&all, "automation, awkward text");
    assert!(
        awkward
            .problem
            .as_deref()
            .unwrap()
            .starts_with("A line break in a record's text becomes a header"),
        "{awkward:#?}"
    );
}

#[test]
fn other_alphabets_arrive_whole() {
    let second = CAREFUL
        .replace("booking.title", "'Zażółć 東京'")
        .replace("line('Zażółć 東京')", "'Zażółć 東京'");
    let all = run_all(&second, careful);
    let mail = of(&all, "automation").requests[0].mail.clone().unwrap();
    assert_eq!(mail.subject, "Zażółć 東京");
    assert_eq!(mail.text, "Confirmed: Zażółć 東京");
}
