//! What a commit brings that those before it did not, and whether two commits are one change.

use std::collections::HashSet;

use super::git::{GitError, Output};
use super::reader::{ReadError, commit_id, object_id};
use super::repository::Repository;
use crate::record::ids::CommitId;

impl Repository {
    /// What a commit contains, itself too, that is not among `seen`; it is added there. The order is that of the walk.
    pub fn newly_contained(&self, commit: &CommitId, seen: &mut HashSet<CommitId>) -> Result<Vec<CommitId>, ReadError> {
        let mut reader = self.reader();
        let mut new = Vec::new();
        let mut waiting = vec![*commit];
        while let Some(id) = waiting.pop() {
            if !seen.insert(id) {
                continue;
            }
            new.push(id);
            waiting.extend(reader.node(&object_id(id.as_bytes())?)?.parents.iter().map(|id| commit_id(id)));
        }
        Ok(new)
    }

    /// What a commit changes, as one id for whatever commit changes just that; none where it changes nothing.
    pub fn patch_id(&self, commit: &CommitId) -> Result<Option<String>, GitError> {
        let id = commit.to_string();
        // No configuration of the repository may run a program, or change what a difference looks like.
        let plain = ["--no-ext-diff", "--no-textconv", "--no-renames", "--no-color"];
        let args = [&["diff-tree", "-p", "--root", "--full-index"][..], &plain, &[&id]].concat();
        let difference = self.git.read(&args).and_then(Output::success)?;
        let said = self.git.write(&["patch-id", "--stable"], Some(&difference)).and_then(Output::success)?;
        Ok(String::from_utf8_lossy(&said).split_whitespace().next().map(str::to_owned))
    }
}
