//! Evidence in git: the ledger, trust, tags and files of a repository, read through gix and written with git.

mod commit;
mod fanout;
mod git;
mod guard;
mod history;
mod ledger;
mod reader;
mod refs;
mod repository;
mod tree;
mod trust;
mod walk;

pub use commit::{CommitInfo, Person, ResolveError};
pub use git::GitError;
pub use guard::{Conditions, OpenError, Warning};
pub use ledger::{LEDGER, Ledger};
pub use reader::{ReadError, Reader};
pub use refs::RefError;
pub use repository::{Repository, open};
pub use trust::{TRUST, TrustReadError};
