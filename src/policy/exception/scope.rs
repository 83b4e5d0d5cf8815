//! What an exception is for: exactly what it names.

use super::Asked;
use crate::policy::evidence::Standing;
use crate::policy::glob::Glob;
use crate::record::Name;
use crate::record::kind::exception::Reach;

impl Asked<'_> {
    /// Whether its scope is this control and what is judged.
    ///
    /// Service and environment are those asked about, and absent is absent. Release, change and paths narrow where they
    /// are named. The reach says which commits, and none of them is more than the record says.
    pub fn covers(&self, control: &Name, standing: &Standing<'_>) -> bool {
        let (header, subject) = (&self.record.header, standing.subject);
        self.claim.control == *control
            && header.service == subject.service
            && header.environment == subject.environment
            && header.release.as_ref().is_none_or(|release| subject.release.as_ref() == Some(release))
            && header.change.as_ref().is_none_or(|change| standing.is_change(change))
            && self.reaches(standing)
            && self.is_within_paths(standing)
    }

    fn reaches(&self, standing: &Standing<'_>) -> bool {
        let (header, subject) = (&self.record.header, standing.subject);
        match self.claim.reach {
            Reach::Commit if self.record.commit == subject.commit => !self.record.seal().orphaned,
            // By tree only for the same change, or a reverted tree would revive what was let go long ago.
            Reach::Commit => {
                header.tree == subject.tree && header.change.as_ref().is_some_and(|change| standing.is_change(change))
            }
            Reach::Range => {
                let out = standing.lineage.range.iter().map(|commit| commit.id);
                out.chain([subject.commit]).all(|commit| self.claim.commits.contains(&commit))
            }
            // What names no place at all is for none.
            Reach::Service => header.service.is_some(),
        }
    }

    /// Whether everything that the range changes lies within its paths; what is not known lies nowhere.
    fn is_within_paths(&self, standing: &Standing<'_>) -> bool {
        if self.claim.paths.is_empty() {
            return true;
        }
        let patterns: Result<Vec<Glob>, _> = self.claim.paths.iter().map(|path| path.parse()).collect();
        let (Ok(patterns), Some(changed)) = (patterns, &standing.subject.changed) else { return false };
        let within = |path: &String| patterns.iter().any(|pattern| pattern.matches(path));
        !changed.is_empty() && changed.iter().all(within)
    }
}
