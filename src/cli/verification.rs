//! Everything that verification checks, in one value: clone, trust, ledger, releases.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::mem::ManuallyDrop;

use serde::Serialize;

use super::archive::{Archive, ArchiveJson, Archives};
use super::context::{Context, Tips, whole};
use super::error::Result;
use super::pin::Pin;
use super::remembered::{Attached, Memory, Releases};
use super::ui::{Tone, Ui};
use crate::envelope::Arithmetic;
use crate::record::FileDigest;
use crate::record::TrustDigest;
use crate::release::check::TreeDigest;
use crate::release::{ReleaseTag, check_releases, judged_by};
use crate::report::findings::{self, FindingJson};
use crate::store::{FILES, FilesError, ReadError, TagReadError, TagRecord};
use crate::trust::Chain;
use crate::verify::expunged::{expunged, tombstones};
use crate::verify::files::{self, Found};
use crate::verify::{Code, FileCounts, FileState, Finding, Ledger, Outcome, Severity, Unreadable};

/// What was verified, and what came of it.
pub struct Verification {
    /// The verified ledger. A command ends with it: to give back its memory piece by piece takes longer than to exit.
    pub ledger: ManuallyDrop<Ledger>,
    /// Findings of clone, pin, ledger and releases, the gravest first.
    pub findings: Vec<Finding>,
    /// The pinned root.
    pub pin: Pin,
    /// How many release tags were held against their records.
    pub releases: usize,
    /// The attached files, where they were asked for.
    pub files: Option<FileCounts>,
    /// The projects that this one continues, the newest first.
    pub archives: Vec<Archive>,
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
    /// Read every attached file against its digest.
    pub files: bool,
}

impl Context {
    /// Verifies everything.
    pub fn verify(&self, how: Thoroughness<'_>) -> Result<Verification> {
        self.verify_at(how, &self.tips()?)
    }

    /// Verifies everything as it would be with these tips.
    pub fn verify_at(&self, how: Thoroughness<'_>, tips: &Tips) -> Result<Verification> {
        let chain = self.chain_at(tips.trust)?;
        let (ledger, mut memory) = if how.strict {
            (whole(&self.repo, tips, chain, Arithmetic::Library)?, None)
        } else {
            self.remembered(tips, chain)?
        };
        let pin = self.pin(ledger.chain(), how.trust_root, how.strict)?;
        let mut findings = self.conditions();
        findings.extend(pin.finding.clone());
        let arithmetic = if how.strict { Arithmetic::Library } else { Arithmetic::Tables };
        let mut archives = self.archives(ledger.chain(), arithmetic)?;
        findings.append(&mut archives.findings);
        // Of a project that continues another one, tags are not remembered.
        let is_plain = tips.tags.is_empty() && !how.trees && ledger.chain().continues().is_none();
        let remembered = memory.as_ref().and_then(Memory::releases).filter(|_| is_plain);
        let releases = if let Some(releases) = remembered {
            findings.extend(releases.findings.iter().cloned());
            releases.count
        } else {
            let (found, is_read) = self.check_releases(&ledger, &mut archives, tips, how.trees)?;
            let releases = Releases { count: crate::release::releases(&ledger).count(), findings: found };
            findings.extend(releases.findings.iter().cloned());
            let count = releases.count;
            if let Some(memory) = memory.as_mut().filter(|_| is_plain && is_read) {
                memory.learn_releases(releases);
            }
            count
        };
        findings.extend(ledger.findings().iter().cloned());
        let mut files = how.files.then(|| self.files(&ledger, memory.as_mut(), &mut findings)).transpose()?;
        if let Some(files) = &mut files {
            archives.found.iter().for_each(|archive| *files += self.check_files(&archive.ledger, &mut findings));
        }
        if let Some(memory) = memory {
            memory.keep();
        }
        findings.sort_by_key(weight);
        let archives = archives.found;
        Ok(Verification { ledger: ManuallyDrop::new(ledger), findings, pin, releases, files, archives })
    }

    /// What is wrong with release tags; and whether all of them could be read.
    fn check_releases(
        &self,
        ledger: &Ledger,
        archives: &mut Archives,
        tips: &Tips,
        trees: bool,
    ) -> Result<(Vec<Finding>, bool)> {
        // Whatever a release relies on is looked up: read at once, that takes less than one by one.
        ledger.records();
        let (mut tags, unreadable) = self.tags()?;
        tags.retain(|tag| !tips.tags.iter().any(|other| other.name == tag.name));
        tags.extend(tips.tags.iter().cloned());
        let digest = |commit| self.repo.evtag(&commit).map_err(Unreadable::from);
        let is_unread = |finding: &Finding| unreadable.iter().any(|unread| unread.git_ref == finding.git_ref);
        let digest: Option<TreeDigest<'_>> = if trees { Some(&digest) } else { None };
        let releases = check_all(ledger, archives, &tags, digest);
        // A tag that is there and cannot be read is not called deleted.
        let mut findings: Vec<_> = releases;
        findings.retain(|finding| finding.code != Code::TagMissing || !is_unread(finding));
        let is_read = unreadable.is_empty();
        findings.extend(unreadable);
        Ok((findings, is_read))
    }

    /// Every stored file that a counting record names, held against its digest, now or when it was last done.
    fn files(&self, ledger: &Ledger, memory: Option<&mut Memory>, findings: &mut Vec<Finding>) -> Result<FileCounts> {
        let tip = self.repo.ref_tip(FILES)?;
        let remembered = memory.as_ref().and_then(|memory| memory.files(tip));
        let files = match remembered {
            Some(files) => files.clone(),
            None => {
                let mut findings = Vec::new();
                let counts = self.check_files(ledger, &mut findings);
                Attached { tip, counts, findings }
            }
        };
        findings.extend(files.findings.iter().cloned());
        let counts = files.counts;
        if let Some(memory) = memory {
            memory.learn_files(files);
        }
        Ok(counts)
    }

    /// Holds every stored file that a counting record names against its digest.
    fn check_files(&self, ledger: &Ledger, findings: &mut Vec<Finding>) -> FileCounts {
        let (stored, elsewhere) = files::named(ledger);
        if stored.is_empty() {
            return files::count(&[], elsewhere.len());
        }
        let here = match self.repo.files() {
            Ok(here) => here,
            Err(error) => {
                let is_missing =
                    !matches!(&error, FilesError::Object(ReadError::WrongHash { .. } | ReadError::Malformed { .. }));
                let code = if is_missing { Code::ObjectMissing } else { Code::ObjectWrong };
                findings.push(Finding::new(code, error.to_string()).at_ref(FILES).hint("fetch it: git qms sync"));
                return files::count(&vec![FileState::Missing; stored.len()], elsewhere.len());
            }
        };
        let digests: Vec<FileDigest> = stored.keys().copied().collect();
        let tombstones = tombstones(ledger);
        let states = files::with_expunged(&digests, self.repo.check_files(&here, &digests), &expunged(ledger));
        let absent = self.repo.conditions();
        let is_cut = absent.shallow || absent.partial;
        let found = Found { is_here: here.is_here(), is_cut, odd: here.odd(), tombstones: &tombstones };
        findings.extend(files::judge(&stored, &states, &found));
        files::count(&states, elsewhere.len())
    }
}

/// Holds each tag against the project that it is of.
fn check_all(
    ledger: &Ledger,
    archives: &mut Archives,
    tags: &[ReleaseTag],
    digest: Option<TreeDigest<'_>>,
) -> Vec<Finding> {
    let mut later = Some(ledger.chain());
    let mut before: HashSet<TrustDigest> = HashSet::new();
    for next in archives.found.iter().map(|archive| archive.ledger.chain()) {
        before.extend(later.and_then(Chain::continues).map(|continues| continues.project));
        later = Some(next);
    }
    before.extend(later.and_then(Chain::continues).map(|continues| continues.project));
    let own = judged_by(ledger, tags, &|named| named.is_none_or(|named| !before.contains(&named)));
    let mut findings = check_releases(ledger, &own, digest);
    // Behind a project that cannot be read there may be another one.
    let of_unknown = findings.iter_mut().filter(|finding| archives.is_cut && finding.code == Code::TagUnrecorded);
    of_unknown.for_each(|finding| finding.severity = Severity::Incomplete);
    for archive in &mut archives.found {
        let project = archive.continues.project;
        let theirs = judged_by(&archive.ledger, tags, &|named| named == Some(project));
        findings.extend(check_releases(&archive.ledger, &theirs, digest));
        archive.releases = crate::release::releases(&archive.ledger).count();
    }
    findings
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

impl Verification {
    /// With further findings.
    pub fn add(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
        self.findings.sort_by_key(weight);
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
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<FilesJson>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    archives: Vec<ArchiveJson>,
}

#[derive(Serialize)]
struct FilesJson {
    verified: u64,
    mismatched: u64,
    missing: u64,
    unavailable: u64,
    expunged: u64,
}

/// How many lines of the tip are what.
#[derive(Default, Serialize)]
pub(super) struct CountsJson {
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

impl VerificationJson {
    /// As part of an answer to more than whether it verifies.
    #[must_use]
    pub fn saying(self, outcome: Outcome) -> Self {
        Self { result: outcome.as_str(), ..self }
    }
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
            files: self.files.map(|files| FilesJson {
                verified: files.verified,
                mismatched: files.mismatched,
                missing: files.missing,
                unavailable: files.unavailable,
                expunged: files.expunged,
            }),
            archives: self.archives.iter().map(ArchiveJson::from).collect(),
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

/// The gravest first; where there is no ledger, that before what follows from it.
fn weight(finding: &Finding) -> (Reverse<Severity>, bool) {
    (Reverse(finding.severity), finding.code != Code::LedgerMissing)
}

/// So many findings of one code are told one by one: what else is wrong has to be seen beside a flood.
const ALIKE: usize = 20;

/// `1 record`, `2 records`.
pub fn count(number: u64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
