//! Git-EVTag-v0-SHA512: one strong digest over everything a commit holds.
//!
//! Source: <https://github.com/cgwalters/git-evtag>. Each object enters with its header, `type SP size NUL`: the commit, then
//! its tree, then depth first what each tree holds, in tree order. It would go into submodules; those are left out here.

use gix::hash::ObjectId;
use gix::objs::Kind;
use sha2::{Digest as _, Sha512};

use super::reader::{ReadError, Reader, object_id};
use super::repository::Repository;
use crate::record::ids::CommitId;

impl Repository {
    /// The digest in lower-case hex; none when the tree holds a submodule, whose objects are not in this repository.
    pub fn evtag(&self, commit: &CommitId) -> Result<Option<String>, ReadError> {
        let mut reader = self.reader();
        let id = object_id(commit.as_bytes())?;
        let mut digest = Sha512::new();
        let tree = reader.node(&id)?.tree;
        update(&mut digest, &mut reader, Kind::Commit, &id)?;
        let mut open = vec![(Kind::Tree, tree)];
        while let Some((kind, id)) = open.pop() {
            update(&mut digest, &mut reader, kind, &id)?;
            if kind != Kind::Tree {
                continue;
            }
            for entry in reader.tree(&id)?.iter().rev() {
                if entry.mode.is_commit() {
                    return Ok(None);
                }
                open.push((if entry.mode.is_tree() { Kind::Tree } else { Kind::Blob }, entry.id));
            }
        }
        Ok(Some(digest.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))))
    }
}

fn update(digest: &mut Sha512, reader: &mut Reader, kind: Kind, id: &ObjectId) -> Result<(), ReadError> {
    let data = reader.find(kind, id)?;
    digest.update(format!("{kind} {}\0", data.len()));
    digest.update(data);
    Ok(())
}
