//! Everything that verification checks, in one value: clone, trust, ledger, releases.

use serde::Serialize;

use super::context::{Context, Tips};
use super::error::Result;
use super::pin::Pin;
use super::ui::{Tone, Ui};
use crate::envelope::Arithmetic;
use crate::release::{ReleaseTag, check_releases};
use crate::report::findings::{self, FindingJson};
use crate::store::{ReadError, TagReadError, TagRecord};
use crate::verify::{Code, Finding, Ledger, Outcome, Severity};

/// What was verified, and what came of it.
pub struct Verification {
    /// The verified ledger.
    pub ledger: Ledger,
    /// Findings of clone, pin, ledger and releases, the gravest first.
    pub findings: Vec<Finding>,
    /// The pinned root.
    pub pin: Pin,
    /// How many release tags were held against their records.
    pub releases: usize,
}

/// How thorough to be.
#[derive(Debug, Clone, Copy, Default)]
pub struct Thoroughness<'a> {
    /// The pinned root, as given on the command line.
    pub trust_root: Option<&'a str>,
    /// Take no pin from the repository's own configuration; without one it is incomplete. Check signatures by the library alone.
    pub strict: bool,
    /// Read the whole tree of every release against its signed SHA-512.
    pub trees: bool,
}

impl Context {
    /// Verifies everything.
    pub fn verify(&self, how: Thoroughness<'_>) -> Result<Verification> {
        self.verify_at(how, &self.tips()?)
    }

    /// Verifies everything as it would be with these tips.
    pub fn verify_at(&self, how: Thoroughness<'_>, tips: &Tips) -> Result<Verification> {
        let arithmetic = if how.strict { Arithmetic::Library } else { Arithmetic::Tables };
        let ledger = self.ledger_at(tips, arithmetic)?;
        let pin = self.pin(ledger.chain(), how.trust_root, how.strict)?;
        let (mut tags, unreadable) = self.tags()?;
        tags.retain(|tag| !tips.tags.iter().any(|other| other.name == tag.name));
        tags.extend(tips.tags.iter().cloned());
        let digest = |commit| self.repo.evtag(&commit).map_err(|error| error.to_string());
        let mut findings = self.conditions();
        findings.extend(pin.finding.clone());
        let is_unread = |finding: &Finding| unreadable.iter().any(|unread| unread.git_ref == finding.git_ref);
        let releases = check_releases(&ledger, &tags, if how.trees { Some(&digest) } else { None });
        // A tag that is there and cannot be read is not called deleted.
        findings.extend(releases.into_iter().filter(|finding| finding.code != Code::TagMissing || !is_unread(finding)));
        findings.extend(unreadable);
        findings.extend(ledger.findings().iter().cloned());
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let releases = crate::release::releases(&ledger).count();
        Ok(Verification { ledger, findings, pin, releases })
    }
}

impl Context {
    /// Every tag, and what could not be read of them.
    pub fn tags(&self) -> Result<(Vec<ReleaseTag>, Vec<Finding>)> {
        let (mut tags, mut findings) = (Vec::new(), Vec::new());
        for tag in self.repo.tags()? {
            match tag {
                Ok(TagRecord { name, target, annotated, .. }) => {
                    tags.push(ReleaseTag { name, object: annotated.map(|raw| (target, raw)) });
                }
                Err(error) => findings.push(unreadable(&error)),
            }
        }
        Ok((tags, findings))
    }
}

/// A tag that cannot be read: absent objects are incomplete, others than promised are wrong.
fn unreadable(error: &TagReadError) -> Finding {
    match error {
        TagReadError::Object { name, source } => {
            let code =
                if matches!(source, ReadError::Missing { .. }) { Code::ObjectMissing } else { Code::ObjectWrong };
            Finding::new(code, error.to_string()).at_ref(format!("refs/tags/{name}"))
        }
        TagReadError::Ref(_) => Finding::new(Code::ObjectMissing, error.to_string()),
    }
}

/// The verification part of JSON output.
#[derive(Serialize)]
pub struct VerificationJson {
    result: &'static str,
    counts: CountsJson,
    findings: Vec<FindingJson>,
    trust: TrustJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<String>,
}

#[derive(Serialize)]
struct CountsJson {
    valid: u64,
    void: u64,
    orphaned: u64,
    unverifiable: u64,
}

#[derive(Serialize)]
struct TrustJson {
    root: String,
    version: u64,
    pinned: bool,
}

impl Verification {
    /// What the findings add up to.
    pub fn outcome(&self) -> Outcome {
        Outcome::of(&self.findings)
    }

    /// For JSON output.
    pub fn json(&self) -> VerificationJson {
        let (counts, chain) = (self.ledger.counts(), self.ledger.chain());
        VerificationJson {
            result: self.outcome().as_str(),
            counts: CountsJson {
                valid: counts.valid,
                void: counts.void,
                orphaned: counts.orphaned,
                unverifiable: counts.unverifiable,
            },
            findings: self.findings.iter().map(FindingJson::from).collect(),
            trust: TrustJson {
                root: chain.root().to_string(),
                version: chain.newest().version.version,
                pinned: self.pin.root == Some(chain.root()),
            },
            ledger: self.ledger.tip().map(|tip| tip.to_string()),
        }
    }

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

    /// Tells each finding with what to do next; `all` tells also what changes nothing.
    pub fn tell_findings(&self, ui: Ui, all: bool) {
        for finding in self.findings.iter().filter(|finding| all || findings::is_notable(finding)) {
            let tone = match finding.severity {
                Severity::Error => Tone::Bad,
                Severity::Incomplete | Severity::Warning => Tone::Odd,
                Severity::Info => Tone::Dim,
            };
            ui.line(&ui.paint(tone, &findings::line(finding)));
            if let Some(hint) = &finding.hint {
                ui.line(&format!("  hint: {}", ui.paint(Tone::Plain, hint)));
            }
        }
    }
}

/// `1 record`, `2 records`.
pub fn count(number: u64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
