//! Slack: a message by the bot.

use linchpin_app::Entity;
use linchpin_function::{CallStep, Plan};
use serde_json::json;

use super::{Cx, Moment, call, on_event};
use crate::{anatomy, phrase};

const CONNECTOR: &str = "slackbot";

/// Posts to `channel` when `moment` comes. Addresses and phone numbers are left out: a channel has
/// more readers than a record.
pub fn slack_post(cx: &Cx<'_>, entity: &Entity, moment: &Moment, channel: Option<&str>) -> Option<Plan> {
    let operation = cx.operation(CONNECTOR, "post_message")?;
    let record = phrase::record(&entity.name);
    let zone = anatomy::zone_argument(entity, &record, cx.time_zone);
    let mut lines = vec![format!(
        "*{}*: {}",
        moment.headline(entity),
        anatomy::headline(entity, &record)
    )];
    lines.extend(anatomy::details(entity, &record, &zone, false, 4));
    let mut body = json!({ "text": lines.join("\n") });
    if let Some(channel) = channel {
        body["channel"] = channel.into();
    }
    let step = call(CallStep {
        operation,
        body: Some(body),
        ..CallStep::default()
    });
    let name = phrase::function(cx.app, &["post", &entity.name, &moment.word(), "to", "slack"]);
    let purpose = format!("Post to Slack when {} {}.", phrase::a(&entity.name), moment.words());
    Some(on_event(entity, moment, CONNECTOR, name, purpose, vec![step]))
}
