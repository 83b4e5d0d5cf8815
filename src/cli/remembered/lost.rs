//! Records that were verified once and that neither the index nor git has any more: whatever a command said without them,
//! it could not tell.

use std::sync::{Arc, Mutex, PoisonError};

use crate::cli::error::{Error, Result};
use crate::verify::{Counts, Ledger};

/// What a command found lost.
#[derive(Debug, Clone, Default)]
pub struct Lost(Arc<Mutex<Option<Error>>>);

impl Lost {
    /// What was found lost since this was asked last.
    pub fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The ledger, read anew from git. Where it cannot be, or has other records than were verified, that is told in the end.
    pub(super) fn or_told(&self, ledger: Result<Ledger>, counts: Counts) -> Option<Ledger> {
        let (found, error) = match ledger {
            Ok(ledger) if ledger.counts() == counts => return Some(ledger),
            Ok(ledger) => {
                let (then, now) = (counts.valid, ledger.counts().valid);
                (Some(ledger), Error::new(format!("of {then} records that were verified, {now} can be read")))
            }
            Err(error) => (None, error),
        };
        let told = Error::new("the index remembers a ledger whose records neither it nor git has any more")
            .detail(error.to_string())
            .hint("see what is damaged: git fsck, git qms verify --strict; take it from another clone: git qms sync --fetch-only");
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(told);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::error::Exit;

    #[test]
    fn records_that_nothing_has_any_more_are_an_error_and_no_silence() {
        let lost = Lost::default();
        let found = lost.or_told(Err(Error::new("blob 1234 is not in this clone")), Counts::default());
        assert!(found.is_none());
        let told = lost.take().expect("an error");
        assert_eq!(told.exit(), Exit::CouldNotTell);
        assert!(told.next_step().is_some_and(|step| step.contains("git qms verify --strict")));
        assert!(lost.take().is_none(), "once");
    }
}
