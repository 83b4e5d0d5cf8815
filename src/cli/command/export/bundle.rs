//! A release with all its evidence as one git bundle.

use std::collections::BTreeSet;
use std::io;

use super::selection::{Released, Told};
use crate::cli::context::{FILES, LEDGER, TRUST};
use crate::cli::error::{Error, Result};
use crate::record::CommitId;
use crate::release::releases;

const README: &str = include_str!("README.md");
const CHECK: &str = include_str!("check.py");

/// The ledger, the trust, the files, every release, and of the branches those that hold what else is recorded about: the
/// ledger is one chain, and a part of it could not be shown to be whole.
pub(super) fn write(told: &Told<'_>, released: &Released, out: &mut dyn io::Write) -> Result<()> {
    let repo = &told.context.repo;
    let ledger = &told.verification.ledger;
    if let Some(cut) = told.context.conditions().iter().find(|one| one.code == crate::verify::Code::CloneIncomplete) {
        return Err(Error::new(format!("a package has to be whole: {}", cut.message))
            .hint("fetch everything: git fetch --unshallow, or clone anew without --depth and --filter"));
    }
    let mut refs: Vec<(String, String)> = Vec::new();
    let mut tips: Vec<CommitId> = Vec::new();
    for name in [LEDGER, TRUST, FILES] {
        if let Some(tip) = repo.ref_tip(name)? {
            refs.push((name.to_owned(), tip.to_string()));
            if name == TRUST {
                tips.push(tip);
            }
        }
    }
    for (record, release) in releases(ledger) {
        let Some(tag) = repo.tag(&release.tag)? else { continue };
        refs.push((format!("refs/tags/{}", release.tag), tag.target.to_string()));
        tips.push(record.commit);
    }
    let about = ledger.records().iter().filter(|record| !record.seal().orphaned).map(|record| record.commit);
    let mut lacking: Vec<CommitId> = Vec::new();
    for commit in about.collect::<BTreeSet<_>>() {
        if !repo.is_reached(&commit, &tips)? {
            lacking.push(commit);
        }
    }
    for (name, tip) in repo.branches()? {
        if lacking.is_empty() {
            break;
        }
        let mut left = Vec::new();
        for commit in &lacking {
            if !repo.is_ancestor(commit, &tip)? {
                left.push(*commit);
            }
        }
        if left.len() < lacking.len() {
            let short =
                name.strip_prefix("refs/heads/").or_else(|| name.strip_prefix("refs/remotes/")).unwrap_or(&name);
            refs.push((format!("refs/heads/{short}"), tip.to_string()));
            lacking = left;
        }
    }
    refs.sort();
    refs.dedup_by(|one, other| one.0 == other.0);
    let readme = README
        .replace("{TAG}", released.tag.as_str())
        .replace("{COMMIT}", &released.manifest.commit.to_string())
        .replace("{PROJECT}", &ledger.chain().newest().version.name);
    Ok(repo.package(&refs, &[("README.md", &readme), ("check.py", CHECK)], told.context.at, out)?)
}
