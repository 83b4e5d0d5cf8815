//! What the range of a release changes, as the tiers of the catalog need it.

use super::context::Context;
use crate::policy::{Changes, Policy, Service};
use crate::record::CommitId;
use crate::store::ReadError;

impl Context {
    /// From `base`, or from the beginning, to `commit`, in the files of the service. Where it cannot be read whole, it is
    /// not known.
    pub fn changes(
        &self,
        policy: &Policy,
        service: Option<&Service>,
        base: Option<&CommitId>,
        commit: &CommitId,
    ) -> Changes {
        if policy.tiers.all.is_empty() {
            return Changes::Known { paths: Vec::new(), lines: 0 };
        }
        let read = || -> Result<Changes, ReadError> {
            let paths = self.repo.changed_paths(base, commit)?;
            let is_its = |path: &str| service.is_none_or(|service| service.is_made_of(path));
            let lines = match policy.tiers.lines_asked() {
                // One more than is asked about says that it is over.
                Some(most) => self.repo.changed_lines(base, commit, &is_its, most + 1)?,
                None => 0,
            };
            Ok(Changes::Known { paths: paths.into_iter().filter(|path| is_its(path)).collect(), lines })
        };
        read().unwrap_or_else(|error| Changes::Unknown(error.to_string()))
    }

    /// Whether a commit changes anything in the files of the service, compared with its first parent.
    pub fn concerns(
        &self,
        service: Option<&Service>,
        parent: Option<&CommitId>,
        commit: &CommitId,
    ) -> Result<bool, ReadError> {
        let Some(service) = service.filter(|service| !service.paths.is_empty()) else { return Ok(true) };
        Ok(self.repo.changed_paths(parent, commit)?.iter().any(|path| service.is_made_of(path)))
    }
}
