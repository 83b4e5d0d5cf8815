//! Releases of this repository, from their tags.

use super::context::Context;
use super::error::{Error, Result};
use crate::record::TagName;
use crate::record::statement::Artifact;
use crate::release::{Manifest, Notes, TagObject};

/// What a release's manifest says, read from its tag. The tag has to be a release tag; whether it is in
/// order is for verification to say.
pub fn manifest_of(context: &Context, release: &TagName) -> Result<(Manifest, Vec<Artifact>)> {
    let raw = context.repo.tag(release)?.and_then(|tag| tag.annotated).ok_or_else(|| {
        Error::no(format!("there is no release {release}: refs/tags/{release} is no annotated tag here"))
            .hint("list releases with: git tag --list '*@*+*'; fetch them with: git qms sync --fetch-only")
    })?;
    let malformed = |reason: String| Error::no(format!("tag {release} is no release: {reason}"));
    let tag = TagObject::parse(&raw).map_err(|error| malformed(error.to_string()))?;
    let notes = Notes::parse(&tag.message).map_err(|error| malformed(error.to_string()))?;
    Manifest::parse(&notes.manifest).map_err(malformed)
}
