//! Files leave the set, here and in what is remembered of remotes, so that `git gc --prune=now` takes their bytes.

use std::collections::BTreeSet;

use super::FILES;
use super::write::unreadable;
use crate::record::ids::{CommitId, FileDigest};
use crate::store::batch::Batch;
use crate::store::lock::Locked;
use crate::store::reader::commit_id;
use crate::store::write::WriteError;

/// What is remembered of every remote.
const REMOTES: &str = "refs/qms/remotes/";

impl Locked<'_> {
    /// Takes files out of `refs/qms/files`, and forgets what remotes were seen to have where that holds one of them. Says
    /// how many were there.
    pub fn expunge_files(&self, expunged: &BTreeSet<FileDigest>) -> Result<usize, WriteError> {
        if expunged.is_empty() {
            return Ok(0);
        }
        for tip in self.repository.tips_below(REMOTES)? {
            if tip.name.ends_with("/files") && self.holds(&commit_id(&tip.target), expunged)? {
                self.delete_ref(&tip.name, &tip.target.to_string())?;
            }
        }
        let Some(tip) = self.tip(FILES)? else { return Ok(0) };
        let mut files = self.repository.files_at(Some(tip)).map_err(unreadable)?;
        let before = files.blobs.len();
        files.blobs.retain(|digest, _| !expunged.contains(digest));
        let gone = before - files.blobs.len();
        if gone > 0 {
            self.write_files(Batch::new(self.repository), &files)?;
        }
        Ok(gone)
    }

    fn holds(&self, files: &CommitId, expunged: &BTreeSet<FileDigest>) -> Result<bool, WriteError> {
        let files = self.repository.files_at(Some(*files)).map_err(unreadable)?;
        Ok(expunged.iter().any(|digest| files.contains(digest)))
    }
}
