//! Releases of this repository, from their tags.

use super::context::Context;
use super::error::{Error, Result};
use crate::record::TagName;
use crate::record::statement::Artifact;
use crate::release::{Manifest, Notes, TagObject};

/// What a release's manifest says, read from its tag. The tag has to be a release tag; whether it is in
/// order is for verification to say.
pub fn manifest_of(context: &Context, release: &TagName) -> Result<(Manifest, Vec<Artifact>)> {
    let notes = notes_of(context, release)?;
    Manifest::parse(&notes.manifest).map_err(|reason| malformed(release, &reason))
}

/// The notes of a release, likewise.
pub fn notes_of(context: &Context, release: &TagName) -> Result<Notes> {
    let raw = context.repo.tag(release)?.and_then(|tag| tag.annotated).ok_or_else(|| {
        Error::no(format!("there is no release {release}: refs/tags/{release} is no annotated tag here"))
            .hint("list releases with: git tag --list '*@*+*'; fetch them with: git qms sync --fetch-only")
    })?;
    let tag = TagObject::parse(&raw).map_err(|error| malformed(release, &error.to_string()))?;
    Notes::parse(&tag.message).map_err(|error| malformed(release, &error.to_string()))
}

fn malformed(release: &TagName, reason: &str) -> Error {
    Error::no(format!("tag {release} is no release: {reason}"))
}
