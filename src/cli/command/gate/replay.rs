//! `git qms gate --replay`: a recorded decision, evaluated again from what it was made from.

use serde::Serialize;
use serde_json::Value;

use super::{detail, summary};
use crate::cli::as_it_was::relied_on;
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::judge::{Judged, Question, for_gate};
use crate::cli::target::Target;
use crate::cli::ui::Tone;
use crate::policy::Purpose;
use crate::record::kind::gate::{AskedFor, VerificationSummary};
use crate::record::{Claim, FileDigest, Kind, Record};
use crate::verify::{Ledger, Outcome, Verified};

mod difference;

use difference::{Difference, differences};

#[derive(Serialize)]
struct Output<'a> {
    schema: &'static str,
    record: String,
    same: bool,
    recorded: Decision,
    replayed: Decision,
    differences: &'a [Difference],
    since: &'a [Since],
}

/// What a decision says, but for its header.
#[derive(Serialize)]
struct Decision {
    predicate: Value,
    detail: Value,
}

/// What became of a record that was relied on. It changes nothing about the decision as it was made.
#[derive(Serialize)]
struct Since {
    record: String,
    what: String,
}

/// Evaluates the decision again and tells whether it comes out the same, byte by byte.
pub(super) fn run(context: &Context, named: &str) -> Result<Exit> {
    let present = context.verify(for_gate())?;
    let decision = decision(context, &present.ledger, named)?;
    let Claim::Gate(recorded) = &decision.claim else {
        return Err(Error::new(format!("record {} is no decision of a gate", decision.id.short())));
    };
    let then = context.verify_as_it_was(&present.ledger, decision, recorded)?;
    let commit = context.commit_info(decision.commit)?;
    let judged = context.judge_at(&then, &commit, &question(decision)?, recorded.time_verified)?;
    same_catalog(&judged, recorded)?;
    let differences = differences(decision, recorded, &judged)?;
    let since = since(&present.ledger, recorded);
    tell(context, decision, recorded, &judged, &differences, &since)?;
    Ok(match (differences.is_empty(), judged.verdict.result) {
        (true, _) => Exit::Yes,
        // What is not here cannot be held against it.
        (false, Outcome::Incomplete) if then.outcome() == Outcome::Incomplete => Exit::CouldNotTell,
        (false, _) => Exit::No,
    })
}

/// What was asked. Whoever records that a deployment may go is who would deploy.
fn question(decision: &Record) -> Result<Question> {
    let header = &decision.header;
    let detail = header.gate.as_ref().ok_or_else(|| Error::new("the decision says nothing of what was asked"))?;
    Ok(Question {
        service: header.service.clone(),
        environment: header.environment.clone(),
        change: header.change.clone(),
        release: detail.release.clone(),
        purpose: match detail.purpose {
            AskedFor::Gate => Purpose::Gate,
            AskedFor::Tag => Purpose::Tag,
            AskedFor::Deploy => Purpose::Deploy { by: Some(header.recorder.clone()) },
        },
    })
}

/// The decision named: by its id, or by the release made on it.
fn decision<'a>(context: &Context, ledger: &'a Ledger, named: &str) -> Result<&'a Verified<Record>> {
    let id = match context.target(ledger, Some(named)).map_err(Error::could_not_tell)? {
        Target::Record(id) => id,
        Target::Release { manifest, .. } => manifest.gate.record,
        Target::Commit(_) => {
            return Err(Error::new(format!("{named:?} is a commit, and a decision is a record"))
                .hint("name a release, or one of: git qms log --kind gate"));
        }
    };
    let found = ledger.record(id).filter(|record| record.header.kind == Kind::Gate);
    found.ok_or_else(|| {
        Error::new(format!("{} is no decision that counts", id.short())).hint("these are: git qms log --kind gate")
    })
}

/// A preview by a catalog that was never committed can be judged by nobody else.
fn same_catalog(judged: &Judged, recorded: &VerificationSummary) -> Result<()> {
    let asked = recorded.policy.digest.get("sha256").and_then(|hex| hex.parse::<FileDigest>().ok());
    if asked == Some(judged.policy.digest) || judged.verdict.state.is_ratified() {
        return Ok(());
    }
    let digest = asked.map_or_else(|| "unknown".to_owned(), |digest| format!("sha256:{digest}"));
    Err(Error::new(format!("the catalog it was judged by, {digest}, was not ratified and is not in the commit"))
        .hint("such a decision is a preview; one by a ratified catalog can be evaluated again anywhere"))
}

/// The records it relied on that count no more, or that a later one corrects.
fn since(present: &Ledger, recorded: &VerificationSummary) -> Vec<Since> {
    let of = |id| {
        let what = match (present.record(id), present.superseded_by(id)) {
            (None, _) => "counts no more: git qms verify tells why".to_owned(),
            (Some(_), Some(by)) => format!("was superseded by {}", by.short()),
            (Some(_), None) => return None,
        };
        Some(Since { record: id.to_string(), what })
    };
    relied_on(recorded).filter_map(of).collect()
}

fn tell(
    context: &Context,
    decision: &Record,
    recorded: &VerificationSummary,
    judged: &Judged,
    differences: &[Difference],
    since: &[Since],
) -> Result<()> {
    let ui = context.ui;
    if ui.is_json() {
        return ui.json(&output(decision, recorded, judged, differences, since)?);
    }
    if ui.is_quiet() {
        return Ok(());
    }
    let (word, tone) = if differences.is_empty() { ("same", Tone::Good) } else { ("DIFFERS", Tone::Bad) };
    let about = decision.claim.summary();
    let by = &decision.header.recorder;
    ui.line(&format!(
        "{}  decision {} of {} by {by}: {about}, on {}",
        ui.paint(tone, word),
        decision.id.short(),
        recorded.time_verified,
        decision.commit.short()
    ));
    for difference in differences {
        let of = difference.control.as_ref().map(|id| format!("{id}  ")).unwrap_or_default();
        ui.line(&format!("  {}{}", ui.paint(Tone::Plain, &of), ui.paint(Tone::Plain, &difference.member)));
        ui.line(&format!("    recorded  {}", ui.paint(Tone::Plain, &text(difference.recorded.as_ref()))));
        ui.line(&format!("    replayed  {}", ui.paint(Tone::Plain, &text(difference.replayed.as_ref()))));
    }
    for later in since {
        ui.line(&format!("  since then record {} {}", later.record.get(..12).unwrap_or_default(), later.what));
    }
    Ok(())
}

fn output<'a>(
    decision: &Record,
    recorded: &VerificationSummary,
    judged: &Judged,
    differences: &'a [Difference],
    since: &'a [Since],
) -> Result<Output<'a>> {
    let said = |summary: &VerificationSummary, detail: Value| {
        Ok::<_, Error>(Decision { predicate: serde_json::to_value(summary)?, detail })
    };
    Ok(Output {
        schema: "git-qms/replay/v1",
        record: decision.id.to_string(),
        same: differences.is_empty(),
        recorded: said(recorded, serde_json::to_value(&decision.header.gate)?)?,
        replayed: said(&summary(judged), serde_json::to_value(detail(judged)?)?)?,
        differences,
        since,
    })
}

/// A member as text: nothing where it is absent.
fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "nothing".into(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
