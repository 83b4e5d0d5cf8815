//! Every release tag, held against the project that it is of.

use std::collections::HashSet;

use crate::cli::archive::Archives;
use crate::cli::context::{Context, Tips};
use crate::cli::error::Result;
use crate::record::TrustDigest;
use crate::release::check::TreeDigest;
use crate::release::{ReleaseTag, check_releases, judged_by};
use crate::store::{ReadError, TagReadError, TagRecord};
use crate::trust::Chain;
use crate::verify::{Code, Finding, Ledger, Severity, Unreadable};

impl Context {
    /// What is wrong with release tags; and whether all of them could be read.
    pub(super) fn check_releases(
        &self,
        ledger: &Ledger,
        archives: &mut Archives,
        tips: &Tips,
        trees: bool,
    ) -> Result<(Vec<Finding>, bool)> {
        // Whatever a release relies on is looked up: read at once, that takes less than one by one.
        ledger.records();
        let (mut tags, unreadable) = self.tags()?;
        tags.retain(|tag| !tips.tags.iter().any(|other| other.name == tag.name));
        tags.extend(tips.tags.iter().cloned());
        let digest = |commit| self.repo.evtag(&commit).map_err(Unreadable::from);
        let is_unread = |finding: &Finding| unreadable.iter().any(|unread| unread.git_ref == finding.git_ref);
        let digest: Option<TreeDigest<'_>> = if trees { Some(&digest) } else { None };
        let mut findings = check_all(ledger, archives, &tags, digest);
        // A tag that is there and cannot be read is not called deleted.
        findings.retain(|finding| finding.code != Code::TagMissing || !is_unread(finding));
        let is_read = unreadable.is_empty();
        findings.extend(unreadable);
        Ok((findings, is_read))
    }

    /// Every tag, and what could not be read of them.
    pub fn tags(&self) -> Result<(Vec<ReleaseTag>, Vec<Finding>)> {
        let (mut tags, mut findings) = (Vec::new(), Vec::new());
        for tag in self.repo.tags()? {
            match tag {
                Ok(TagRecord { name, target, annotated, .. }) => {
                    tags.push(ReleaseTag { name, object: annotated.map(|raw| (target, raw)) });
                }
                Err(error) => findings.push(unreadable(&error)),
            }
        }
        Ok((tags, findings))
    }
}

/// Holds each tag against the project that it is of.
fn check_all(
    ledger: &Ledger,
    archives: &mut Archives,
    tags: &[ReleaseTag],
    digest: Option<TreeDigest<'_>>,
) -> Vec<Finding> {
    let mut later = Some(ledger.chain());
    let mut before: HashSet<TrustDigest> = HashSet::new();
    for next in archives.found.iter().map(|archive| archive.ledger.chain()) {
        before.extend(later.and_then(Chain::continues).map(|continues| continues.project));
        later = Some(next);
    }
    before.extend(later.and_then(Chain::continues).map(|continues| continues.project));
    let own = judged_by(ledger, tags, &|named| named.is_none_or(|named| !before.contains(&named)));
    let mut findings = check_releases(ledger, &own, digest);
    // Behind a project that cannot be read there may be another one.
    let of_unknown = findings.iter_mut().filter(|finding| archives.is_cut && finding.code == Code::TagUnrecorded);
    of_unknown.for_each(|finding| finding.severity = Severity::Incomplete);
    for archive in &mut archives.found {
        let project = archive.continues.project;
        let theirs = judged_by(&archive.ledger, tags, &|named| named == Some(project));
        findings.extend(check_releases(&archive.ledger, &theirs, digest));
        archive.releases = crate::release::releases(&archive.ledger).count();
    }
    findings
}

/// A tag that cannot be read: absent objects are incomplete, others than promised are wrong.
fn unreadable(error: &TagReadError) -> Finding {
    match error {
        TagReadError::Object { name, source } => {
            let code =
                if matches!(source, ReadError::Missing { .. }) { Code::ObjectMissing } else { Code::ObjectWrong };
            Finding::new(code, error.to_string()).at_ref(format!("refs/tags/{name}"))
        }
        TagReadError::Ref(_) => Finding::new(Code::ObjectMissing, error.to_string()),
    }
}
