//! What a word names, and what leads to it or from it that is found only when it is asked for.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::context::Context;
use crate::cli::error::{Error, Result};
use crate::cli::target::Target;
use crate::question::{Node, Tracer};
use crate::record::{Claim, CommitId, FileDigest, Kind, TagName};
use crate::release::releases;
use crate::verify::Ledger;

/// In this order a release, a record, an incident or defect, a change, a requirement, a member, an artifact by digest or name, an
/// attached file by digest, a file of the tree, a commit.
pub(super) fn named(context: &Context, ledger: &Ledger, tracer: &mut Tracer<'_>, text: &str) -> Result<Option<Node>> {
    let target = context.target(ledger, Some(text));
    match target {
        Ok(Target::Release { tag, .. }) => return Ok(Some(Node::Release(tag))),
        Ok(Target::Record(id)) => {
            return Ok(Some(match ledger.record(id).map(|record| (&record.claim, &record.header.kind)) {
                Some((Claim::Incident(one), kind)) => Node::Case(*kind, one.id.folded()),
                Some((Claim::Defect(one), kind)) => Node::Case(*kind, one.id.folded()),
                Some((Claim::Release(one), _)) => Node::Release(one.tag.clone()),
                _ => Node::Record(id),
            }));
        }
        _ => {}
    }
    let folded = text.to_ascii_lowercase();
    let mut all = vec![
        Node::Case(Kind::Incident, folded.clone()),
        Node::Case(Kind::Defect, folded.clone()),
        Node::Change(folded),
    ];
    all.extend(text.parse().ok().map(Node::Requirement));
    all.extend(text.parse().ok().map(Node::Person));
    if let Some(node) = all.into_iter().find(|node| tracer.has(node)) {
        return Ok(Some(node));
    }
    let artifacts = ledger.outlines().flat_map(|record| record.names().artifacts);
    if let Some(digest) = digest(text, artifacts)? {
        return Ok(Some(Node::Artifact(digest)));
    }
    // By its digest alone: many files have the same name.
    let attached = ledger.outlines().flat_map(|record| record.names().files);
    if let Some(digest) = digest(text, attached.map(|file| ("", file)))? {
        for record in ledger.outlines().filter(|record| record.names().files.contains(&digest)) {
            tracer.link(Node::Attachment(digest), Node::Record(record.id));
        }
        return Ok(Some(Node::Attachment(digest)));
    }
    if let Ok(Target::Commit(commit)) = target {
        contained(context, ledger, tracer, &[commit.id])?;
        return Ok(Some(Node::Commit(commit.id)));
    }
    let head = context.commit(None)?;
    let changed = context.repo.commits_changing(&head.id, text)?;
    if changed.is_empty() {
        return Ok(None);
    }
    for commit in &changed {
        tracer.link(Node::File(text.to_owned()), Node::Commit(*commit));
    }
    contained(context, ledger, tracer, &changed)?;
    Ok(Some(Node::File(text.to_owned())))
}

/// The file of this name, or whose digest begins so.
fn digest<'a>(text: &str, files: impl Iterator<Item = (&'a str, FileDigest)>) -> Result<Option<FileDigest>> {
    let hex = text.strip_prefix("sha256:").unwrap_or(text).to_ascii_lowercase();
    let is_hex = (12..=64).contains(&hex.len()) && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_it = |name: &str, digest: FileDigest| (name == text && !name.is_empty()) || (is_hex && digest.begins(&hex));
    let found: BTreeSet<FileDigest> =
        files.filter(|(name, digest)| is_it(name, *digest)).map(|(_, digest)| digest).collect();
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (one, None) => Ok(one),
        (Some(one), Some(other)) => Err(Error::new(format!("{text:?} names several files"))
            .detail(format!("sha256:{one}"))
            .detail(format!("sha256:{other}"))
            .hint("name it by 12 or more digits of its SHA-256")),
        (None, _) => Ok(None),
    }
}

/// A commit leads to the first release of each service that contains it.
fn contained(context: &Context, ledger: &Ledger, tracer: &mut Tracer<'_>, commits: &[CommitId]) -> Result<()> {
    let mut by_service: BTreeMap<_, Vec<(CommitId, &TagName)>> = BTreeMap::new();
    for (record, release) in releases(ledger) {
        by_service.entry(&record.header.service).or_default().push((record.commit, &release.tag));
    }
    for all in by_service.into_values() {
        let heads: Vec<CommitId> = all.iter().map(|(commit, _)| *commit).collect();
        let first = context.repo.first_containing(&heads)?;
        for commit in commits {
            if let Some((_, tag)) = first.get(commit).and_then(|place| all.get(*place)) {
                tracer.link(Node::Commit(*commit), Node::Release((*tag).clone()));
            }
        }
    }
    Ok(())
}
