//! What an audit is made from, read from git: catalogs, manifests, and the commits of the release branch.

use std::collections::HashSet;

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::Result;
use crate::policy::{self, Policy, Service};
use crate::question::Filter;
use crate::record::{Claim, CommitId, FileDigest, Kind, Name, RecordId, TagName};
use crate::release::{Manifest, TagObject, contents, releases};
use crate::report::audit::{Audit, Sources, UnreleasedCommit};
use crate::report::timing::Deadlines;
use crate::store::CommitInfo;
use crate::verify::{Ledger, files};

/// Everything that was read.
pub(super) struct Gathered {
    pub(super) policy: Option<Policy>,
    pub(super) deadlines: Deadlines,
    pub(super) manifests: Vec<Manifest>,
    unread: Vec<TagName>,
    catalogs: Vec<(RecordId, Option<Policy>)>,
    commits: Vec<UnreleasedCommit>,
}

/// A file that no part of this repository holds.
#[derive(Serialize)]
pub(super) struct ElsewhereJson {
    pub(super) sha256: FileDigest,
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uri: Option<String>,
    pub(super) record: RecordId,
}

/// The files that records name and that are kept elsewhere.
pub(super) fn elsewhere(ledger: &Ledger) -> Vec<ElsewhereJson> {
    let (_, elsewhere) = files::named(ledger);
    let json = |(sha256, named): (FileDigest, files::Named<'_>)| ElsewhereJson {
        sha256,
        name: named.file.name.clone(),
        uri: named.file.uri.clone(),
        record: named.record,
    };
    elsewhere.into_iter().map(json).collect()
}

/// Reads it.
pub(super) fn all(context: &Context, ledger: &Ledger, branch: Option<&str>, within: &Filter) -> Result<Gathered> {
    let tip = context.commit(branch)?;
    let policy = context.policy(ledger, &tip, context.at).ok();
    let (manifests, unread) = manifests(context, ledger)?;
    let services: Vec<&Service> = policy.iter().flat_map(|policy| &policy.services).collect();
    let services = services.into_iter().filter(|one| within.service.as_ref().is_none_or(|name| *name == one.name));
    let services: Vec<&Service> = services.collect();
    let commits = unreleased(context, ledger, &tip, policy.as_ref(), &services)?;
    let is_within = |commit: &UnreleasedCommit| {
        within.since.is_none_or(|since| since <= commit.made)
            && within.until.is_none_or(|until| commit.made < until)
            && commit.made <= context.at
    };
    Ok(Gathered {
        deadlines: context.deadlines(ledger),
        catalogs: catalogs(context, ledger),
        commits: commits.into_iter().filter(is_within).collect(),
        manifests,
        unread,
        policy,
    })
}

impl Gathered {
    /// Answers from it.
    pub(super) fn audit(&self, context: &Context, ledger: &Ledger, within: &Filter) -> Audit {
        let author = |commit| context.commit_info(commit).ok().map(|info: CommitInfo| person(&info));
        Audit::of(&Sources {
            ledger,
            policy: self.policy.as_ref(),
            catalogs: &self.catalogs,
            manifests: &self.manifests,
            unread: &self.unread,
            commits: self.commits.clone(),
            within,
            deadlines: &self.deadlines,
            author: &author,
            at: context.at,
        })
    }

    /// The manifest of a release.
    pub(super) fn manifest(&self, tag: &TagName) -> Option<&Manifest> {
        self.manifests.iter().find(|manifest| manifest.tag == *tag)
    }
}

fn person(info: &CommitInfo) -> String {
    format!("{} <{}>", info.author.name, info.author.email)
}

/// The manifest of every release of the ledger, each tag read once; and the releases of which it cannot be read.
fn manifests(context: &Context, ledger: &Ledger) -> Result<(Vec<Manifest>, Vec<TagName>)> {
    let (tags, _) = context.tags()?;
    let by_name: std::collections::HashMap<&str, _> = tags.iter().map(|tag| (tag.name.as_str(), tag)).collect();
    let (mut manifests, mut unread) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for (record, release) in releases(ledger).filter(|(record, _)| record.header.recorded <= context.at) {
        if !seen.insert(record.id) {
            continue;
        }
        let raw = by_name.get(release.tag.as_str()).and_then(|tag| tag.object.as_ref());
        let read = raw.and_then(|(_, raw)| contents(&TagObject::parse(raw).ok()?, release).ok());
        match read {
            Some((_, manifest)) => manifests.push(manifest),
            None => unread.push(release.tag.clone()),
        }
    }
    Ok((manifests, unread))
}

/// Every ratified catalog in the order of the ledger.
fn catalogs(context: &Context, ledger: &Ledger) -> Vec<(RecordId, Option<Policy>)> {
    let ratified = ledger.of_kind(Kind::Policy).filter_map(|record| match &record.claim {
        Claim::Policy(claim) => Some((record, claim)),
        _ => None,
    });
    let read = |(record, claim): (
        &crate::verify::Verified<crate::record::Record>,
        &crate::record::kind::policy::PolicyRatification,
    )| {
        let bytes = context.repo.read_blob_at(&record.commit, policy::PATH, 1 << 20).ok().flatten();
        let bytes = bytes.filter(|bytes| FileDigest::of(bytes) == claim.sha256);
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        (record.id, text.and_then(|text| policy::parse(&text, policy::PATH).ok()))
    };
    ratified.map(read).collect()
}

/// The first-parent commits of the branch since the baseline that no release contains; where the catalog says which files a
/// service is made of, those of which a service that they change has no release that contains them.
fn unreleased(
    context: &Context,
    ledger: &Ledger,
    tip: &CommitInfo,
    policy: Option<&Policy>,
    services: &[&Service],
) -> Result<Vec<UnreleasedCommit>> {
    let baseline = policy.and_then(|policy| policy.baseline);
    let line = context.repo.first_parent_range(baseline.as_ref(), &tip.id)?;
    let of = |service: Option<&Name>| -> Vec<CommitId> {
        let all = releases(ledger).filter(|(record, _)| record.header.recorded <= context.at);
        let all = all.filter(|(record, _)| service.is_none() || record.header.service.as_ref() == service);
        all.map(|(record, _)| record.commit).collect()
    };
    let parts = services.iter().any(|service| !service.paths.is_empty());
    let mut open: Vec<(CommitId, Vec<Name>)> = Vec::new();
    if parts {
        let mut released = Vec::new();
        for service in services {
            released.push((service, context.repo.contained_by_any(&of(Some(&service.name)))?));
        }
        for commit in line {
            let without: Vec<_> = released.iter().filter(|(_, contained)| !contained.contains(&commit)).collect();
            if without.is_empty() {
                continue;
            }
            let parent = context.commit_info(commit)?.parents.first().copied();
            let paths = context.repo.changed_paths(parent.as_ref(), &commit)?;
            let changes = |service: &Service| paths.iter().any(|path| service.is_made_of(path));
            let names: Vec<Name> =
                without.iter().filter(|(one, _)| changes(one)).map(|(one, _)| one.name.clone()).collect();
            if !names.is_empty() {
                open.push((commit, names));
            }
        }
    } else {
        let sole = services.first().filter(|_| services.len() == 1).map(|service| &service.name);
        let contained = context.repo.contained_by_any(&of(sole))?;
        open.extend(line.into_iter().filter(|commit| !contained.contains(commit)).map(|commit| (commit, Vec::new())));
    }
    let told = open.into_iter().map(|(commit, services)| {
        let info = context.commit_info(commit)?;
        let subject = info.message.lines().next().unwrap_or_default().to_owned();
        Ok(UnreleasedCommit { commit, made: info.committer.time, subject, author: person(&info), services })
    });
    told.collect()
}
