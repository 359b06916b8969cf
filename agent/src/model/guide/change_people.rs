//! Follow-ups about people and words: copies, recipients, guests, subjects, texts, columns.

use linchpin_function::{Plan, Trigger};

use super::change::Edit;
use super::names;
use super::person::{Who, address_in, somebody, their_own, whom};
use super::resolve::{field_at, is_person, is_worker};
use super::shape::{calls, each_call, each_mail};
use super::turn::{Flow, Turn};
use super::vocab::INVITING;
use super::{build, content};

impl Edit<'_, '_> {
    /// Who gets a copy; whether anything was said of it.
    pub(super) fn copies(&mut self, turn: &mut Turn<'_>) -> Flow<bool> {
        let mails = calls(&self.plan).iter().any(|call| call.mail.is_some());
        let Some(at) = ["cc", "bcc", "copy"]
            .iter()
            .filter_map(|word| self.said.find(word))
            .min()
            .filter(|_| mails)
        else {
            return Ok(false);
        };
        if self.said.at(at) == "bcc" {
            turn.say("Hidden copies can't be planned; it is a visible copy.");
        }
        let to = match self.person(at + 1) {
            Some(to) => to,
            None => {
                let answer = turn.ask("cc", "Who shall get a copy?", &[], "name@example.com")?;
                match address_in(&answer) {
                    Some(to) => to,
                    None => return Err(turn.end(format!("“{answer}” is no e-mail address, so nothing was changed."))),
                }
            }
        };
        each_mail(&mut self.plan, |mail| {
            if !mail.cc.contains(&to) {
                mail.cc.push(to.clone());
            }
        });
        self.edits += 1;
        Ok(true)
    }

    /// Copies, recipients, invitations.
    pub(super) fn people(&mut self, turn: &mut Turn<'_>) -> Flow<()> {
        if self.copies(turn)? {
            return Ok(());
        }
        let mails = calls(&self.plan).iter().any(|call| call.mail.is_some());
        let events = calls(&self.plan)
            .iter()
            .any(|call| call.body.as_ref().is_some_and(|body| body.get("summary").is_some()));
        if events && self.said.any(INVITING).is_some() {
            let not = self
                .said
                .any(&[
                    "dont invite",
                    "without inviting",
                    "without the invitation",
                    "without invitation",
                    "no invitation",
                    "not invite",
                    "dont",
                    "without",
                    "no guests",
                ])
                .is_some();
            if not {
                each_call(&mut self.plan.steps, &mut |call| {
                    if let Some(serde_json::Value::Object(body)) = &mut call.body {
                        body.remove("attendees");
                    }
                    call.query.insert("sendUpdates".to_owned(), "none".to_owned());
                });
                self.plan.purpose = self
                    .plan
                    .purpose
                    .split(" and invite ")
                    .next()
                    .unwrap_or_default()
                    .trim_end_matches('.')
                    .to_owned()
                    + ".";
                self.edits += 1;
            } else if let Some(who) =
                whom(self.said, self.entity, self.cx.app).or_else(|| their_own(self.entity, self.cx.app))
            {
                super::vendor::invited(&mut self.plan, self.entity, &who);
                self.edits += 1;
            }
            return Ok(());
        }
        if !mails {
            return Ok(());
        }
        let digest = matches!(self.plan.trigger, Trigger::Schedule { .. });
        let theirs = self
            .said
            .any(&[
                "everyone theirs",
                "everybody theirs",
                "each their own",
                "everyone their own",
                "each user their own",
                "each person their own",
                "everyone gets their own",
                "each user",
                "everyone",
            ])
            .is_some();
        if digest
            && theirs
            && let Trigger::Schedule { schedule } = self.plan.trigger.clone()
        {
            let order = self.list_order(schedule, Some(Who::Each));
            if let Some(plan) = build::plan(self.cx, &order) {
                let name = self.plan.name.clone();
                self.plan = Plan { name, ..plan };
                self.edits += 1;
            }
            return Ok(());
        }
        let to = match whom(self.said, self.entity, self.cx.app) {
            Some(Who::Address(address)) => Some(address),
            Some(who @ (Who::Field(_) | Who::Through { .. })) if !digest => self.address_of(&who),
            Some(Who::Me) => Some(build::ME.to_owned()),
            Some(Who::Team)
                if self
                    .said
                    .any(&["instead", "to the team", "everyone", "send it"])
                    .is_some() =>
            {
                let answer = turn.ask("recipient", "Which address reaches the team?", &[], "name@example.com")?;
                address_in(&answer)
            }
            _ => None,
        };
        if let Some(to) = to {
            let mine = to == build::ME && self.said.any(&["mine", "only my", "assigned to me"]).is_some();
            each_mail(&mut self.plan, |mail| {
                if !mine || mail.to.is_empty() {
                    mail.to = vec![to.clone()]
                }
            });
            self.edits += 1;
        }
        Ok(())
    }

    /// The person named from a word on, as a template.
    fn person(&mut self, from: usize) -> Option<String> {
        let rest = self.said.part(from, self.said.words.len());
        if let Some(word) = rest.words.iter().find_map(|word| address_in(&word.raw)) {
            return Some(word);
        }
        if rest.any(&["me", "myself"]).is_some() {
            return Some(build::ME.to_owned());
        }
        let noun = rest
            .words
            .iter()
            .find(|word| is_person(&word.text) || is_worker(&word.text))?;
        let who = somebody(&noun.text, self.entity, self.cx.app);
        self.address_of(&who)
    }

    fn address_of(&mut self, who: &Who) -> Option<String> {
        let own = names::record(&self.entity.name);
        match who {
            Who::Field(field) => Some(format!("{{{{{own}.{field}}}}}")),
            Who::Address(address) => Some(address.clone()),
            Who::Through { field, entity, email } => {
                let other = names::record(entity);
                let get = linchpin_function::Step::Get {
                    entity: entity.clone(),
                    id: format!("{{{{{own}.{field}}}}}"),
                    bind: other.clone(),
                };
                if matches!(self.plan.trigger, Trigger::Schedule { .. }) {
                    return None;
                }
                let at = usize::from(matches!(self.plan.trigger, Trigger::Call));
                if !self.plan.steps.contains(&get) {
                    self.plan.steps.insert(at, get);
                }
                Some(format!("{{{{{other}.{email}}}}}"))
            }
            Who::Me | Who::Team | Who::Each | Who::Unknown(_) => None,
        }
    }

    /// Subject, text, columns, lines.
    pub(super) fn contents(&mut self, turn: &mut Turn<'_>) {
        let before = self.plan.clone();
        let said = self.said;
        if said.quotes.is_empty() {
            if let Some(at) = said
                .find("subject")
                .filter(|at| ["to", "is", "be", "should"].contains(&said.at(at + 1)))
            {
                let skip = if said.at(at + 1) == "should" { 3 } else { 2 };
                let rest: Vec<&str> = said
                    .words
                    .iter()
                    .skip(at + skip)
                    .filter(|word| word.text != ".")
                    .map(|word| word.raw.as_str())
                    .collect();
                if !rest.is_empty() {
                    let text = content::filled(&rest.join(" "), self.entity, &self.plan);
                    content::subject(&mut self.plan, &text);
                }
            }
        } else {
            for note in content::apply(&mut self.plan, said, self.entity) {
                turn.say(note);
            }
        }
        if said
            .any(&["meet link", "video link", "video call", "google meet"])
            .is_some()
            && let Some(plan) = super::vendor::meet(self.plan.clone(), self.entity)
        {
            self.plan = plan;
        }
        let more = ["include", "add", "mention", "show"]
            .iter()
            .find_map(|word| said.find(word))
            .map(|at| (at, true));
        let less = ["leave out", "without", "drop", "remove", "omit", "exclude"]
            .iter()
            .find_map(|word| said.find(word).map(|at| (at + word.split(' ').count() - 1, false)));
        if let Some((at, wanted)) = less.or(more) {
            self.fields(at + 1, wanted);
        }
        self.edits += usize::from(before != self.plan);
    }

    fn fields(&mut self, from: usize, wanted: bool) {
        let mut at = from;
        while at < self.said.words.len() && at < from + 8 {
            let Some((field, n)) = field_at(self.said, at, self.entity) else {
                at += 1;
                continue;
            };
            let name = field.name.clone();
            self.understood = true;
            let path = format!("{{{{{}.{name}", names::record(&self.entity.name));
            let mut rows = false;
            let required = field.required;
            each_call(&mut self.plan.steps, &mut |call| {
                let Some(row) = call
                    .body
                    .as_mut()
                    .and_then(|body| body.get_mut("values"))
                    .and_then(|values| values.get_mut(0))
                    .and_then(|row| row.as_array_mut())
                else {
                    return;
                };
                rows = true;
                let is = |cell: &serde_json::Value| {
                    cell.as_str().is_some_and(|text| {
                        text.starts_with(&path)
                            && !text[path.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
                    })
                };
                if !wanted {
                    row.retain(|cell| !is(cell));
                } else if !row.iter().any(is) {
                    row.push(format!("{path}{}}}}}", if required { "" } else { " | default('')" }).into());
                }
            });
            if !rows {
                content::line(&mut self.plan, self.entity, &name, wanted);
            }
            at += n;
        }
    }
}
