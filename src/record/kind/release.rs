//! Release: names a release tag's object, for ever.

use serde::{Deserialize, Serialize};

use super::{Predicate, Stage};
use crate::record::ids::{FileDigest, TagId};
use crate::record::name::TagName;

/// Binds a tag name to one tag object; the header carries the name as `release`, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The tag's name below `refs/tags/`.
    pub tag: TagName,
    /// The annotated tag object.
    pub object: TagId,
    /// SHA-256 of the manifest's bytes in the tag message.
    pub manifest: FileDigest,
}

impl Predicate for Release {
    const TYPE: &'static str = "urn:git-qms:release:v1";
    const STAGE: Option<Stage> = Some(Stage::Approve);

    fn summary(&self) -> String {
        format!("released as {}", self.tag)
    }
}
