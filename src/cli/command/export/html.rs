//! The dossier of a release, as a page.

use std::io;

use super::selection::{Released, Told};
use crate::cli::error::Result;
use crate::cli::releases::notes_of;
use crate::policy::exception::{Asked, Register};
use crate::record::{FileDigest, Record};
use crate::release::TagObject;
use crate::release::rollback::taken_back;
use crate::report::dossier::{Check, Dossier, Evidence, Source};
use crate::report::story::Story;
use crate::verify::Verified;

/// So many bytes of one file are put into the page: 512 KiB.
const LARGEST: u64 = 512 << 10;

/// So many bytes of all files together: 8 MiB.
const MOST: u64 = 8 << 20;

pub(super) fn write(told: &Told<'_>, released: &Released, out: &mut dyn io::Write) -> Result<()> {
    let Told { context, verification, .. } = *told;
    let Released { tag, manifest, commit } = released;
    let ledger = &verification.ledger;
    let deadlines = context.deadlines(ledger);
    let notes = notes_of(context, tag)?;
    let raw = context.repo.tag(tag)?.and_then(|tag| tag.annotated);
    let signer = raw.and_then(|raw| TagObject::parse(&raw).ok()).and_then(|tag| tag.signer());
    let policy = context.policy(ledger, commit, context.at).ok();
    let all: Vec<Asked<'_>> =
        policy.as_ref().map(|policy| Register::of(ledger, policy, context.at).all()).unwrap_or_default();
    let story = Story::of(ledger, commit.id, commit.tree, Some(manifest), &deadlines);
    let records: Vec<&Verified<Record>> =
        story.stages.iter().flat_map(|(_, parts)| parts).map(|part| part.record).collect();
    let person = |person: &crate::store::Person| format!("{} <{}>", person.name, person.email);
    let dossier = Dossier {
        tag,
        manifest,
        notes: &notes,
        tag_key: signer.map(|key| key.fingerprint()),
        source: Source {
            subject: commit.message.lines().next().unwrap_or_default().to_owned(),
            author: person(&commit.author),
            authored: commit.author.time,
            committer: person(&commit.committer),
        },
        story,
        ledger,
        deadlines: &deadlines,
        exceptions: all.iter().filter(|one| manifest.exceptions.contains(&one.record.id)).collect(),
        taken_back: taken_back(ledger, tag),
        files: files(told, &records)?,
        check: Check {
            outcome: verification.outcome(),
            findings: &verification.findings,
            root: ledger.chain().root().to_string(),
            trust: ledger.chain().newest().version.version,
            pinned: verification.pin.root == Some(ledger.chain().root()),
        },
        at: context.at,
    };
    Ok(out.write_all(dossier.page().as_bytes())?)
}

/// The files of these records, each digest once, with the bytes of those that are small enough.
fn files<'a>(told: &Told<'_>, records: &[&'a Verified<Record>]) -> Result<Vec<Evidence<'a>>> {
    let mut listed: Vec<Evidence<'a>> = Vec::new();
    for record in records {
        for file in &record.header.files {
            let same = listed.iter_mut().find(|one| (one.file.sha256, &one.file.name) == (file.sha256, &file.name));
            match same {
                Some(known) => known.records.push(record.id),
                None => listed.push(Evidence { file, state: "unavailable", records: vec![record.id], bytes: None }),
            }
        }
    }
    let digests: Vec<FileDigest> = listed.iter().filter(|one| one.file.stored).map(|one| one.file.sha256).collect();
    if digests.is_empty() {
        return Ok(listed);
    }
    let repo = &told.context.repo;
    let here = repo.files()?;
    let states = repo.check_files(&here, &digests);
    let mut left = MOST;
    for (one, state) in listed.iter_mut().filter(|one| one.file.stored).zip(states) {
        one.state = state.as_str();
        if one.file.size <= LARGEST.min(left) {
            one.bytes = repo.read_file(&here, &one.file.sha256).ok();
            left -= one.file.size;
        }
    }
    Ok(listed)
}
