//! Which records a schedule reads: narrowed, widened, and said in a word.

use linchpin_app::Entity;
use linchpin_function::{Condition, Op, Plan};
use serde_json::Value;

use super::resolve::status;
use super::shape::{each_filter, narrow};

/// Narrows the records a schedule reads, or takes states in again; whether anything changed.
pub(super) fn selection(plan: &mut Plan, entity: &Entity, changed: &[Condition], also: bool, everything: bool) -> bool {
    let before = plan.clone();
    let state = status(entity).map(|field| field.name.clone());
    let is_state = |one: &Condition| Some(&one.field) == state.as_ref();
    let timed = |one: &Condition| one.value.to_string().contains("{{today") || one.value.to_string().contains("{{now");
    let mut which = None;
    each_filter(&mut plan.steps, &entity.name, &mut |filter| {
        let old = which_of(filter, state.as_deref());
        if everything {
            filter.retain(|one| !is_state(one) && !timed(one));
        }
        for condition in changed {
            if also && is_state(condition) && condition.op == Op::Eq {
                widen(filter, condition);
            } else if timed(condition) {
                // Another window takes the place of the one before.
                filter.retain(|one| one.field != condition.field || !timed(one) || changed.contains(one));
                filter.push(condition.clone());
            } else if !everything || !is_state(condition) {
                narrow(filter, condition.clone());
            }
        }
        which = Some((old, which_of(filter, state.as_deref())));
    });
    if let Some((old, new)) = which
        && old != new
    {
        super::shape::reword(plan, entity, &old, &new);
    }
    *plan != before
}

/// Takes a state in that was left out.
fn widen(filter: &mut Vec<Condition>, condition: &Condition) {
    let value = &condition.value;
    let Some(at) = filter.iter().position(|one| one.field == condition.field) else {
        return;
    };
    let Some(one) = filter.get_mut(at) else { return };
    match (one.op, &mut one.value) {
        (Op::NotIn, Value::Array(all)) => all.retain(|known| known != value),
        (Op::In, Value::Array(all)) if !all.contains(value) => all.push(value.clone()),
        (Op::Eq, known) if known != value => {
            *known = Value::Array(vec![known.take(), value.clone()]);
            one.op = Op::In;
        }
        (Op::Ne, known) if known == value => {
            filter.remove(at);
        }
        _ => {}
    }
}

/// "open", "confirmed", "overdue": which records a filter leaves, in a word or two.
pub(super) fn which_of(filter: &[Condition], state: Option<&str>) -> String {
    let text = |one: &Condition| {
        one.value
            .as_str()
            .filter(|text| !text.contains("{{"))
            .map(|text| text.replace('_', " "))
    };
    let of_state = |op: Op| {
        filter
            .iter()
            .find(|one| Some(one.field.as_str()) == state && one.op == op)
    };
    if let Some(state) = of_state(Op::Eq).and_then(text) {
        return state;
    }
    if filter
        .iter()
        .any(|one| one.op == Op::Lt && one.value == "{{today}}" && one.field != "created_date")
        && !filter.iter().any(|one| one.op == Op::Gte)
    {
        return "overdue".to_owned();
    }
    if let Some(one) = of_state(Op::Ne) {
        return match text(one).as_deref() {
            Some("paid") => "unpaid".to_owned(),
            _ => "open".to_owned(),
        };
    }
    if of_state(Op::NotIn).is_some() {
        return "open".to_owned();
    }
    let fresh = filter
        .iter()
        .any(|one| one.field == "created_date" && one.value.to_string().contains("{{now"));
    if fresh { "new".to_owned() } else { String::new() }
}
