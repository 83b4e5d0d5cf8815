//! Everything that verification checks, in one value: clone, trust, ledger, releases.

use std::cmp::Reverse;
use std::mem::ManuallyDrop;

use super::archive::Archive;
use super::context::{Context, Tips, whole};
use super::error::Result;
use super::pin::Pin;
use super::remembered::{Attached, Memory, Releases};
use crate::envelope::Arithmetic;
use crate::record::FileDigest;
use crate::store::{FILES, FilesError, ReadError};
use crate::verify::expunged::{expunged, tombstones};
use crate::verify::files::{self, Found};
use crate::verify::{Code, FileCounts, FileState, Finding, Ledger, Outcome, Severity};

mod json;
mod tags;
mod told;

pub use json::{CountsJson, VerificationJson};

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

impl Verification {
    /// With further findings.
    pub fn add(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
        self.findings.sort_by_key(weight);
    }

    /// What the findings add up to.
    pub fn outcome(&self) -> Outcome {
        Outcome::of(&self.findings)
    }
}

/// The gravest first; where there is no ledger, that before what follows from it.
fn weight(finding: &Finding) -> (Reverse<Severity>, bool) {
    (Reverse(finding.severity), finding.code != Code::LedgerMissing)
}

/// `1 record`, `2 records`.
pub fn count(number: u64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
