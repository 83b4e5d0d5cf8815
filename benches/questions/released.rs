//! A release for every commit of a ledger of evidence, made as `git qms release` makes them, in bulk: decision, signed tag,
//! release record, and that it was deployed and watched.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use git_qms::envelope::Envelope;
use git_qms::keys::file;
use git_qms::record::kind::Resource;
use git_qms::record::kind::deploy::{Deploy, DeployOutcome};
use git_qms::record::kind::gate::{AskedFor, GateDetail, VerificationResult, VerificationSummary, Verifier};
use git_qms::record::kind::monitor::{Monitor, RollbackStatus, SmokeTest};
use git_qms::record::kind::release::Release;
use git_qms::record::{
    Claim, CommitId, FileDigest, Header, Kind, RecordId, Signatory, TagId, TagName, TreeId, UtcTime, statement,
};
use git_qms::release::manifest::{Approver, Decision};
use git_qms::release::{Manifest, Notes, TagObject};
use git_qms::store::{self, LEDGER};

use crate::corpus::Corpus;
use crate::process::{git, output};

/// The second of the first release.
const EPOCH: i64 = 1_776_000_000;

type Line = (CommitId, String);

/// What of a record goes into a release.
struct Evidence {
    id: RecordId,
    kind: String,
    recorded: UtcTime,
    tree: TreeId,
}

/// What of one commit becomes a release.
struct Point {
    commit: CommitId,
    evidence: Vec<Evidence>,
    change: String,
    tag: TagName,
    gate: RecordId,
}

/// Makes them; the tags, in order.
pub(crate) fn release_all(corpus: &Corpus) -> Vec<String> {
    let repo = corpus.repository();
    let raw = output(git(&repo, &["cat-file", "tag", &corpus.release]));
    let template = Notes::parse(&TagObject::parse((raw + "\n").as_bytes()).expect("a tag").message).expect("a release");
    let (manifest, artifacts) = Manifest::parse(&template.manifest).expect("a manifest");
    let mut points = points(corpus, &manifest);
    let scribe = Scribe { corpus };
    let tip = scribe.append(&points.iter().map(|point| scribe.decision(point, &manifest)).collect::<Vec<_>>());
    let mut previous = None;
    let mut tags = Vec::new();
    let decided = scribe.ids(Kind::Gate);
    for (at, point) in points.iter_mut().enumerate() {
        point.gate = decided[&point.commit];
        let approval = point.evidence.iter().find(|record| record.kind == "approval").expect("one");
        let mut records: Vec<RecordId> = point.evidence.iter().map(|record| record.id).chain([point.gate]).collect();
        records.sort_unstable();
        let own = Manifest {
            tag: point.tag.clone(),
            commit: point.commit,
            tree: point.evidence[0].tree,
            previous: previous.replace(point.tag.clone()),
            change: point.change.parse().expect("a change"),
            approvers: vec![Approver { record: approval.id, time: approval.recorded, ..manifest.approvers[0].clone() }],
            gate: Decision { record: point.gate, ..manifest.gate.clone() },
            ledger: tip,
            records,
            ..manifest.clone()
        };
        let json = own.to_json(&artifacts).expect("a manifest");
        let notes = Notes { name: point.tag.to_string(), manifest: json.clone(), ..template.clone() };
        let message = notes.to_message().expect("a message");
        let object =
            TagObject::new(point.commit, point.tag.as_str(), "Grace Hopper", "grace@example.com", moment(at), message);
        tags.push((object.sign(&scribe.key("grace")).expect("signs").to_bytes(), FileDigest::of(json.as_bytes())));
    }
    let objects = scribe.write_tags(&points, tags.iter().map(|(bytes, _)| &bytes[..]));
    let all = points.iter().zip(&objects).zip(&tags);
    scribe.append(
        &all.map(|((point, object), (_, manifest))| scribe.release(point, *object, *manifest)).collect::<Vec<_>>(),
    );
    scribe.append(&points.iter().map(|point| scribe.deployment(point)).collect::<Vec<_>>());
    scribe.append(&points.iter().map(|point| scribe.monitoring(point)).collect::<Vec<_>>());
    output(crate::process::qms(&repo, &["checkpoint", "--key", Corpus::CI]));
    points.iter().map(|point| point.tag.to_string()).collect()
}

fn moment(at: usize) -> UtcTime {
    UtcTime::from_seconds(EPOCH + i64::try_from(at).expect("small"))
}

/// Each commit with its evidence, in the order of the commits.
fn points(corpus: &Corpus, manifest: &Manifest) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    for (commit, line) in &corpus.lines {
        let envelope = Envelope::parse(line.as_bytes()).expect("an envelope");
        let json: serde_json::Value = serde_json::from_slice(envelope.payload()).expect("a statement");
        let header = &json["subject"][0]["annotations"]["qms"];
        let text = |name: &str| header[name].as_str().expect("text").to_owned();
        let record = Evidence {
            id: RecordId::of(envelope.payload()),
            kind: text("kind"),
            recorded: text("recorded").parse().expect("a time"),
            tree: text("tree").parse().expect("an id"),
        };
        if points.last().is_none_or(|point| point.commit != *commit) {
            let at = points.len();
            let tag = format!("{}@2026.04.12+rel-{at}", manifest.service).parse().expect("a tag");
            let change = text("change");
            points.push(Point { commit: *commit, evidence: Vec::new(), change, tag, gate: record.id });
        }
        points.last_mut().expect("one").evidence.push(record);
    }
    points
}

struct Scribe<'c> {
    corpus: &'c Corpus,
}

impl Scribe<'_> {
    fn key(&self, who: &str) -> file::FileKey {
        file::key(&self.corpus.repository().join("../keys").join(who), None).expect("a key file")
    }

    fn tip(&self) -> CommitId {
        store::open(&self.corpus.repository()).expect("opens").ref_tip(LEDGER).expect("reads").expect("a ledger")
    }

    /// In one commit of the ledger.
    fn append(&self, lines: &[Line]) -> CommitId {
        let repository = store::open(&self.corpus.repository()).expect("opens");
        repository.append(lines, "qms: records", Some(self.tip()), moment(0)).expect("writes")
    }

    /// The records of a kind, by their commits.
    fn ids(&self, kind: Kind) -> std::collections::HashMap<CommitId, RecordId> {
        let listed =
            output(crate::process::qms(&self.corpus.repository(), &["log", "--json", "--kind", kind.as_str()]));
        let json: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
        let text = |one: &serde_json::Value, name: &str| one[name].as_str().expect("text").to_owned();
        let all = json["records"].as_array().expect("a list").iter();
        all.map(|one| (text(one, "commit").parse().expect("an id"), text(one, "id").parse().expect("an id"))).collect()
    }

    fn line(&self, point: &Point, kind: Kind, by: &str, claim: impl FnOnce(&mut Header) -> Claim) -> Line {
        let chain = &self.corpus.chain;
        let signatory = Signatory {
            project: chain.root(),
            recorder: by.parse().expect("a member id"),
            trust: chain.newest().digest,
            ledger: Some(self.tip()),
            recorded: moment(0),
        };
        let mut header = Header::new(kind, point.evidence[0].tree, signatory);
        header.service = Some("payments".parse().expect("a name"));
        header.environment = Some("production".parse().expect("a name"));
        header.change = Some(point.change.parse().expect("a change"));
        let claim = claim(&mut header);
        let payload = statement::write(point.commit, &header, &[], &claim).expect("a record");
        (point.commit, Envelope::sign(payload, &self.key(by)).expect("signs").to_line())
    }

    fn decision(&self, point: &Point, manifest: &Manifest) -> Line {
        self.line(point, Kind::Gate, "grace", |header| {
            header.gate = Some(GateDetail { purpose: AskedFor::Tag, release: None, tier: None, controls: Vec::new() });
            Claim::Gate(VerificationSummary {
                verifier: Verifier { id: "urn:git-qms".into() },
                time_verified: header.recorded,
                resource_uri: format!("git+commit:{}", point.commit),
                policy: Resource {
                    name: None,
                    uri: None,
                    digest: [("sha256".to_owned(), manifest.policy.to_string())].into(),
                },
                input_attestations: Vec::new(),
                verification_result: VerificationResult::Passed,
                verified_levels: Vec::new(),
                slsa_version: "1.0".into(),
            })
        })
    }

    fn release(&self, point: &Point, object: TagId, manifest: FileDigest) -> Line {
        self.line(point, Kind::Release, "grace", |header| {
            header.release = Some(point.tag.clone());
            Claim::Release(Release { tag: point.tag.clone(), object, manifest })
        })
    }

    fn deployment(&self, point: &Point) -> Line {
        self.line(point, Kind::Deploy, "ci", |header| {
            header.release = Some(point.tag.clone());
            Claim::Deploy(Deploy {
                outcome: DeployOutcome::Success,
                planned: true,
                infrastructure_revision: None,
                migrations: Vec::new(),
                actor: None,
                rollback_of: None,
            })
        })
    }

    fn monitoring(&self, point: &Point) -> Line {
        self.line(point, Kind::Monitor, "ci", |header| {
            header.release = Some(point.tag.clone());
            Claim::Monitor(Monitor {
                smoke_test: SmokeTest::Pass,
                observation: None,
                rollback: RollbackStatus::None,
                note: None,
            })
        })
    }

    /// Tag objects and their references, by stock git.
    fn write_tags<'b>(&self, points: &[Point], tags: impl Iterator<Item = &'b [u8]>) -> Vec<TagId> {
        let repo = self.corpus.repository();
        let folder = repo.join("../tags");
        std::fs::create_dir_all(&folder).expect("a directory");
        let mut paths = String::new();
        for (at, bytes) in tags.enumerate() {
            std::fs::write(folder.join(at.to_string()), bytes).expect("a file");
            writeln!(paths, "../tags/{at}").expect("memory");
        }
        let objects = fed(git(&repo, &["hash-object", "-t", "tag", "-w", "--stdin-paths"]), &paths);
        let mut refs = String::new();
        for (point, object) in points.iter().zip(objects.lines()) {
            writeln!(refs, "create refs/tags/{} {object}", point.tag).expect("memory");
        }
        fed(git(&repo, &["update-ref", "--stdin"]), &refs);
        output(git(&repo, &["pack-refs", "--all"]));
        output(git(&repo, &["repack", "-q", "-d"]));
        objects.lines().map(|id| id.parse().expect("an id")).collect()
    }
}

fn fed(mut command: std::process::Command, input: &str) -> String {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("git");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("git reads");
    let output = child.wait_with_output().expect("git ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("UTF-8")
}
