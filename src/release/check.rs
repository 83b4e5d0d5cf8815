//! Release tags held against release records: step 5 of verification.

use std::collections::{HashMap, HashSet};

use super::manifest::Manifest;
use super::message::Notes;
use super::tag::TagObject;
use crate::record::ids::{CommitId, FileDigest, RecordId, TagId};
use crate::record::kind::approval::Approval;
use crate::record::kind::gate::{ControlOutcome, VerificationResult, VerificationSummary};
use crate::record::kind::release::Release;
use crate::record::kind::{Claim, Kind};
use crate::record::statement::Record;
use crate::verify::{Code, Finding, Ledger, Severity, Unreadable, Verified, last_of};

/// A tag as the repository has it.
#[derive(Debug, Clone)]
pub struct ReleaseTag {
    /// The name below `refs/tags/`, as bytes turned to text.
    pub name: String,
    /// The annotated tag object and its content; `None` for a lightweight tag.
    pub object: Option<(TagId, Vec<u8>)>,
}

/// The SHA-512 of a commit's tree as git-evtag computes it; `Ok(None)` when it holds a submodule.
pub type TreeDigest<'a> = &'a dyn Fn(CommitId) -> Result<Option<String>, Unreadable>;

/// Holds every tag against every release record. `tree_digest` is left out where the cost of reading
/// whole trees is not wanted.
pub fn check_releases(ledger: &Ledger, tags: &[ReleaseTag], tree_digest: Option<TreeDigest<'_>>) -> Vec<Finding> {
    let by_name: HashMap<&str, &ReleaseTag> = tags.iter().map(|tag| (tag.name.as_str(), tag)).collect();
    let mut bound: HashMap<&str, TagId> = HashMap::new();
    let mut findings = Vec::new();
    for (record, release) in releases(ledger) {
        let name = release.tag.as_str();
        if bound.get(name).is_some_and(|object| *object != release.object) {
            let text = format!("a second release record gives release {name} another tag object: the first one binds");
            findings.push(about(record, name, Code::TagMoved, text));
            continue;
        }
        bound.insert(name, release.object);
        findings.extend(check_one(ledger, record, release, by_name.get(name).copied(), tree_digest));
    }
    let bound: HashSet<&str> = bound.into_keys().collect();
    for tag in tags.iter().filter(|tag| !bound.contains(tag.name.as_str())) {
        let Some((_, raw)) = &tag.object else { continue };
        if Notes::claims_manifest(&String::from_utf8_lossy(raw)) {
            let text = format!(
                "tag {} carries a release manifest, but no release record that counts names it: the ledger was rolled back or cut, or the tag was made by somebody else",
                tag.name
            );
            let finding = Finding::new(Code::TagUnrecorded, text).at_ref(format!("refs/tags/{}", tag.name));
            findings.push(finding.hint("if the ledger here is behind, bring it up to date: git qms sync --fetch-only"));
        }
    }
    // Where the ledger is cut, the record or tag may lie in what is not here.
    let beyond = [Code::HeadGone, Code::ManifestRecord, Code::TagMissing, Code::TagUnrecorded];
    for finding in findings.iter_mut().filter(|finding| ledger.is_cut() && beyond.contains(&finding.code)) {
        finding.severity = Severity::Incomplete;
    }
    findings
}

/// The release records that bind a tag, the earliest first; lost lines go on binding.
pub fn releases(ledger: &Ledger) -> impl Iterator<Item = (&Verified<Record>, &Release)> {
    ledger.of_kind(Kind::Release).chain(ledger.lost_releases()).filter_map(|record| match &record.claim {
        Claim::Release(release) => Some((record, release)),
        _ => None,
    })
}

fn about(record: &Record, tag: &str, code: Code, text: String) -> Finding {
    Finding::new(code, text).at_ref(format!("refs/tags/{tag}")).at_commit(record.commit).at_record(record.id)
}

fn check_one(
    ledger: &Ledger,
    record: &Verified<Record>,
    release: &Release,
    tag: Option<&ReleaseTag>,
    tree_digest: Option<TreeDigest<'_>>,
) -> Vec<Finding> {
    let name = release.tag.as_str();
    let fault = |code, text: String| about(record, name, code, text);
    let Some(tag) = tag else {
        let text = format!("release {name} has a record, but its tag is not there: it was deleted, or not fetched");
        return vec![fault(Code::TagMissing, text).hint("git fetch --tags, or finish the release: git qms release")];
    };
    let Some((object, raw)) = &tag.object else {
        return vec![fault(
            Code::TagMoved,
            format!("tag {name} is a lightweight tag where its release record names tag object {}", release.object),
        )];
    };
    if *object != release.object {
        let text = format!(
            "tag {name} is object {object}, but its release record names {}: the tag was moved",
            release.object
        );
        return vec![
            fault(Code::TagMoved, text)
                .hint("fetch the tag from who has the right one; a release is never moved: make a new one"),
        ];
    }
    let tag = match TagObject::parse(raw) {
        Ok(tag) => tag,
        Err(error) => return vec![fault(Code::TagMalformed, format!("release {name}: {error}"))],
    };
    let mut findings = Vec::new();
    if tag.name != name {
        findings.push(fault(Code::TagMalformed, format!("tag {name} holds the object of tag {:?}", tag.name)));
    }
    if tag.commit != record.commit {
        findings.push(fault(
            Code::TagMalformed,
            format!("tag {name} is on commit {}, its record on {}", tag.commit, record.commit),
        ));
    }
    match tag.signer().and_then(|key| ledger.chain().holder(key.fingerprint())) {
        None => {
            findings.push(fault(Code::TagSignature, format!("tag {name} has no valid signature by a member's key")));
        }
        Some((_, signer)) if *signer != record.header.recorder => {
            let text = format!("tag {name} is signed by {signer}, its release record by {}", record.header.recorder);
            findings.push(fault(Code::TagSignature, text));
        }
        Some(_) => {}
    }
    match contents(&tag, release) {
        Ok((notes, manifest)) => {
            findings.extend(
                check_manifest(ledger, record, &tag, &manifest).into_iter().map(|(code, text)| fault(code, text)),
            );
            findings.extend(tree_digest.and_then(|digest| {
                tree_fault(&notes, digest(tag.commit))
                    .map(|(code, text)| fault(code, format!("release {name}: {text}")))
            }));
        }
        Err(text) => findings.push(fault(Code::TagMalformed, format!("release {name}: {text}"))),
    }
    findings
}

/// The notes and the manifest of a release's tag.
pub fn contents(tag: &TagObject, release: &Release) -> Result<(Notes, Manifest), String> {
    let notes = Notes::parse(&tag.message).map_err(|error| error.to_string())?;
    if FileDigest::of(notes.manifest.as_bytes()) != release.manifest {
        return Err("the manifest is not the one that the release record names".to_owned());
    }
    let (manifest, _) = Manifest::parse(&notes.manifest).map_err(|error| format!("the manifest {error}"))?;
    if notes.name != tag.name || manifest.tag.as_str() != tag.name {
        return Err("tag, message and manifest name different releases".to_owned());
    }
    Ok((notes, manifest))
}

/// Everything the manifest relies on is there and counts.
fn check_manifest(
    ledger: &Ledger,
    record: &Verified<Record>,
    tag: &TagObject,
    manifest: &Manifest,
) -> Vec<(Code, String)> {
    let mut faults = Vec::new();
    let name = &manifest.tag;
    if manifest.commit != tag.commit || manifest.tree != record.header.tree || manifest.project != ledger.chain().root()
    {
        faults.push((
            Code::TagMalformed,
            format!("release {name}: the manifest is about another commit, tree or project"),
        ));
    }
    let header = &record.header;
    let is_same_change = header.change.as_ref().is_some_and(|change| change.folded() == manifest.change.folded());
    let is_same_place = header.service.as_ref() == Some(&manifest.service)
        && header.environment.as_ref().is_none_or(|environment| manifest.environments.contains(environment));
    if !is_same_change || !is_same_place {
        faults.push((
            Code::TagMalformed,
            format!("release {name}: the manifest is about another service, environment or change than its record"),
        ));
    }
    if !ledger.contains_head(manifest.ledger) && !ledger.chain().knows_head(manifest.ledger) {
        let text = format!(
            "release {name} relies on ledger commit {}, which is gone: the ledger was rolled back",
            manifest.ledger
        );
        faults.push((Code::HeadGone, text));
    }
    if ledger.chain().version(manifest.trust.digest).is_none() {
        faults.push((Code::TrustUnknown, format!("release {name} relies on a trust version that is not in the chain")));
    }
    for id in &manifest.records {
        match ledger.record(*id) {
            None => faults.push((
                Code::ManifestRecord,
                format!("release {name} relies on record {id}, which is gone or does not count"),
            )),
            Some(relied)
                if !ledger.head_contains(manifest.ledger, relied) && !ledger.chain().knows_head(manifest.ledger) =>
            {
                faults.push((
                    Code::ManifestRecord,
                    format!("release {name} relies on record {id}, which came after its ledger head"),
                ));
            }
            Some(_) => {}
        }
    }
    faults.extend(misquoted(ledger, record, manifest).map(|text| (Code::ManifestRecord, text)));
    faults
}

/// What the manifest says of its decision and approvers, and their records do not.
fn misquoted(ledger: &Ledger, record: &Record, manifest: &Manifest) -> impl Iterator<Item = String> {
    let name = &manifest.tag;
    // What is gone has been told already, if it is relied on at all.
    let is_so = |id: &RecordId, holds: &dyn Fn(&Record) -> bool| {
        manifest.records.contains(id) && ledger.record(*id).is_none_or(|found| holds(found))
    };
    let decided = is_so(&manifest.gate.record, &|gate| {
        let passed = |gate: &VerificationSummary| gate.verification_result == VerificationResult::Passed;
        let place = (gate.commit, &gate.header.service, &gate.header.environment);
        matches!(&gate.claim, Claim::Gate(gate) if passed(gate))
            && place == (record.commit, &record.header.service, &record.header.environment)
    });
    let decided = decided && manifest.gate.result == "pass";
    let undecided = (!decided)
        .then(|| format!("release {name} relies on no decision that let it pass: {} is none", manifest.gate.record));
    let lent = manifest.approvers.iter().filter(|who| {
        let said = |approval: &Approval| approval.role == who.role && approval.meaning == who.meaning;
        let is_theirs = |found: &Record| {
            found.header.recorder == who.member && matches!(&found.claim, Claim::Approval(approval) if said(approval))
        };
        !is_so(&who.record, &is_theirs)
    });
    let lent: Vec<_> = lent
        .map(|who| {
            format!("release {name} says that {} {} it, which record {} does not", who.member, who.meaning, who.record)
        })
        .collect();
    undecided
        .into_iter()
        .chain(lent)
        .chain(exceptions_misquoted(ledger, manifest))
        .chain(catalog_misquoted(ledger, manifest))
}

/// The exceptions of the manifest are those that its decision names, one for each control that it found excepted.
fn exceptions_misquoted(ledger: &Ledger, manifest: &Manifest) -> Option<String> {
    let name = &manifest.tag;
    let detail = ledger.record(manifest.gate.record)?.header.gate.as_ref()?;
    let decided: Vec<_> = detail.controls.iter().filter(|control| control.outcome.as_str() == "excepted").collect();
    let matched = |(id, control): (&RecordId, &&ControlOutcome)| {
        let is_from = |found: &Record| matches!(&found.claim, Claim::Exception(asked) if asked.control == control.id);
        manifest.records.contains(id)
            && control.records.contains(id)
            && ledger.record(*id).is_none_or(|found| is_from(found))
    };
    let same = decided.len() == manifest.exceptions.len() && manifest.exceptions.iter().zip(&decided).all(matched);
    (!same).then(|| format!("release {name} states other exceptions than its decision, {}", manifest.gate.record))
}

/// The catalog of the manifest is that of its decision, and was in force where the manifest was made.
fn catalog_misquoted(ledger: &Ledger, manifest: &Manifest) -> Option<String> {
    let name = &manifest.tag;
    let decided_by =
        |gate: &VerificationSummary| gate.policy.digest.get("sha256") == Some(&manifest.policy.to_string());
    let decision = ledger.record(manifest.gate.record);
    if matches!(decision.map(|gate| &gate.claim), Some(Claim::Gate(gate)) if !decided_by(gate)) {
        let (policy, decision) = (manifest.policy, manifest.gate.record);
        return Some(format!("release {name} names catalog {policy}, by which its decision {decision} was not made"));
    }
    // What ratified it may be among what cannot be told.
    let is_untold = |finding: &Finding| finding.code == Code::Unverifiable && finding.severity == Severity::Incomplete;
    if ledger.chain().knows_head(manifest.ledger) || ledger.findings().iter().any(is_untold) {
        return None;
    }
    let there = ledger.of_kind(Kind::Policy).filter(|record| ledger.head_contains(manifest.ledger, record));
    let last = last_of(ledger, there);
    let is_it =
        |record: &&Verified<Record>| matches!(&record.claim, Claim::Policy(policy) if policy.sha256 == manifest.policy);
    let in_force = !last.is_empty() && last.iter().all(is_it);
    (!in_force).then(|| format!("release {name} was let pass by catalog {}, which was not in force", manifest.policy))
}

fn tree_fault(notes: &Notes, actual: Result<Option<String>, Unreadable>) -> Option<(Code, String)> {
    match (actual, &notes.tree_digest) {
        (Ok(actual), stated) if actual == *stated => None,
        (Ok(Some(_)), None) => {
            Some((Code::TreeDigestDiffers, "its tag has no Git-EVTag line, though its tree holds no submodule".into()))
        }
        (Ok(_), _) => {
            Some((Code::TreeDigestDiffers, "the SHA-512 of the released tree is not the one that was signed".into()))
        }
        (Err(Unreadable::Missing(reason)), _) => Some((Code::ObjectMissing, reason)),
        (Err(Unreadable::WrongHash(reason)), _) => Some((Code::ObjectWrong, reason)),
    }
}
