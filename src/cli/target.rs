//! What a command is about: a release, a record or a commit, however it was named.

use super::context::Context;
use super::error::{Error, Result};
use super::releases::manifest_of;
use crate::record::{Claim, Name, RecordId, TagName};
use crate::release::{Manifest, releases};
use crate::store::CommitInfo;
use crate::verify::Ledger;

/// What was named.
pub enum Target {
    /// A release, by its tag or its service.
    Release {
        /// The tag's name.
        tag: TagName,
        /// What its manifest says.
        manifest: Box<Manifest>,
        /// The released commit.
        commit: CommitInfo,
    },
    /// A record, by the beginning of its id.
    Record(RecordId),
    /// A commit, by any revision.
    Commit(CommitInfo),
}

impl Context {
    /// Finds out what `text` names; HEAD without one.
    pub fn target(&self, ledger: &Ledger, text: Option<&str>) -> Result<Target> {
        let Some(text) = text else { return Ok(Target::Commit(self.commit(None)?)) };
        if let Some(tag) = self.release_named(ledger, text)? {
            let (manifest, _) = manifest_of(self, &tag)?;
            let commit = self.commit_info(manifest.commit)?;
            return Ok(Target::Release { tag, manifest: Box::new(manifest), commit });
        }
        let hex = text.len() >= 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if hex {
            let mut found = ledger.outlines().map(|record| record.id).filter(|id| id.begins(text));
            match (found.next(), found.next()) {
                (Some(id), None) => return Ok(Target::Record(id)),
                (Some(_), Some(_)) => {
                    return Err(
                        Error::new(format!("{text} is the beginning of several record ids")).hint("give more digits")
                    );
                }
                _ => {}
            }
        }
        if text == "HEAD" {
            return Ok(Target::Commit(self.commit(None)?));
        }
        let commit = self.commit(Some(text)).map_err(|_| {
            Error::no(format!("{text:?} names no release, record or commit here"))
                .hint("releases: git tag --list '*@*+*'; records: git qms log; missing ones: git qms sync --fetch-only")
        })?;
        Ok(Target::Commit(commit))
    }

    /// The tag of a release: the tag itself, or the newest release of a service.
    fn release_named(&self, ledger: &Ledger, text: &str) -> Result<Option<TagName>> {
        let known = |record: &crate::record::Record| match &record.claim {
            Claim::Release(release) => Some(release.tag.clone()),
            _ => None,
        };
        if let Ok(tag) = text.parse::<TagName>() {
            if releases(ledger).any(|(_, release)| release.tag == tag) {
                return Ok(Some(tag));
            }
            // A tag that looks like a release but has no record is still worth showing with its findings.
            if text.contains('@') && self.repo.tag(&tag)?.is_some_and(|tag| tag.annotated.is_some()) {
                return Ok(Some(tag));
            }
        }
        let Ok(service) = text.parse::<Name>() else { return Ok(None) };
        let newest = releases(ledger).filter(|(record, _)| record.header.service.as_ref() == Some(&service)).last();
        Ok(newest.and_then(|(record, _)| known(record)))
    }
}
