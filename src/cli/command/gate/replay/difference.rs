//! What a decision, evaluated again, says otherwise: member by member.

use serde::Serialize;
use serde_json::Value;

use crate::cli::command::gate::{detail, summary};
use crate::cli::error::Result;
use crate::cli::judge::Judged;
use crate::record::Record;
use crate::record::kind::gate::VerificationSummary;

/// One member that is not the same.
#[derive(Serialize)]
pub(super) struct Difference {
    /// The control, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) control: Option<String>,
    pub(super) member: String,
    pub(super) recorded: Option<Value>,
    pub(super) replayed: Option<Value>,
}

/// Everything that is not the same but for the header.
pub(super) fn differences(
    decision: &Record,
    recorded: &VerificationSummary,
    judged: &Judged,
) -> Result<Vec<Difference>> {
    let mut found = Vec::new();
    let (old, new) = (serde_json::to_value(recorded)?, serde_json::to_value(summary(judged))?);
    compare(None, &old, &new, &mut found);
    let detail = (serde_json::to_value(&decision.header.gate)?, serde_json::to_value(detail(judged)?)?);
    let (old, new) = (controls(&detail.0), controls(&detail.1));
    for (id, control) in &old {
        let again = new.iter().find(|(other, _)| other == id).map_or(&Value::Null, |(_, again)| again);
        compare(Some(id), control, again, &mut found);
    }
    for (id, control) in new.iter().filter(|(id, _)| old.iter().all(|(other, _)| other != id)) {
        compare(Some(id), &Value::Null, control, &mut found);
    }
    // Whatever is left, such as an order.
    if found.is_empty() && detail.0 != detail.1 {
        let member = |value: &Value| Some(value.clone());
        found.push(Difference {
            control: None,
            member: "detail".into(),
            recorded: member(&detail.0),
            replayed: member(&detail.1),
        });
    }
    Ok(found)
}

/// The controls of a detail with their ids.
fn controls(detail: &Value) -> Vec<(&str, &Value)> {
    let all = detail.get("controls").and_then(Value::as_array);
    all.into_iter().flatten().filter_map(|control| Some((control.get("id")?.as_str()?, control))).collect()
}

/// Notes each member of two objects that is not the same.
fn compare(control: Option<&str>, old: &Value, new: &Value, found: &mut Vec<Difference>) {
    let keys = |value: &Value| -> Vec<String> {
        value.as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default()
    };
    let mut members = keys(old);
    members.extend(keys(new).into_iter().filter(|key| old.get(key).is_none()));
    for member in members.into_iter().filter(|member| old.get(member) != new.get(member)) {
        let (recorded, replayed) = (old.get(&member).cloned(), new.get(&member).cloned());
        found.push(Difference { control: control.map(str::to_owned), member, recorded, replayed });
    }
}
