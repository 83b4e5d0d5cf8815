//! The projects that this one continues, each verified as it was left.

use serde::Serialize;

use super::context::Context;
use super::error::Result;
use crate::envelope::Arithmetic;
use crate::store::{ReadError, TrustReadError, archived_ledger, archived_trust};
use crate::trust::{Chain, Continues};
use crate::verify::{Code, Finding, Ledger, continuity};

/// One of them.
pub struct Archive {
    /// What the project after it signed of it.
    pub continues: Continues,
    /// It, up to there.
    pub ledger: Ledger,
    /// How many release tags were held against its records.
    pub releases: usize,
}

/// One of them in JSON output.
#[derive(Serialize)]
pub struct ArchiveJson {
    project: String,
    trust: String,
    ledger: String,
    valid: u64,
    releases: usize,
}

impl From<&Archive> for ArchiveJson {
    fn from(archive: &Archive) -> Self {
        let Continues { project, trust, ledger } = archive.continues;
        Self {
            project: project.to_string(),
            trust: trust.to_string(),
            ledger: ledger.to_string(),
            valid: archive.ledger.counts().valid,
            releases: archive.releases,
        }
    }
}

/// Those that could be verified, the newest first, and what was found.
#[derive(Default)]
pub struct Archives {
    /// The projects.
    pub found: Vec<Archive>,
    /// What is wrong with them, but for their tags.
    pub findings: Vec<Finding>,
    /// Whether one could not be verified, so that more may be behind it.
    pub is_cut: bool,
}

impl Context {
    /// The trust chain and, the newest first, those of the projects that it continues, as far as they are here and sound.
    pub fn chains(&self) -> Result<Vec<Chain>> {
        let mut chains = vec![self.chain()?];
        while let Some(continues) = chains.last().and_then(Chain::continues) {
            let Some(tip) = self.repo.ref_tip(&archived_trust(continues.project))? else { break };
            let Ok(stored) = self.repo.trust_chain_at(Some(tip)) else { break };
            let Ok(chain) = Chain::archived(&stored, continues) else { break };
            chains.push(chain);
        }
        Ok(chains)
    }

    /// Verifies the projects that this chain says it continues, one behind the other.
    pub fn archives(&self, chain: &Chain, arithmetic: Arithmetic) -> Result<Archives> {
        let mut archives = Archives::default();
        let mut later = chain.clone();
        // A project's name is the digest of what names the one before: they cannot go in a circle.
        while let Some(continues) = later.continues() {
            archives.findings.push(continuity::claimed(&later, continues));
            match self.archive(continues, &later, arithmetic)? {
                Ok(ledger) => {
                    let at = (archived_ledger(continues.project), archived_trust(continues.project));
                    archives.findings.extend(continuity::in_archive(ledger.findings(), &at.0, &at.1));
                    later = ledger.chain().clone();
                    archives.found.push(Archive { continues, ledger, releases: 0 });
                }
                Err(finding) => {
                    archives.findings.push(finding);
                    archives.is_cut = true;
                    break;
                }
            }
        }
        Ok(archives)
    }

    /// One of them, at exactly what was signed of it, whatever its references say.
    fn archive(
        &self,
        continues: Continues,
        later: &Chain,
        arithmetic: Arithmetic,
    ) -> Result<std::result::Result<Ledger, Finding>> {
        let (ledger_ref, trust_ref) = (archived_ledger(continues.project), archived_trust(continues.project));
        let absent = |name: &str| continuity::missing(continues, name, &format!("{name} is not here"));
        let Some(trust) = self.repo.ref_tip(&trust_ref)? else { return Ok(Err(absent(&trust_ref))) };
        let stored = match self.repo.trust_chain_at(Some(trust)) {
            Ok(stored) => stored,
            Err(TrustReadError::Object(error)) => return Ok(Err(unread(continues, &trust_ref, &error))),
            Err(error) => return Err(error.into()),
        };
        let chain = match Chain::archived(&stored, continues) {
            Ok(chain) => chain.accepting(later),
            Err(reason) => return Ok(Err(continuity::differs(continues, &trust_ref, &reason))),
        };
        let Some(tip) = self.repo.ref_tip(&ledger_ref)? else { return Ok(Err(absent(&ledger_ref))) };
        let contained = tip == continues.ledger
            || match self.repo.is_ancestor(&continues.ledger, &tip) {
                Ok(contained) => contained,
                Err(error) => return Ok(Err(unread(continues, &ledger_ref, &error))),
            };
        if !contained {
            let reason = format!("it does not contain ledger commit {}", continues.ledger);
            return Ok(Err(continuity::differs(continues, &ledger_ref, &reason)));
        }
        let notes = self.repo.ledger_at(Some(continues.ledger), &[chain.newest().commit])?;
        Ok(Ok(Ledger::verify(notes.history(), &notes, chain, arithmetic)))
    }
}

fn unread(continues: Continues, git_ref: &str, error: &ReadError) -> Finding {
    match error {
        ReadError::Missing { .. } => continuity::missing(continues, git_ref, &error.to_string()),
        ReadError::WrongHash { .. } | ReadError::Malformed { .. } => {
            Finding::new(Code::ObjectWrong, error.to_string()).at_ref(git_ref)
        }
    }
}
