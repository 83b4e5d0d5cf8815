//! Commits as the rest of the program needs them.

use std::fmt::Display;

use gix::bstr::ByteSlice as _;
use gix::hash::{Kind as HashKind, ObjectId, oid};
use gix::objs::{CommitRef, Kind, TagRef};

use super::git::GitError;
use super::reader::{ReadError, Reader, commit_id, object_id, tree_id};
use super::repository::Repository;
use crate::record::UtcTime;
use crate::record::ids::{CommitId, TreeId};

/// A commit, taken apart. Names and addresses are claims of who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitInfo {
    /// Its id.
    pub id: CommitId,
    /// Its tree.
    pub tree: TreeId,
    /// Its parents, the first one first.
    pub parents: Vec<CommitId>,
    /// Who wrote the change.
    pub author: Person,
    /// Who made the commit.
    pub committer: Person,
    /// The message, subject first.
    pub message: String,
    /// Addresses in lines of the message that begin with `Co-authored-by:`, wherever they stand.
    pub co_authors: Vec<String>,
    /// Whether it carries a signature; not whether that is good.
    pub signed: bool,
}

/// Who did something to a commit, and when, by their own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name; bytes that are not UTF-8 are replaced.
    pub name: String,
    /// The e-mail address, without brackets.
    pub email: String,
    /// When.
    pub time: UtcTime,
}

/// Why a revision names no commit.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// It could be taken for an option.
    #[error("revision {0:?} begins with a dash: name a commit, branch or tag")]
    Dash(String),
    /// git does not know it.
    #[error("revision {revision:?} names no commit: {reason}")]
    Unknown {
        /// As given.
        revision: String,
        /// What git said.
        reason: String,
    },
    /// git could not be asked.
    #[error(transparent)]
    Git(#[from] GitError),
}

impl Repository {
    /// The commit that a revision names; anything `git rev-parse` takes.
    pub fn resolve(&self, revision: &str) -> Result<CommitId, ResolveError> {
        if revision.starts_with('-') {
            return Err(ResolveError::Dash(revision.to_owned()));
        }
        let unknown = |reason| ResolveError::Unknown { revision: revision.to_owned(), reason };
        if revision.contains('\0') {
            return Err(unknown("it holds a NUL".to_owned()));
        }
        // Peeling is done here: in `:/text` every character belongs to the text.
        let output = self.git.read(&["rev-parse", "--verify", "--end-of-options", revision])?;
        if !output.is_success() {
            let said = super::git::escaped(&output.stderr);
            // What git says of every name that it does not know tells nobody anything.
            let is_plain = said.contains("Needed a single revision");
            return Err(unknown(if is_plain { "git knows no such branch, tag or commit".to_owned() } else { said }));
        }
        let text = output.stdout.to_str_lossy();
        let id = ObjectId::from_hex(text.trim().as_bytes()).map_err(|_| unknown(format!("git answered {text:?}")))?;
        match self.reader().peeled(&id) {
            Ok((Kind::Commit, id)) => Ok(commit_id(&id)),
            Ok((kind, _)) => Err(unknown(format!("it is a {kind}"))),
            Err(error) => Err(unknown(error.to_string())),
        }
    }

    /// Reads one commit.
    pub fn commit(&self, id: &CommitId) -> Result<CommitInfo, ReadError> {
        self.reader().commit(id)
    }
}

impl Reader {
    /// Reads one commit.
    pub fn commit(&mut self, id: &CommitId) -> Result<CommitInfo, ReadError> {
        let data = self.find(Kind::Commit, &object_id(id.as_bytes())?)?;
        let malformed = |error: gix::Error| malformed("commit", id, &error.to_string());
        let commit = CommitRef::from_bytes(data, HashKind::Sha1).map_err(malformed)?;
        let person = |raw: gix::actor::SignatureRef<'_>| Person {
            name: raw.name.trim().to_str_lossy().into_owned(),
            email: raw.email.trim().to_str_lossy().into_owned(),
            time: UtcTime::from_seconds(raw.seconds()),
        };
        let message = commit.message.to_str_lossy().into_owned();
        Ok(CommitInfo {
            id: *id,
            tree: tree_id(&commit.tree()),
            parents: commit.parents().map(|parent| commit_id(&parent)).collect(),
            author: person(commit.author().map_err(malformed)?),
            committer: person(commit.committer().map_err(malformed)?),
            co_authors: co_authors(&message),
            signed: commit.extra_headers.iter().any(|(name, _)| name.starts_with(b"gpgsig")),
            message,
        })
    }

    /// The tree and parents alone.
    pub(super) fn node(&mut self, id: &oid) -> Result<Node, ReadError> {
        let data = self.find(Kind::Commit, id)?;
        let commit =
            CommitRef::from_bytes(data, HashKind::Sha1).map_err(|error| malformed("commit", id, &error.to_string()))?;
        Ok(Node {
            tree: commit.tree(),
            parents: commit.parents().collect(),
            time: commit.committer().map_or(0, |committer| committer.seconds()),
        })
    }

    /// The object that a chain of tag objects ends at.
    pub(super) fn peeled(&mut self, id: &oid) -> Result<(Kind, ObjectId), ReadError> {
        let mut id = id.to_owned();
        // git itself has no limit; a longer chain is nobody's release.
        for _ in 0..16 {
            let (kind, data) = self.any("object", &id)?;
            if kind != Kind::Tag {
                return Ok((kind, id));
            }
            id = TagRef::from_bytes(data, HashKind::Sha1)
                .map_err(|error| malformed("tag object", id, &error.to_string()))?
                .target();
        }
        Err(malformed("tag object", id, "is one of more than 16 that point at each other"))
    }
}

/// A commit's place in history.
pub(super) struct Node {
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
    /// The committer's claim; good for ordering work, never for judging.
    pub(super) time: i64,
}

pub(super) fn malformed(what: &'static str, id: impl Display, reason: &str) -> ReadError {
    ReadError::Malformed { what, id: id.to_string(), reason: reason.to_owned() }
}

/// git's own trailer rules would miss a line above the last paragraph; who is named anywhere took part.
fn co_authors(message: &str) -> Vec<String> {
    const KEY: &str = "co-authored-by:";
    let is_named = |line: &&str| line.get(..KEY.len()).is_some_and(|key| key.eq_ignore_ascii_case(KEY));
    let lines = message.lines().map(str::trim).filter(is_named);
    lines
        .map(|line| {
            let rest = line[KEY.len()..].trim();
            let address = rest.rsplit_once('<').map_or(rest, |(_, address)| address);
            address.trim_end_matches('>').trim().to_owned()
        })
        .filter(|address| !address.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::co_authors;

    #[test]
    fn co_authors_are_found_in_any_case_and_paragraph() {
        let message = "Subject\n\nCo-authored-by: Ada <ada@example.com>\n\nmore\n\nCO-AUTHORED-BY: g@example.com\nSigned-off-by: x <x@y>\n";
        assert_eq!(co_authors(message), ["ada@example.com", "g@example.com"]);
    }
}
