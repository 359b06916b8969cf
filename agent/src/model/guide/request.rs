//! What a turn's words come to: a suggestion, an answer, a change of the plan on the table, or wishes.

use linchpin_catalog::{Catalog, Mode};
use linchpin_function::Plan;
use linchpin_suggest::plans::Cx;

use super::change::{self, Change};
use super::context::{Context, Fate, turns};
use super::journey::Way;
use super::trigger::Subject;
use super::turn::{Flow, Turn, results};
use super::wish::{self, Wish, wishes};
use super::words::Said;
use super::{by_key, chat, connectors, redo, refuse, shape};

/// What a request comes to.
pub(super) enum Item<'a> {
    /// A wish that may have gaps.
    Wish(Box<Wish<'a>>),
    /// A plan, and how far it has come.
    Ready(Box<Plan>, Way),
}

/// What a turn's words come to: the plans to go through with, one after the other.
pub(super) fn items<'a>(
    turn: &mut Turn<'_>,
    said: &Said,
    before: &Context,
    cx: &Cx<'a>,
    decided: bool,
) -> Flow<Vec<Item<'a>>> {
    if let Some(plan) = suggested(turn, turn.text, said) {
        return Ok(vec![Item::Ready(Box::new(plan), Way::default())]);
    }
    if !decided {
        chat::chat(turn, said, before)?;
        only_connect(turn, said, before)?;
    }
    if let Some(item) = taken_up(said, before) {
        return item.map(|item| vec![item]).map_err(|text| turn.end(text));
    }
    if let Some(text) = assented(said, before) {
        return requested(turn, &Said::new(&text), None, cx);
    }
    let asked = wishes(said, cx.app, cx.catalog);
    if let (Some(plan), true) = (&before.plan, is_follow_up(said, &asked, before)) {
        match change::change(turn, said, plan, before.fate == Fate::Applied, cx)? {
            Some(Change::Plan(changed, mode)) => {
                let mut way = Way::after(before, plan, &changed);
                if mode.is_some() {
                    way = Way {
                        mode,
                        connected: way.connected && mode == before.mode,
                    };
                }
                let mut items = vec![Item::Ready(changed, way)];
                items.extend(left_over(turn, cx));
                return Ok(items);
            }
            Some(Change::No(why)) => return Err(turn.end(why)),
            None => {}
        }
    }
    requested(turn, said, before.plan.as_ref(), cx)
}

/// A new request.
fn requested<'a>(turn: &mut Turn<'_>, said: &Said, last: Option<&Plan>, cx: &Cx<'a>) -> Flow<Vec<Item<'a>>> {
    if let Some(text) = refuse::refusal(turn, said) {
        return Err(turn.end(text));
    }
    let mut asked = wishes(said, cx.app, cx.catalog);
    for wish in &mut asked {
        carry(wish, last, cx);
    }
    let understood = asked.iter().any(|wish| {
        let starts = wish.moment.is_some() || wish.clock.is_set() || wish.ahead.is_some();
        let tells = said
            .any(&[
                "notify", "tell", "alert", "let", "remind", "save", "export", "log", "sync", "send", "store", "keep",
                "backup", "post", "announce", "inform",
            ])
            .is_some();
        wish.connector.is_some() || (starts && (tells || wish.entity().is_some())) || (tells && wish.entity().is_some())
    });
    if !understood {
        let text = refuse::lost(turn);
        return Err(turn.end(text));
    }
    Ok(asked.into_iter().map(|wish| Item::Wish(Box::new(wish))).collect())
}

/// "post it to #leads too": what it is and when is as in the plan before.
fn carry<'a>(wish: &mut Wish<'a>, last: Option<&Plan>, cx: &Cx<'a>) {
    let Some(plan) = last.filter(|_| wish.connector.is_some() && wish.subject == Subject::None) else {
        return;
    };
    let Some(entity) = shape::subject(plan).and_then(|name| cx.app.entities.iter().find(|one| one.name == name)) else {
        return;
    };
    wish.subject = Subject::One(entity);
    if wish.moment.is_none() && !wish.clock.is_set() {
        wish.moment = redo::moment(plan);
    }
}

/// The plan of a suggestion that was taken over, by its prompt or its number.
fn suggested(turn: &Turn<'_>, text: &str, said: &Said) -> Option<Plan> {
    let all = &turn.known.world.suggestions;
    let letters = |text: &str| -> String {
        let small = text.to_lowercase();
        let bare = small.trim().trim_start_matches("please ").to_owned();
        bare.chars().filter(|one| one.is_alphanumeric()).collect()
    };
    let typed = letters(text);
    if let Some(one) = all.iter().find(|one| letters(&one.prompt) == typed) {
        return Some(one.plan.clone());
    }
    if said.count() > 5 {
        return None;
    }
    let number = |word: &str| match word.trim_start_matches('#').trim_end_matches(['.', ')']) {
        "first" | "one" => Some(1),
        "second" | "two" => Some(2),
        "third" | "three" => Some(3),
        "fourth" | "four" => Some(4),
        "fifth" | "five" => Some(5),
        other => other.parse::<usize>().ok(),
    };
    let filler = [
        "the",
        "number",
        "no",
        "suggestion",
        "take",
        "do",
        "use",
        "option",
        "please",
        ".",
        "lets",
        "idea",
        "go",
        "with",
    ];
    let rest: Vec<&str> = said
        .words
        .iter()
        .map(|word| word.text.as_str())
        .filter(|word| !filler.contains(word) && *word != "one")
        .collect();
    let at = match rest.as_slice() {
        [] if said.has("one") && said.count() == 1 => 1,
        [word] => number(word)?,
        _ => return None,
    };
    all.get(at.checked_sub(1)?).map(|one| one.plan.clone())
}

/// "connect Slack" and nothing more.
fn only_connect(turn: &mut Turn<'_>, said: &Said, before: &Context) -> Flow<()> {
    let asks = ["connect", "link", "authorize", "authorise", "hook", "reconnect"].contains(&said.at(0))
        || said
            .any(&["set up", "sign in to", "log in to"])
            .is_some_and(|_| said.count() <= 6);
    let spoken_of = connectors::mentions(&Said::new(&format!("in {}", turn.text)), Catalog::embedded());
    let bare = said.any(&["when", "whenever", "every", "each", "and"]).is_none() && said.count() <= 6;
    let [one] = spoken_of.as_slice() else { return Ok(()) };
    if !asks || !bare {
        return Ok(());
    }
    // The plan on the table is what the connection is for.
    let plan = before.plan.as_ref().filter(|plan| plan.connector == one.id);
    let mut args = serde_json::json!({ "connector": one.id });
    if let Some(plan) = plan {
        args["plan"] = serde_json::to_value(plan).unwrap_or_default();
    }
    let mode = match wish::mode(said) {
        Some(mode) => mode,
        None => {
            let done = turn.call("choose_mode", args.clone(), |_| true)?;
            serde_json::from_value(done.data["mode"].clone()).unwrap_or(Mode::Shared)
        }
    };
    args["mode"] = serde_json::to_value(mode).unwrap_or_default();
    let done = turn.call("connect", args, |_| true)?;
    let text = by_key(&done).replace("Press the key again", "Say it again");
    Err(turn.end(text))
}

/// "try again", "go on without": the plan on the table, from where it stopped.
fn taken_up<'a>(said: &Said, before: &Context) -> Option<Result<Item<'a>, String>> {
    let short = said.count() <= 5;
    let again = said
        .any(&[
            "try again",
            "retry",
            "again",
            "once more",
            "continue",
            "go on",
            "go ahead",
            "carry on",
            "resume",
            "plan it",
            "propose it again",
            "show it again",
        ])
        .is_some();
    let without = said
        .any(&[
            "skip",
            "skip it",
            "without connecting",
            "go on without",
            "without it",
            "connect later",
            "not now",
            "later",
        ])
        .is_some();
    let none = before.plan.is_none() && ["dont", "never"].contains(&said.at(0)) && said.count() <= 5;
    let no = none
        || (["no", "nope", "cancel", "stop", "reject", "nevermind", "forget"].contains(&said.at(0))
            || said.has("never mind"))
            && said.count() <= 3;
    if no {
        return Some(Err("All right; nothing is written without you. An open proposal is rejected with its key. Say what to change, or ask for something else.".to_owned()));
    }
    let apply = ["apply", "accept", "approve"].contains(&said.at(0));
    if !short || !(again || without || apply) {
        return None;
    }
    let plan = before.plan.clone()?;
    if apply {
        return Some(Err("Applying is yours: look at the proposal and press the key for it, or choose hunks. If none is open, say “show it again”.".to_owned()));
    }
    let way = Way {
        mode: before.mode,
        connected: before.connected || without,
    };
    if before.fate == Fate::Applied {
        return Some(Err(format!(
            "`{}` is in the app already. Say what to change, or ask for something else.",
            plan.name
        )));
    }
    Some(Ok(Item::Ready(Box::new(plan), way)))
}

/// "yes" takes up what was proposed last, in the guide's own words.
fn assented(said: &Said, before: &Context) -> Option<String> {
    let yes = ["yes", "yeah", "yep", "ok", "okay", "sure", "please", "do"].contains(&said.at(0)) && said.count() <= 3;
    let (_, proposal) = before
        .said
        .rsplit_once('“')
        .filter(|_| yes && before.said.contains("say yes for"))?;
    proposal.split_once('”').map(|(text, _)| text.to_owned())
}

/// Whether words are about the plan on the table rather than a wish of their own.
fn is_follow_up(said: &Said, asked: &[Wish<'_>], before: &Context) -> bool {
    let Some(plan) = &before.plan else { return false };
    let instead = said
        .any(&[
            "instead", "rather", "also", "too", "as well", "only", "not", "dont", "without", "use", "make it",
            "change", "just",
        ])
        .is_some();
    let same = |wish: &Wish<'_>| wish.connector.as_ref().is_none_or(|id| *id == plan.connector);
    let other = asked.iter().any(|wish| {
        let elsewhere = !same(wish)
            && connectors::mentions(said, Catalog::embedded())
                .iter()
                .any(|one| one.named && one.id != plan.connector);
        let about = wish
            .entity()
            .is_some_and(|entity| Some(entity.name.as_str()) != shape::subject(plan));
        let starts = wish.moment.is_some() || wish.clock.is_set();
        let acts = [
            "post", "send", "email", "mail", "add", "put", "create", "sync", "save", "when", "every", "whenever",
            "notify", "append", "log", "open", "block",
        ]
        .contains(&said.at(0));
        (elsewhere && wish.is_whole() && !said.has("instead"))
            || (about && starts && (acts || wish.connector.is_some()) && !said.has("instead"))
            || (!instead && acts && wish.is_whole() && wish.connector.is_some() && starts && said.count() > 6)
    });
    asked.len() < 2 && !other
}

/// Wishes of an earlier request that a change of its first plan came before.
fn left_over<'a>(turn: &Turn<'_>, cx: &Cx<'a>) -> Vec<Item<'a>> {
    let mut planned: Vec<String> = Vec::new();
    for (text, before, since) in turns(turn.before).take(8) {
        planned.extend(
            results(since)
                .iter()
                .filter(|one| one.call.tool == "plan_function")
                .filter_map(|one| one.call.args["plan"]["connector"].as_str().map(str::to_owned)),
        );
        let said = Said::new(text);
        let asked = wishes(&said, cx.app, cx.catalog);
        if asked.len() > 1 {
            let open = asked
                .into_iter()
                .filter(|wish| wish.connector.as_ref().is_some_and(|id| !planned.contains(id)));
            return open.map(|wish| Item::Wish(Box::new(wish))).collect();
        }
        if before.is_empty() || asked.iter().any(|wish| wish.is_whole()) {
            return Vec::new();
        }
    }
    Vec::new()
}
