use super::desk::Talk;
use super::phrases::told;
#[test]
#[ignore]
fn dump() {
    let text = std::fs::read_to_string("/root/phrases.txt").unwrap();
    for line in text.lines().filter(|l| !l.is_empty()) {
        let (app, rest) = line.split_once('|').unwrap();
        let mut talk = Talk::on(app).answer("channel","#b").answer("channel","#b").answer("spreadsheet","1kPqE7vXn2T0bR9yZ4sHc8WmA3uLd6FgJ5oIeQxN1tVw").answer("database","1f3b6a0e5c2d4e7f8a9b0c1d2e3f4a5b");
        for p in rest.split(">>") {
            let h = talk.say(p.trim());
            println!("• {}", p.trim());
            match &h.plan { Some(plan) => {
                let m = serde_json::to_string(&plan.steps).unwrap();
                let to = m.find("\"to\":").map(|at| m[at..].chars().take(60).collect::<String>()).unwrap_or_default();
                println!("    {}   {}   [{}] {}", told(plan), to, plan.purpose, if h.review.as_ref().unwrap().blocked {"BLOCKED"} else {""}); },
                None => println!("    -- {:?} {:?} {}", h.tools, h.asked, h.text.replace('\n'," ").chars().take(200).collect::<String>()) }
        }
    }
}
