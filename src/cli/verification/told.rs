//! What was verified, told to people.

use std::collections::BTreeMap;

use super::{Verification, count};
use crate::cli::archive::Archive;
use crate::cli::ui::{Tone, Ui};
use crate::report::findings;
use crate::verify::{Code, Outcome, Severity};

/// So many findings of one code are told one by one: what else is wrong has to be seen beside a flood.
const ALIKE: usize = 20;

impl Verification {
    /// One line: `verified: 9 records, 1 release, trust version 3, root pinned, ledger 4e1a2b3`.
    pub fn summary(&self, ui: Ui) -> String {
        let (counts, chain) = (self.ledger.counts(), self.ledger.chain());
        let (word, tone) = match self.outcome() {
            Outcome::Pass => ("verified", Tone::Good),
            Outcome::Fail => ("rejected", Tone::Bad),
            Outcome::Incomplete => ("incomplete", Tone::Odd),
        };
        let mut parts = vec![count(counts.valid, "record"), count(self.releases as u64, "release")];
        for (number, what) in
            [(counts.void, "void"), (counts.orphaned, "orphaned"), (counts.unverifiable, "unverifiable")]
        {
            if number > 0 {
                parts.push(format!("{number} {what}"));
            }
        }
        parts.push(format!("trust version {}", chain.newest().version.version));
        parts.push(if self.pin.root == Some(chain.root()) { "root pinned" } else { "root not pinned" }.to_owned());
        parts.extend(self.ledger.tip().map(|tip| format!("ledger {}", tip.short())));
        format!("{}: {}", ui.paint(tone, word), parts.join(", "))
    }

    /// `files: 3 verified, 1 unavailable`; nothing where no record names one, or they were not looked at.
    pub fn files_summary(&self) -> Option<String> {
        let files = self.files?;
        let parts = [
            (files.verified, "verified"),
            (files.mismatched, "mismatched"),
            (files.missing, "missing"),
            (files.unavailable, "unavailable"),
            (files.expunged, "expunged"),
        ];
        let parts = parts.iter().filter(|(number, _)| *number > 0);
        let parts: Vec<String> = parts.map(|(number, what)| format!("{number} {what}")).collect();
        (!parts.is_empty()).then(|| format!("files: {}", parts.join(", ")))
    }

    /// What a person needs first: verified or not, under which root and by whose word, how many of what, how much is wrong.
    pub fn tell_head(&self, ui: Ui) {
        ui.line(&self.summary(ui));
        let root = self.ledger.chain().root();
        let pinned = match (self.pin.root, self.pin.by) {
            (Some(pinned), Some(by)) if pinned == root => ui.paint(Tone::Good, &format!("pinned by {by}")),
            (Some(_), Some(by)) => ui.paint(Tone::Bad, &format!("not the one pinned by {by}")),
            _ => ui.paint(Tone::Odd, "not pinned: on the word of this repository alone"),
        };
        ui.line(&format!("root: {root}"));
        ui.line(&format!("  {pinned}"));
        for Archive { continues, ledger, releases } in &self.archives {
            let told = [count(ledger.counts().valid, "record"), count(*releases as u64, "release")].join(", ");
            ui.line(&format!("continues: {}, which has {told}", continues.project));
        }
        if let Some(files) = self.files_summary() {
            ui.line(&files);
        }
        let of = |severity| self.findings.iter().filter(|finding| finding.severity == severity).count() as u64;
        let told = [(of(Severity::Error), "error"), (of(Severity::Warning), "warning")];
        let mut told: Vec<String> =
            told.into_iter().filter(|(number, _)| *number > 0).map(|(number, what)| count(number, what)).collect();
        let unread = of(Severity::Incomplete);
        if unread > 0 {
            told.push(format!("{unread} that could not be checked"));
        }
        if !told.is_empty() {
            ui.line(&format!("found: {}", told.join(", ")));
        }
    }

    /// Tells each finding with what to do next; `all` tells also what changes nothing, and every one of many alike.
    pub fn tell_findings(&self, ui: Ui, all: bool) {
        let mut told: BTreeMap<(Severity, Code), usize> = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| all || findings::is_notable(finding)) {
            let alike = told.entry((finding.severity, finding.code)).or_default();
            *alike += 1;
            if !all && *alike > ALIKE {
                continue;
            }
            let tone = match finding.severity {
                Severity::Error => Tone::Bad,
                Severity::Incomplete | Severity::Warning => Tone::Odd,
                Severity::Info => Tone::Dim,
            };
            ui.told(tone, &findings::line(finding), "  ");
            // In one piece, so that the command in it can be copied.
            ui.line(&ui.paint(Tone::Plain, &format!("  hint: {}", finding.next_step())));
        }
        for ((severity, code), number) in told.into_iter().filter(|(_, number)| !all && *number > ALIKE) {
            ui.line(&format!("{severity}[{code}] and {} more alike", number - ALIKE));
            ui.line("  hint: see every one: git qms verify --all");
        }
    }
}
