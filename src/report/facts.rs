//! What every report tells of one control, in the same words.

use super::escape::escape;
use crate::policy::exception::Excepted;
use crate::policy::{ControlVerdict, Judgement, PolicyState, Verdict};
use crate::verify::Outcome;

/// So many characters of one text go where a forge limits the whole.
pub(super) const BRIEF: usize = 400;

/// So many records are named one by one.
const NAMED: usize = 10;

/// What is known of a control, each with its label; escaped, one line each, and no longer than `length` characters.
pub(super) fn facts(control: &ControlVerdict, length: usize) -> Vec<(&'static str, String)> {
    let role = |role: &Option<crate::record::Name>| role.as_ref().map(ToString::to_string);
    let exception = control.exception.as_ref();
    let told = [
        ("required", Some(control.required.clone()).filter(|required| !required.is_empty())),
        ("found", Some(control.found.clone())),
        ("records", records(control)),
        ("exception", exception.map(Excepted::holds)),
        ("reason", exception.map(|one| one.reason.clone())),
        ("instead", exception.map(|one| one.compensating.clone())),
        ("owner", role(&control.owner)),
        ("escalation", role(&control.escalation)),
        ("next step", control.hint.clone()),
    ];
    told.into_iter().filter_map(|(label, fact)| Some((label, clipped(&escape(&fact?), length)))).collect()
}

/// The facts as lines of text.
pub(super) fn lines(control: &ControlVerdict) -> String {
    let line = |(label, fact)| format!("{label}: {fact}");
    facts(control, BRIEF).into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// `9f31c0a4b2d1 by ci, …`; nothing where no record shows anything.
pub(super) fn records(control: &ControlVerdict) -> Option<String> {
    let named =
        control.records.iter().take(NAMED).map(|proof| format!("{} by {}", proof.record.short(), proof.recorder));
    let more = control.records.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| format!("and {more} more"));
    let all: Vec<_> = named.chain(more).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// `payments → production`; the commit where no service is named.
pub(super) fn subject(verdict: &Verdict) -> String {
    let what = verdict.service.as_ref().map_or_else(|| verdict.commit.short(), ToString::to_string);
    let to = verdict.environment.as_ref().map_or(String::new(), |environment| format!(" → {environment}"));
    format!("{what}{to}")
}

/// What stays the same from commit to commit: the service and the environment, with a mark that no name has.
pub(super) fn place(verdict: &Verdict) -> String {
    let name = |name: &Option<crate::record::Name>| name.as_ref().map_or_else(|| "*".to_owned(), ToString::to_string);
    format!("{}:{}", name(&verdict.service), name(&verdict.environment))
}

/// The answer in a word.
pub(super) fn answer(verdict: &Verdict) -> &'static str {
    match verdict.result {
        Outcome::Pass => "PASS",
        Outcome::Fail => "FAIL",
        Outcome::Incomplete => "INCOMPLETE",
    }
}

/// Whether anything is to be told of it: a control that is satisfied, or not asked for, needs no word.
pub(super) fn is_ok(control: &ControlVerdict) -> bool {
    matches!(control.outcome, Judgement::Pass | Judgement::NotApplicable)
}

/// Where in the tree's catalog a control stands; its top for what stands in another catalog or in none.
pub(super) fn line_in_tree(verdict: &Verdict, control: &ControlVerdict) -> usize {
    let is_of_tree = matches!(verdict.state, PolicyState::InForce | PolicyState::Proposed);
    control.line.filter(|_| is_of_tree).unwrap_or(1)
}

fn clipped(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
