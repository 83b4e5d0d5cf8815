//! A ledger whose trust is gone: nothing of it counts, whatever it says.

use serde::Serialize;

use super::context::{Context, LEDGER, TRUST};
use super::error::Result;
use super::verification::CountsJson;
use crate::report::findings::{self, FindingJson};
use crate::verify::{Code, Finding, Outcome, Severity};

/// What verification says without a trust root.
#[derive(Serialize)]
pub struct Untrusted {
    schema: &'static str,
    result: &'static str,
    counts: CountsJson,
    findings: Vec<FindingJson>,
    ledger: String,
}

impl Context {
    /// What is found where there is a ledger and no trust; `None` where there is a trust, or nothing at all yet.
    pub fn without_trust(&self) -> Result<Option<Vec<Finding>>> {
        if self.repo.ref_tip(TRUST)?.is_some() || self.repo.ref_tip(LEDGER)?.is_none() {
            return Ok(None);
        }
        let text =
            "refs/qms/trust is missing: it was deleted, or not fetched with the ledger; nothing counts without it";
        let mut findings = self.conditions();
        let is_cut = findings.iter().any(|finding| finding.severity == Severity::Incomplete);
        let finding = Finding::new(Code::TrustMissing, text).at_ref(TRUST);
        findings.insert(0, if is_cut { finding.weighing(Severity::Incomplete) } else { finding });
        Ok(Some(findings))
    }

    /// Tells it.
    pub fn tell_untrusted(&self, found: &[Finding]) -> Result<Outcome> {
        let (ui, outcome) = (self.ui, Outcome::of(found));
        if ui.is_json() {
            let ledger = self.repo.ref_tip(LEDGER)?.map(|tip| tip.to_string()).unwrap_or_default();
            let (counts, findings) = (CountsJson::default(), found.iter().map(FindingJson::from).collect());
            ui.json(&Untrusted { schema: "git-qms/verify/v1", result: outcome.as_str(), counts, findings, ledger })?;
        } else if !ui.is_quiet() {
            let word = if outcome == Outcome::Fail { "rejected" } else { "incomplete" };
            ui.line(&format!("{word}: there is no trust root, so nothing counts"));
            for finding in found {
                ui.line(&findings::line(finding));
                ui.line(&format!("  hint: {}", finding.next_step()));
            }
        }
        Ok(outcome)
    }
}
