//! Nothing that looks like a secret is written, unless somebody says why it may be.

use serde_json::Value;

use super::error::{Error, Result};
use super::write::Draft;
use crate::record::AllowedSecrets;
use crate::secrets::{self, Suspect};

/// Places listed in a refusal.
const LISTED: usize = 10;

/// Something that looks like a secret, and where.
pub struct Seen {
    /// `junit.xml, line 12`, or the path of a member of the record.
    place: String,
    suspect: Suspect,
    /// It is in a report, which need not be stored.
    is_in_report: bool,
}

/// What looks like a secret in the bytes of a file; `None` where they are no text, and were not searched.
pub fn in_file(name: &str, bytes: &[u8], is_report: bool) -> Option<Vec<Seen>> {
    let text = secrets::text_of(bytes)?;
    let seen =
        |suspect: Suspect| Seen { place: format!("{name}, line {}", suspect.line), suspect, is_in_report: is_report };
    Some(secrets::find(&text).into_iter().map(seen).collect())
}

/// What looks like a secret in anything that a record would say.
pub fn in_draft(draft: &Draft) -> Result<Vec<Seen>> {
    let value = |value: serde_json::Result<Value>| value.map_err(|error| Error::new(error.to_string()));
    let mut seen = Vec::new();
    search("", &value(serde_json::to_value(&draft.header))?, &mut seen);
    search("", &value(serde_json::to_value(&draft.claim))?, &mut seen);
    for artifact in &draft.artifacts {
        search("artifact", &Value::from(artifact.name.as_str()), &mut seen);
    }
    Ok(seen)
}

fn search(path: &str, value: &Value, seen: &mut Vec<Seen>) {
    match value {
        Value::String(text) => {
            let place = || if path.is_empty() { "the record".to_owned() } else { path.to_owned() };
            let suspects = secrets::find(text.as_bytes()).into_iter();
            seen.extend(suspects.map(|suspect| Seen { place: place(), suspect, is_in_report: false }));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| search(&format!("{path}[{at}]"), item, seen));
        }
        Value::Object(members) => {
            for (name, value) in members {
                // Names come from reports, too: those of dependencies' digests.
                search(path, &Value::from(name.as_str()), seen);
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                search(&below, value, seen);
            }
        }
        _ => {}
    }
}

/// Refuses what was seen; with a reason it is what the record says of it. None where nothing was seen.
pub fn allowed(seen: &[Seen], reason: Option<&str>) -> Result<Option<AllowedSecrets>> {
    if reason.is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Error::new("--allow-secret needs a reason").hint("say why it may be in the repository for ever"));
    }
    let Some(first) = seen.first() else { return Ok(None) };
    let Some(reason) = reason else { return Err(refusal(seen, first)) };
    let mut patterns =
        seen.iter().map(|seen| Ok(seen.suspect.pattern.name.parse()?)).collect::<Result<Vec<crate::record::Name>>>()?;
    patterns.sort_unstable();
    patterns.dedup();
    Ok(Some(AllowedSecrets { reason: reason.to_owned(), patterns }))
}

fn refusal(seen: &[Seen], first: &Seen) -> Error {
    let what = match seen.len() {
        1 => "something looks like a secret".to_owned(),
        many => format!("{many} places look like secrets"),
    };
    let mut error = Error::new(format!("{what}; nothing was written, since what is written stays for ever"));
    for Seen { place, suspect, .. } in seen.iter().take(LISTED) {
        let begins = if suspect.begins.is_empty() { String::new() } else { format!(", {}…", suspect.begins) };
        error = error.detail(format!("{place}: {}{begins}", suspect.pattern.name));
    }
    if seen.len() > LISTED {
        error = error.detail(format!("and {} more", seen.len() - LISTED));
    }
    let report = if first.is_in_report || seen.iter().any(|seen| seen.is_in_report) {
        ", or leave the report out of git and record its digest alone: --no-attach"
    } else {
        ""
    };
    error.hint(format!(
        "take it out{report}; if it is one, also revoke it; if it is none: --allow-secret \"WHY\", which the record will say"
    ))
}
