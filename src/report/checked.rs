//! What verification came to, as a part of a page.

use maud::{Markup, html};

use super::page::part::{self, Mark, code, facts, note, state};
use crate::envelope::Fingerprint;
use crate::verify::{Counts, Finding, Outcome, Severity};

/// What verification came to.
pub struct Check<'a> {
    /// The answer.
    pub outcome: Outcome,
    /// Everything that was found.
    pub findings: &'a [Finding],
    /// The digest of the first trust version here.
    pub root: String,
    /// The number of the newest one.
    pub trust: u64,
    /// Whether the root is the one that was given to the verifier.
    pub pinned: bool,
}

/// How an outcome stands, and its word.
pub(super) fn verdict(outcome: Outcome) -> (Mark, &'static str) {
    match outcome {
        Outcome::Pass => (Mark::Good, "verified"),
        Outcome::Fail => (Mark::Bad, "rejected"),
        Outcome::Incomplete => (Mark::Odd, "could not be verified"),
    }
}

/// What verification came to, with every finding.
pub(super) fn verification(check: &Check<'_>, counts: Counts, tag_key: Option<Fingerprint>) -> Markup {
    let (mark, word) = verdict(check.outcome);
    let pinned =
        if check.pinned { (Mark::Good, "pinned: the one given to the verifier") } else { (Mark::Odd, "not pinned") };
    html! {
        (note(mark, &html! { p { (state(mark, word)) " Signatures, signers' roles, order, completeness of the ledger, and every release tag were checked." } }))
        (facts([
            ("Trust root", Some(html! { (code(&format!("sha256:{}", check.root))) br; (state(pinned.0, pinned.1)) })),
            ("Trust version", Some(html! { (check.trust) })),
            ("Records that count", Some(html! { (counts.valid) })),
            ("Void", Some(html! { (counts.void) })),
            ("Orphaned", Some(html! { (counts.orphaned) })),
            ("Could not be checked", Some(html! { (counts.unverifiable) })),
            ("Key of the tag", tag_key.map(|key| code(&key.to_string()))),
        ]))
        @if !check.findings.is_empty() {
            (part::table("Findings", &["Code", "Severity", "What was found"], check.findings.iter().map(|finding| {
                let mark = match finding.severity {
                    Severity::Error => Mark::Bad,
                    Severity::Incomplete | Severity::Warning => Mark::Odd,
                    Severity::Info => Mark::None,
                };
                vec![code(finding.code.as_str()), state(mark, &finding.severity.to_string()), html! {
                    (super::findings::line(finding))
                    br; span.soft { (finding.next_step()) }
                }]
            })))
        }
    }
}
