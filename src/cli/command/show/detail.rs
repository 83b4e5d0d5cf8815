//! A release or commit as a list: each record with who, when and what, and on demand everything it says.

use super::one::{field, tell_all};
use super::summary::{tell_environments, tell_gaps};
use super::whole::Whole;
use crate::cli::context::printed_name;
use crate::cli::error::Result;
use crate::cli::ui::{Tone, Ui};
use crate::report::story::Part;
use crate::store::CommitInfo;

/// Tells it.
pub(super) fn tell(whole: &Whole<'_>, full: bool) -> Result<()> {
    let ui = whole.context.ui;
    tell_head(ui, whole);
    for (stage, parts) in whole.stages() {
        ui.line("");
        ui.line(&ui.paint(Tone::Bold, &stage.to_string()));
        if parts.is_empty() {
            ui.line(&format!("  {}", ui.paint(Tone::Odd, "no record")));
        }
        for part in parts {
            tell_part(whole, part);
            if full {
                tell_all(ui, part.record)?;
            }
        }
    }
    tell_exceptions(whole);
    if !whole.places.is_empty() {
        ui.line("");
        ui.line(&ui.paint(Tone::Bold, "environments"));
        tell_environments(whole, "  ", None);
    }
    if !whole.files.is_empty() {
        ui.line("");
        ui.line(&ui.paint(Tone::Bold, "files"));
    }
    for file in &whole.files {
        ui.line(&format!("  {}", file.text(ui)));
    }
    ui.line("");
    if whole.is_complete() {
        field(ui, "complete", "every stage has its records, and nothing is pending, missing or altered");
    }
    for late in &whole.gaps.late {
        let text = format!("{}  {}", late.id.get(..12).unwrap_or(&late.id), late.message);
        ui.line(&format!("late       {}", ui.paint(Tone::Odd, &text)));
    }
    tell_gaps(whole, None);
    whole.verification.tell_findings(ui, false);
    ui.line(&whole.verification.summary(ui));
    Ok(())
}

fn tell_head(ui: Ui, whole: &Whole<'_>) {
    if let Some((tag, manifest)) = whole.release {
        ui.line(&ui.paint(Tone::Bold, tag.as_str()));
        field(ui, "service", &format!("{} {}", manifest.service, manifest.version));
        field(ui, "change", &manifest.change.to_string());
        if let Some(previous) = &manifest.previous {
            field(ui, "previous", previous.as_str());
        }
        let environments: Vec<&str> = manifest.environments.iter().map(crate::record::Name::as_str).collect();
        field(ui, "for", &environments.join(", "));
        let tier = manifest.gate.tier.as_ref().map_or(String::new(), |tier| format!(", tier {tier}"));
        field(ui, "gate", &format!("{} in record {}{tier}", manifest.gate.result, manifest.gate.record.short()));
        field(ui, "policy", &format!("sha256:{}", manifest.policy));
        if let Some(until) = &manifest.retain_until {
            field(ui, "keep until", until);
        }
    }
    let CommitInfo { id, tree, author, message, .. } = whole.commit;
    field(ui, "commit", &format!("{id}  {}", message.lines().next().unwrap_or_default()));
    field(ui, "tree", &tree.to_string());
    field(ui, "author", &format!("{} <{}>", author.name, author.email));
}

fn tell_part(whole: &Whole<'_>, part: &Part<'_>) {
    let (ui, record) = (whole.context.ui, part.record);
    let who = printed_name(whole.verification.ledger.chain(), &record.header.recorder);
    let mut marks = part.marks(&whole.deadlines);
    marks.extend(record.header.environment.as_ref().map(|environment| format!("in {environment}")));
    let marks = if marks.is_empty() { String::new() } else { format!("  ({})", marks.join("; ")) };
    let text = format!("{:<9} {}{marks}", record.header.kind.as_str(), record.summary());
    ui.line(&format!("  {}  {}", record.id.short(), ui.paint(Tone::Plain, &text)));
    let verified = if record.seal().orphaned { "orphaned" } else { "verified" };
    let when = format!("{who}, {}, {verified}", record.header.recorded);
    ui.line(&format!("                {}", ui.paint(Tone::Dim, &when)));
}

/// The exceptions that a release went out with.
fn tell_exceptions(whole: &Whole<'_>) {
    let ui = whole.context.ui;
    let ledger = &whole.verification.ledger;
    for (at, (id, one)) in whole.exceptions().enumerate() {
        if at == 0 {
            ui.line("");
            ui.line(&ui.paint(Tone::Bold, "exceptions"));
        }
        let text = ledger.record(id).map_or_else(|| "gone, or does not count".to_owned(), |record| record.summary());
        let state = one.map_or(String::new(), |one| format!("  ({})", one.state));
        ui.line(&format!("  {}  {}{}", id.short(), ui.paint(Tone::Plain, &text), ui.paint(Tone::Odd, &state)));
        let Some(one) = one else { continue };
        let who = |id| printed_name(ledger.chain(), id);
        let asked = format!("asked for by {}, {}", who(&one.record.header.recorder), one.record.header.recorded);
        let decisions = one.decisions.iter().map(|(record, decision)| {
            format!("{} by {}, {}", decision.decision, who(&record.header.recorder), record.header.recorded)
        });
        let instead = format!("instead: {}", one.claim.compensating);
        for line in [instead, asked].into_iter().chain(decisions) {
            ui.line(&format!("                {}", ui.paint(Tone::Dim, &line)));
        }
    }
}
