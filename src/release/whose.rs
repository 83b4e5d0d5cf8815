//! Which project judges a tag, where one continues another.

use std::collections::HashSet;

use super::check::{ReleaseTag, releases};
use super::manifest::Manifest;
use super::message::Notes;
use super::tag::TagObject;
use crate::record::ids::TrustDigest;
use crate::verify::Ledger;

/// The tags that a ledger judges: those that its release records name, and those whose manifest `is_of` it.
pub fn judged_by(ledger: &Ledger, tags: &[ReleaseTag], is_of: &dyn Fn(Option<TrustDigest>) -> bool) -> Vec<ReleaseTag> {
    let bound: HashSet<&str> = releases(ledger).map(|(_, release)| release.tag.as_str()).collect();
    let judges = |tag: &&ReleaseTag| bound.contains(tag.name.as_str()) || is_of(project_of(tag));
    tags.iter().filter(judges).cloned().collect()
}

/// The project that a tag's manifest names, if it carries one that can be read.
fn project_of(tag: &ReleaseTag) -> Option<TrustDigest> {
    let (_, raw) = tag.object.as_ref()?;
    let notes = Notes::parse(&TagObject::parse(raw).ok()?.message).ok()?;
    Some(Manifest::parse(&notes.manifest).ok()?.0.project)
}
