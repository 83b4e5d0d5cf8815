//! A repository that git-qms does not open: nothing else can be looked at then.

use std::path::Path;

use super::{Check, Found, Health, Patient, ill};
use crate::cli::error::{Error, Result};
use crate::store::{self, OpenError};

/// Not in the table: that is gone through once a repository is open.
static CHECK: Check = Check { name: "repository", why: "what is not opened cannot be looked at", look, mend: None };

/// The table asks for it; whoever has a patient has opened it.
#[expect(clippy::unnecessary_wraps, reason = "each check has the form that the table asks for")]
fn look(patient: &Patient) -> Result<Health> {
    Ok(Health::Well(patient.context.repo.git_dir().display().to_string()))
}

/// Why it is not opened; an error where there is none to open.
pub(super) fn closed() -> Result<Option<Found>> {
    let error = match store::open(Path::new(".")) {
        Ok(_) => return Ok(None),
        Err(error @ OpenError::NotFound { .. }) => return Err(Error::from(error)),
        Err(error) => error,
    };
    let next = match &error {
        OpenError::Untrusted { path } => format!(
            "look whose it is: ls -ld {0}; if you trust whoever can write there: git config --global --add safe.directory {0}",
            path.display()
        ),
        OpenError::Config { path, .. } => {
            format!("git config --file {} --list shows what git makes of it", path.display())
        }
        OpenError::Version { .. } | OpenError::Extension { .. } => {
            "a newer git-qms; git qms --version says which this is".to_owned()
        }
        OpenError::ObjectFormat { .. } => "git-qms is of use in a repository of SHA-1 objects only".to_owned(),
        OpenError::RefStorage { .. } => "git refs migrate --ref-format=files".to_owned(),
        OpenError::Damaged { .. } | OpenError::NotFound { .. } => "git fsck".to_owned(),
    };
    Ok(Some(Found { check: &CHECK, health: ill(error.to_string(), next), mended: None }))
}
