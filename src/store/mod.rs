//! Evidence in git: the ledger, trust, tags and files of a repository, read through gix and written with git.

mod append;
mod batch;
mod commit;
mod dirty;
mod evtag;
mod fanout;
mod git;
mod guard;
mod history;
mod ledger;
mod lock;
mod reader;
mod refs;
mod repository;
mod tags;
mod tree;
mod trust;
mod walk;
mod write;

pub use commit::{CommitInfo, Person, ResolveError};
pub use dirty::{Dirty, DirtyError, Reason};
pub use git::GitError;
pub use guard::{Conditions, OpenError, Warning};
pub use ledger::{LEDGER, Ledger};
pub use lock::{LockError, Locked};
pub use reader::{ReadError, Reader};
pub use refs::RefError;
pub use repository::{Repository, open};
pub use tags::{TagReadError, TagRecord};
pub use trust::{TRUST, TrustReadError};
pub use write::WriteError;
