//! An opened repository with everything a command asks of it.

use std::path::Path;
use std::sync::Arc;

use super::environment::Environment;
use super::error::{Error, Result, While as _};
use super::remembered::Lost;
use super::ui::Ui;
use super::{Start, clock};
use crate::envelope::Arithmetic;
use crate::envelope::Signer;
use crate::keys;
use crate::record::{CommitId, MemberId, UtcTime};
use crate::release::ReleaseTag;
use crate::store::{self, CommitInfo, Repository};
use crate::trust::{Chain, Member};
use crate::verify::{Code, Finding, Ledger};

pub use crate::store::{FILES, LEDGER, TRUST};

/// An opened repository with everything a command asks of it.
pub struct Context {
    /// The repository.
    pub repo: Arc<Repository>,
    /// How to speak.
    pub ui: Ui,
    /// Now, read once.
    pub now: UtcTime,
    /// The moment to judge by: `--at`, or now.
    pub at: UtcTime,
    /// The process environment.
    pub environment: Environment,
    /// Whether what was verified before may be remembered, and remembered anew.
    pub(super) uses_index: bool,
    /// What of it cannot be had any more.
    pub(super) lost: Lost,
    key: Option<String>,
}

/// Who signs, and with what.
pub struct Signing {
    /// The key.
    pub signer: Box<dyn Signer>,
    /// Where it was found, in words.
    pub from: String,
}

/// What is verified: the references as they are here, or as a push would make them.
#[derive(Debug, Clone, Default)]
pub struct Tips {
    /// The ledger's newest commit.
    pub ledger: Option<CommitId>,
    /// The newest trust version's.
    pub trust: Option<CommitId>,
    /// Commits that come with it, so that records on them are not orphaned.
    pub also: Vec<CommitId>,
    /// Tags that come with it, in place of those of the same name.
    pub tags: Vec<ReleaseTag>,
}

impl Context {
    /// Opens the repository that the current directory is in.
    pub fn open(start: &Start) -> Result<Self> {
        Self::open_at(start, Path::new("."))
    }

    /// Opens the repository that a folder is in.
    pub fn open_at(start: &Start, folder: &Path) -> Result<Self> {
        let repo = Arc::new(store::open(folder)?);
        let now = clock::now();
        Ok(Self {
            ui: start.ui,
            now,
            at: start.global.at.as_ref().map_or(Ok(now), |at| at.moment(&repo))?,
            environment: start.environment.clone(),
            uses_index: true,
            lost: start.lost.clone(),
            key: start.global.key.clone(),
            repo,
        })
    }

    /// The same, verifying everything anew and remembering nothing of it.
    #[must_use]
    pub fn without_index(self) -> Self {
        Self { uses_index: false, ..self }
    }

    /// The trust chain, as far as it is sound.
    pub fn chain(&self) -> Result<Chain> {
        self.chain_at(self.repo.ref_tip(TRUST)?)
    }

    /// The trust chain up to one of its commits, as far as it is sound.
    pub fn chain_at(&self, tip: Option<CommitId>) -> Result<Chain> {
        chain_at(&self.repo, tip)
    }

    /// The ledger, verified as a whole.
    pub fn ledger(&self) -> Result<Ledger> {
        self.ledger_at(&self.tips()?, Arithmetic::Tables)
    }

    /// The ledger and trust of these tips, verified. By the library's arithmetic alone, no index is looked at.
    pub fn ledger_at(&self, tips: &Tips, arithmetic: Arithmetic) -> Result<Ledger> {
        let chain = self.chain_at(tips.trust)?;
        if arithmetic == Arithmetic::Library {
            return whole(&self.repo, tips, chain, arithmetic);
        }
        let (ledger, memory) = self.remembered(tips, chain)?;
        if let Some(memory) = memory {
            memory.keep();
        }
        Ok(ledger)
    }

    /// Where ledger and trust stand.
    pub fn tips(&self) -> Result<Tips> {
        Ok(Tips { ledger: self.repo.ref_tip(LEDGER)?, trust: self.repo.ref_tip(TRUST)?, ..Tips::default() })
    }

    /// What the repository itself says against relying on it.
    pub fn conditions(&self) -> Vec<Finding> {
        let absent = self.repo.conditions();
        let (deep, whole) =
            ("fetch its history: git fetch --unshallow", "clone it whole: git clone URL, without --filter");
        let cut = [
            (absent.shallow, "shallow: its history is cut off", deep),
            (absent.partial, "partial: objects were left at the remote", whole),
        ];
        let cut = cut.into_iter().filter(|(is, ..)| *is);
        let cut =
            cut.map(|(_, what, hint)| Finding::new(Code::CloneIncomplete, format!("this clone is {what}")).hint(hint));
        let unread = self.repo.warnings().iter().map(|warning| Finding::new(Code::NotRead, warning.to_string()));
        cut.chain(unread).collect()
    }

    /// The key to sign with.
    pub fn signing(&self) -> Result<Signing> {
        let found = self.key()?;
        let from = found.from.to_string();
        Ok(Signing { signer: found.signer, from })
    }

    /// The key to sign with, or why there is none.
    pub fn key(&self) -> std::result::Result<keys::Found, keys::FindError> {
        keys::find(&keys::Places {
            explicit: self.key.clone(),
            variable: self.environment.get("QMS_SIGNING_KEY").map(str::to_owned),
            qms_signing_key: self.repo.config("qms.signingKey"),
            user_signing_key: self.repo.config("user.signingKey"),
            gpg_format: self.repo.config("gpg.format"),
            home: self.environment.path("HOME"),
            agent: self.environment.path("SSH_AUTH_SOCK"),
        })
    }

    /// Whether a key was named for git-qms itself, and not only found where SSH keys usually are.
    pub fn names_key(&self) -> bool {
        self.key.is_some()
            || self.environment.get("QMS_SIGNING_KEY").is_some()
            || self.repo.config("qms.signingKey").is_some()
    }

    /// The member who holds the key, in the newest trust version.
    pub fn member<'a>(&self, chain: &'a Chain, signing: &Signing) -> Result<&'a Member> {
        let key = signing.signer.public_key();
        chain.newest().version.holder(key).ok_or_else(|| {
            Error::new(format!("key {} ({}) belongs to no member of this project", key.fingerprint(), signing.from))
                .detail(format!("members are {}", names(chain)))
                .hint("use a member's key (--key, QMS_SIGNING_KEY, git config qms.signingKey), or have it added: git qms trust add")
        })
    }

    /// The commit of a revision; HEAD without one.
    pub fn commit(&self, revision: Option<&str>) -> Result<CommitInfo> {
        let head = if revision.is_none_or(|revision| revision == "HEAD") { Some(self.repo.head()?) } else { None };
        let id = match (head, revision) {
            (Some(Some(id)), _) => id,
            (Some(None), _) => return Err(self.unborn()?),
            (None, revision) => self.repo.resolve(revision.unwrap_or("HEAD"))?,
        };
        Ok(self.repo.commit(&id)?)
    }

    /// HEAD has no commit, as after `git init`.
    fn unborn(&self) -> Result<Error> {
        let branch = self.repo.head_branch()?.unwrap_or_else(|| "HEAD".to_owned());
        let branch = branch.strip_prefix("refs/heads/").unwrap_or(&branch);
        Ok(Error::new(format!("there is no commit on {branch} yet, and evidence is about commits"))
            .hint("git commit something first, or name a commit"))
    }

    /// A commit that is known to exist.
    pub fn commit_info(&self, id: CommitId) -> Result<CommitInfo> {
        Ok(self.repo.commit(&id)?)
    }
}

/// The trust chain up to one of its commits, as far as it is sound.
pub(super) fn chain_at(repo: &Repository, tip: Option<CommitId>) -> Result<Chain> {
    let stored = repo.trust_chain_at(tip).while_("reading refs/qms/trust")?;
    if stored.is_empty() {
        let error = Error::new("this repository has no trust root: refs/qms/trust is missing");
        let has_remote = repo.config("remote.origin.url").is_some();
        return Err(if repo.ref_tip(LEDGER)?.is_some() {
            error
                .detail("there is a ledger, so the trust was deleted, or not fetched with it")
                .hint("bring it from a remote or clone that has it: git qms sync --fetch-only")
        } else if has_remote {
            error.hint(
                "a clone brings no evidence, so bring it: git qms sync --fetch-only; in a new project: git qms init",
            )
        } else {
            error.hint("start with: git qms init; or bring it from the remote: git qms sync --fetch-only")
        });
    }
    Chain::check(stored.iter().map(|(commit, bytes)| (*commit, &bytes[..])))
        .map_err(|fault| Error::no(fault.to_string()).hint("fetch refs/qms/trust from a clone that has it sound"))
}

/// The ledger of these tips, verified as a whole.
pub(super) fn whole(repo: &Repository, tips: &Tips, chain: Chain, arithmetic: Arithmetic) -> Result<Ledger> {
    let notes = repo.ledger_at(tips.ledger, &tips.also).while_("reading the ledger")?;
    Ok(Ledger::verify(notes.history(), &notes, chain, arithmetic))
}

fn names(chain: &Chain) -> String {
    let ids: Vec<&str> = chain.newest().version.members.iter().map(|member| member.id.as_str()).collect();
    ids.join(", ")
}

/// The printed name of a member, by any trust version.
pub fn printed_name(chain: &Chain, id: &MemberId) -> String {
    let found = chain.links().iter().rev().find_map(|link| link.version.member(id));
    found.map_or_else(|| id.to_string(), |member| member.name.clone())
}
