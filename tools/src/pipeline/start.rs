//! What starts a function: from its plan, or from its automation file.

use linchpin_function::rehearse::{Stage, Start};
use linchpin_function::{Caller, EntityEvent, Plan, Trigger as PlanTrigger};
use serde_json::{Value, json};

/// What starts a function, for the rehearsal and in words.
pub(crate) struct Trigger<'a> {
    plan: Option<&'a Plan>,
    start: Start,
    pub(crate) words: String,
}

impl<'a> Trigger<'a> {
    /// A call, by nobody in particular.
    pub(crate) fn called() -> Self {
        Self {
            plan: None,
            start: Start::Call {
                body: json!({}),
                required: Vec::new(),
            },
            words: "a call".to_owned(),
        }
    }

    /// What a plan says.
    pub(crate) fn of_plan(plan: &'a Plan) -> Self {
        let words = match &plan.trigger {
            PlanTrigger::Call => "a call from the app".to_owned(),
            PlanTrigger::Schedule { schedule } => schedule.in_words(),
            PlanTrigger::Entity { entity, events, when } => entity_words(entity, events, !when.is_empty()),
        };
        Self {
            plan: Some(plan),
            words,
            ..Self::called()
        }
    }

    /// Who may start it, where a plan says so.
    pub(crate) fn caller(&self) -> Option<&Caller> {
        self.plan.map(|plan| &plan.caller)
    }

    /// Sets the stage for it.
    pub(crate) fn set<'s>(&self, stage: Stage<'s>) -> Stage<'s> {
        match self.plan {
            Some(plan) => stage.of_plan(plan),
            None => Stage {
                start: self.start.clone(),
                ..stage
            },
        }
    }

    /// What an automation file says, as far as it can be read.
    pub(crate) fn of_automation(text: &str) -> Self {
        let parsed: Option<Value> = jsonc_parser::parse_to_serde_value(text, &Default::default())
            .ok()
            .flatten();
        let first = parsed.as_ref().and_then(|v| v.pointer("/automations/0"));
        match first.and_then(|a| a.get("type")).and_then(Value::as_str) {
            Some("entity") => Self::of_entity(first),
            Some("scheduled") => Self {
                plan: None,
                start: Start::Schedule { zone: "UTC".to_owned() },
                words: "a schedule".to_owned(),
            },
            _ => Self::called(),
        }
    }

    fn of_entity(automation: Option<&Value>) -> Self {
        let entity = automation
            .and_then(|a| a.get("entity_name"))
            .and_then(Value::as_str)
            .unwrap_or_default();
        let names = automation.and_then(|a| a.get("event_types")).and_then(Value::as_array);
        let events: Vec<EntityEvent> = names
            .into_iter()
            .flatten()
            .filter_map(|name| serde_json::from_value(name.clone()).ok())
            .collect();
        Self {
            plan: None,
            start: Start::Entity {
                entity: entity.to_owned(),
                events: events.clone(),
                when: Vec::new(),
            },
            words: entity_words(entity, &events, false),
        }
    }
}

fn entity_words(entity: &str, events: &[EntityEvent], conditions: bool) -> String {
    let verbs: Vec<&str> = events
        .iter()
        .map(|event| match event {
            EntityEvent::Create => "created",
            EntityEvent::Update => "updated",
            EntityEvent::Delete => "deleted",
        })
        .collect();
    let tail = if conditions { " and its conditions hold" } else { "" };
    format!("a {entity} being {}{tail}", verbs.join(" or "))
}
