//! Commits and the references that hold them: objects through gix, references through git.

#![expect(clippy::disallowed_methods, reason = "reads who commits as git does; a wait ends by a clock")]

use std::time::{Duration, Instant};

use gix::hash::ObjectId;
use gix::objs::Kind;

use super::batch::Batch;
use super::git::GitError;
use super::lock::{LockError, Locked};
use super::reader::{ReadError, commit_id, object_id};
use super::ref_lock::RefLock;
use super::refs::RefError;
use super::repository::Repository;
use super::trust::{FILE, TRUST};
use crate::record::UtcTime;
use crate::record::ids::CommitId;

/// Why nothing was written. Whatever the cause, every reference is as it was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The lock.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Somebody else was quicker; what was signed over the old tip has to be signed anew.
    #[error("{reference} has moved to {}: repeat over the new tip", now.map_or("nothing".to_owned(), |id| id.to_string()))]
    Moved {
        /// The reference.
        reference: String,
        /// Where it points now.
        now: Option<CommitId>,
    },
    /// Two lines of history where only one may be.
    #[error(
        "{reference} is {ours} here and {theirs} there, and neither contains the other: one of them was forged or lost"
    )]
    Diverged {
        /// The reference.
        reference: String,
        /// Its tip here.
        ours: CommitId,
        /// Its tip there.
        theirs: CommitId,
    },
    /// Not a line of a note.
    #[error("line for {commit} {reason}")]
    Line {
        /// The commit it was for.
        commit: CommitId,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A note at its limit.
    #[error(
        "the note of {commit} would have {records} records and {bytes} bytes; the limits are 1000 and 4 MiB: \
         record further evidence on a later commit"
    )]
    NoteFull {
        /// The commit.
        commit: CommitId,
        /// Records it would have.
        records: usize,
        /// Bytes it would have.
        bytes: usize,
    },
    /// What the write rests on is not all there.
    #[error(
        "nothing is written in an incomplete clone: {0}; fetch the whole ledger (git fetch --unshallow, or a full clone)"
    )]
    Incomplete(String),
    /// The notes tree is not one that can be added to.
    #[error("the ledger's tree is damaged: {0}; git qms verify tells more")]
    Damaged(String),
    /// An object to be written over cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A reference cannot be read.
    #[error(transparent)]
    Ref(#[from] RefError),
    /// An object cannot be written.
    #[error("cannot write an object: {0}; is the disk full?")]
    Object(String),
    /// A git process failed.
    #[error(transparent)]
    Git(GitError),
}

/// How long a reference that something else holds is tried for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What git says when another process was in the way for a moment. A reference whose directory `git pack-refs` has
/// just removed "does not exist".
const PASSING: [&str; 5] = ["lock", "File exists", "unable to resolve", "No such file", "but expected"];

impl Locked<'_> {
    /// Where a reference points, now that nobody else of us moves it.
    pub fn tip(&self, reference: &str) -> Result<Option<CommitId>, RefError> {
        self.repository.ref_tip(reference)
    }

    /// Refuses unless the reference is where the caller believes.
    pub(super) fn expect_tip(&self, reference: &str, expected: Option<CommitId>) -> Result<(), WriteError> {
        let now = self.tip(reference)?;
        if now == expected { Ok(()) } else { Err(WriteError::Moved { reference: reference.to_owned(), now }) }
    }

    /// Adds a version to `refs/qms/trust`, whose tip is `expected`.
    pub fn write_trust(
        &self,
        bytes: &[u8],
        expected: Option<CommitId>,
        message: &str,
        time: UtcTime,
    ) -> Result<CommitId, WriteError> {
        self.expect_tip(TRUST, expected)?;
        self.repository.refuse_unless_whole(expected)?;
        let batch = Batch::new(self.repository);
        let tree = trust_tree(&batch, bytes)?;
        let parents: Vec<_> = expected.into_iter().collect();
        self.commit(batch, TRUST, tree, &parents, message, time)
    }

    /// Stores the commit of a first trust version. No reference holds it yet.
    pub fn write_first_trust(&self, bytes: &[u8], message: &str, time: UtcTime) -> Result<CommitId, WriteError> {
        let batch = Batch::new(self.repository);
        let tree = trust_tree(&batch, bytes)?;
        let id = self.add_commit(&batch, tree, &[], message, time)?;
        batch.store(self.repository)?;
        Ok(id)
    }

    /// Makes a commit, stores everything and moves the reference from the first parent to it.
    pub(super) fn commit(
        &self,
        batch: Batch,
        reference: &str,
        tree: ObjectId,
        parents: &[CommitId],
        message: &str,
        time: UtcTime,
    ) -> Result<CommitId, WriteError> {
        let id = self.add_commit(&batch, tree, parents, message, time)?;
        let _keep = batch.store(self.repository)?;
        self.update_ref(reference, &id.to_string(), parents.first().map(CommitId::to_string).as_deref(), message)?;
        Ok(id)
    }

    fn add_commit(
        &self,
        batch: &Batch,
        tree: ObjectId,
        parents: &[CommitId],
        message: &str,
        time: UtcTime,
    ) -> Result<CommitId, WriteError> {
        let (name, email) = self.repository.identity();
        let who = format!("{name} <{email}> {} +0000", time.seconds());
        let parent_lines = parents.iter().map(|parent| format!("parent {parent}\n")).collect::<Vec<_>>().concat();
        let message = message.trim_end().replace('\0', "");
        let text = format!("tree {tree}\n{parent_lines}author {who}\ncommitter {who}\n\n{message}\n");
        Ok(commit_id(&batch.add(Kind::Commit, text.as_bytes())?))
    }

    /// Moves a reference by compare-and-swap. `old` is none where it must not exist.
    ///
    /// Through git: gix reads packed references before it locks, and can lose an update while `git pack-refs` runs.
    pub(super) fn update_ref(
        &self,
        reference: &str,
        new: &str,
        old: Option<&str>,
        message: &str,
    ) -> Result<(), WriteError> {
        let message = message.lines().next().unwrap_or_default();
        self.move_ref(&["update-ref", "--create-reflog", "-m", message], reference, new, old)
    }

    /// As [`Self::update_ref`], and leaves no trace of where it was.
    pub(super) fn replace_ref(&self, reference: &str, new: &str, old: Option<&str>) -> Result<(), WriteError> {
        self.move_ref(&["-c", "core.logAllRefUpdates=false", "update-ref"], reference, new, old)
    }

    /// Moves several references together: all or none. `steps` are those of `git update-ref --stdin`.
    pub(super) fn update_refs(&self, steps: &str, message: &str) -> Result<(), WriteError> {
        let (name, email) = self.repository.identity();
        let (name, email) = (format!("user.name={name}"), format!("user.email={email}"));
        let settings = ["-c", name.as_str(), "-c", email.as_str(), "-c", "core.fsync=reference"];
        let args: Vec<&str> =
            settings.into_iter().chain(["update-ref", "--create-reflog", "-m", message, "--stdin"]).collect();
        self.repository.git.write(&args, Some(steps.as_bytes()))?.success()?;
        Ok(())
    }

    /// Takes a reference away, if it is where the caller believes.
    pub(super) fn delete_ref(&self, reference: &str, old: &str) -> Result<(), WriteError> {
        self.repository.git_as_committer(&["update-ref", "-d", reference, old])?.success()?;
        Ok(())
    }

    fn move_ref(&self, how: &[&str], reference: &str, new: &str, old: Option<&str>) -> Result<(), WriteError> {
        let zeros = "0".repeat(40);
        let settings = ["-c", "core.fsync=reference"].into_iter().chain(how.iter().copied());
        let args: Vec<&str> = settings.chain([reference, new, old.unwrap_or(&zeros)]).collect();
        let mut lock = RefLock::of(self.repository, reference);
        let mut started = Instant::now();
        loop {
            let output = self.repository.git_as_committer(&args)?;
            if output.is_success() {
                return Ok(());
            }
            let now = self.repository.target(reference)?.map(|id| id.to_string());
            if now.as_deref() == Some(new) {
                return Ok(());
            }
            if now.as_deref() != old {
                return Err(WriteError::Moved { reference: reference.to_owned(), now: self.tip(reference)? });
            }
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            if started.elapsed() > PATIENCE && lock.is_left_behind() {
                // Nobody of us writes meanwhile, and git holds a reference for milliseconds.
                lock.remove();
                (lock, started) = (RefLock::of(self.repository, reference), Instant::now());
                continue;
            }
            if started.elapsed() > PATIENCE || !PASSING.iter().any(|words| said.contains(words)) {
                return Err(output.failure().into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The tree that holds a trust version alone.
fn trust_tree(batch: &Batch, bytes: &[u8]) -> Result<ObjectId, WriteError> {
    let blob = batch.add(Kind::Blob, bytes)?;
    let tree = [b"100644 ", FILE.as_bytes(), b"\0", blob.as_bytes()].concat();
    batch.add(Kind::Tree, &tree)
}

impl Repository {
    /// As [`Locked::write_trust`], under a lock of its own.
    pub fn write_trust(
        &self,
        bytes: &[u8],
        expected: Option<CommitId>,
        message: &str,
        time: UtcTime,
    ) -> Result<CommitId, WriteError> {
        self.with_lock(|locked| locked.write_trust(bytes, expected, message, time))
    }

    fn git_as_committer(&self, args: &[&str]) -> Result<super::git::Output, GitError> {
        let (name, email) = self.identity();
        let identity = [format!("user.name={name}"), format!("user.email={email}")];
        let mut full: Vec<&str> = identity.iter().flat_map(|setting| ["-c", setting]).collect();
        full.extend(args);
        self.git.write(&full, None)
    }

    /// Who commits: `GIT_COMMITTER_*`, `user.*`, or the program itself where neither is set. Signatures say who it was.
    pub(super) fn identity(&self) -> (String, String) {
        let of = |variable: &str, key: &str, fallback: &str| {
            let value = std::env::var(variable).ok().or_else(|| self.config(key)).unwrap_or_default();
            let value: String = value.chars().filter(|c| !c.is_control() && !matches!(c, '<' | '>')).collect();
            let value = value.trim();
            if value.is_empty() { fallback.to_owned() } else { value.to_owned() }
        };
        let name = of("GIT_COMMITTER_NAME", "user.name", "git-qms");
        (name, of("GIT_COMMITTER_EMAIL", "user.email", "git-qms@localhost"))
    }

    /// Refuses when part of what `tip` contains is not in this clone: a write on it would look whole.
    pub(super) fn refuse_unless_whole(&self, tip: Option<CommitId>) -> Result<(), WriteError> {
        let Some(tip) = tip else { return Ok(()) };
        let mut reader = self.reader();
        let tip = object_id(tip.as_bytes())?;
        reader.node(&tip)?;
        if !self.conditions().shallow {
            return Ok(());
        }
        let missing = super::history::missing_commits(&mut reader, tip);
        missing.into_iter().next().map_or(Ok(()), |first| Err(WriteError::Incomplete(first)))
    }
}
