//! A verdict as Markdown: the comment on a pull request, and the summary of a step. A hidden first line names what it
//! is about, so that a later one can take its place.
//!
//! Whatever the repository says stands in `<code>`, with every sign of punctuation as a character reference: so it is
//! neither Markdown nor HTML, and forges take it for no mention, issue or address.

use std::fmt::Write as _;

use super::escape::escape;
use super::facts::{BRIEF, answer, facts, is_ok, place, subject};
use super::paint::Paint;
use crate::policy::{ControlVerdict, PolicyState, Verdict};

pub(super) fn write(verdict: &Verdict, _: Paint) -> String {
    let note = match verdict.state {
        PolicyState::InForce => "",
        PolicyState::TreeDiffers => {
            "The tree changes the policy: that one is proposed, not ratified, and blocks release.\n\n"
        }
        PolicyState::Proposed => "The policy is proposed, not ratified: this is a preview.\n\n",
        PolicyState::Ambiguous => "Several policies are ratified at once.\n\n",
    };
    let mut text = format!(
        "<!-- git-qms-gate {} -->\n### git qms gate: {} {}\n\n{note}| outcome | control | required | found | records | owner | escalation |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
        place(verdict),
        answer(verdict),
        code(&subject(verdict)),
    );
    for control in &verdict.controls {
        text += &row(control);
    }
    let next: Vec<_> = verdict.controls.iter().filter(|control| !is_ok(control)).filter_map(next_step).collect();
    if !next.is_empty() {
        text += "\nNext:\n\n";
        text += &next.concat();
    }
    text + &format!(
        "\nCommit {}, policy {}{}, as of {}.\n",
        code(&verdict.commit.to_string()),
        code(&verdict.policy.to_string()),
        verdict.tier.as_ref().map_or(String::new(), |tier| format!(", tier {}", code(tier.as_str()))),
        verdict.at
    )
}

fn row(control: &ControlVerdict) -> String {
    let facts = facts(control, BRIEF);
    let cell = |label| facts.iter().find(|(name, _)| *name == label).map_or(String::new(), |(_, fact)| code(fact));
    let exception = match &control.exception {
        None => String::new(),
        Some(_) => format!(", exception {}: {}; instead: {}", cell("exception"), cell("reason"), cell("instead")),
    };
    let title: String = control.title.chars().take(BRIEF).collect();
    format!(
        "| {} | {} {} | {} | {}{exception} | {} | {} | {} |\n",
        control.outcome.as_str(),
        code(control.id.as_str()),
        code(&title),
        cell("required"),
        cell("found"),
        cell("records"),
        cell("owner"),
        cell("escalation"),
    )
}

fn next_step(control: &ControlVerdict) -> Option<String> {
    let (_, hint) = facts(control, BRIEF).into_iter().find(|(label, _)| *label == "next step")?;
    Some(format!("- {}: {}\n", code(control.id.as_str()), code(&hint)))
}

fn code(text: &str) -> String {
    let mut out = "<code>".to_owned();
    for c in escape(text).chars() {
        if c.is_ascii_punctuation() {
            write!(out, "&#{};", u32::from(c)).expect("writing to a string does not fail");
        } else {
            out.push(c);
        }
    }
    out + "</code>"
}
