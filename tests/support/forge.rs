//! Makes by hand what the program would refuse to make: records, notes, trust versions and tags, written by stock git.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]

use git_qms::envelope::{Envelope, Signer};
use git_qms::keys::{Places, find};
use git_qms::record::kind::Resource;
use git_qms::record::kind::approval::{Approval, Meaning};
use git_qms::record::kind::gate::{
    AskedFor, ControlOutcome, GateDetail, VerificationResult, VerificationSummary, Verifier,
};
use git_qms::record::kind::plan::Plan;
use git_qms::record::kind::release::Release;
use git_qms::record::{Claim, FileDigest, Header, RecordId, Signatory, TrustDigest, UtcTime, statement};
use git_qms::release::{Manifest, Notes, TagObject};
use git_qms::trust::{TrustEnvelope, TrustVersion};

use crate::workshop::Workshop;

/// A moment: 2026-04-13T12:00:00Z.
pub const NOON: i64 = 1_776_081_600;

/// The key of a member, or of Mallory.
pub fn signer(workshop: &Workshop, name: &str) -> Box<dyn Signer> {
    find(&Places { explicit: Some(workshop.key(name)), ..Places::default() }).expect("a key").signer
}

/// A plan that says little.
pub fn plan(reason: &str) -> Claim {
    Claim::Plan(Plan {
        reason: reason.into(),
        requirements: Vec::new(),
        change_type: None,
        risk_tier: None,
        known_risks: Vec::new(),
        rollout_strategy: None,
        monitoring_plan: None,
        rollback_criteria: None,
    })
}

/// An approval in a role.
pub fn approval(role: &str) -> Claim {
    let role = role.parse().expect("a role");
    Claim::Approval(Approval { role, meaning: Meaning::Approved, comment: None, order: None, plans: Vec::new() })
}

/// A decision that nobody came to.
pub fn passed(commit: &str) -> (Claim, GateDetail) {
    let policy = Resource { name: None, uri: None, digest: [("sha256".to_owned(), "00".repeat(32))].into() };
    let claim = Claim::Gate(VerificationSummary {
        verifier: Verifier { id: "urn:git-qms".into() },
        time_verified: UtcTime::from_seconds(NOON),
        resource_uri: format!("git+commit:{commit}"),
        policy,
        input_attestations: Vec::new(),
        verification_result: VerificationResult::Passed,
        verified_levels: Vec::new(),
        slsa_version: "1.0".into(),
    });
    let control = ControlOutcome {
        id: "RANGE-01".parse().expect("a name"),
        outcome: "pass".parse().expect("a name"),
        required: "range.unapproved == 0".into(),
        found: "0 of 1 commits unapproved".into(),
        records: Vec::new(),
        hint: None,
    };
    (claim, GateDetail { purpose: AskedFor::Tag, release: None, tier: None, controls: vec![control] })
}

impl Workshop {
    /// Every trust version, the oldest first.
    pub fn trust_versions(&self) -> Vec<(String, TrustVersion)> {
        let commits = self.git(&["rev-list", "--reverse", "refs/qms/trust"]);
        let version = |commit: &str| {
            let bytes = self.git(&["cat-file", "blob", &format!("{commit}:trust.json")]) + "\n";
            let envelope = TrustEnvelope::parse(bytes.as_bytes()).expect("an envelope");
            TrustVersion::parse(envelope.payload()).expect("a version")
        };
        commits.lines().map(|commit| (commit.to_owned(), version(commit))).collect()
    }

    /// What a trust version is called.
    pub fn trust_digest(&self, at: usize) -> TrustDigest {
        TrustDigest::of(&self.trust_versions()[at].1.to_payload().expect("sound"))
    }

    /// A line as the program would write it, but for what `edit` does to the header; signed with any key.
    pub fn line(
        &self,
        member: &str,
        key: &str,
        on: &str,
        claim: &Claim,
        edit: impl FnOnce(&mut Header),
    ) -> (String, String) {
        let versions = self.trust_versions();
        let digest = |at: usize| TrustDigest::of(&versions[at].1.to_payload().expect("sound"));
        let moment = UtcTime::from_seconds(NOON);
        let mut header = Header::new(
            claim.kind(),
            self.git(&["rev-parse", &format!("{on}^{{tree}}")]).parse().expect("an id"),
            Signatory {
                project: digest(0),
                recorder: member.parse().expect("a member id"),
                trust: digest(versions.len() - 1),
                ledger: Some(self.git(&["rev-parse", "refs/notes/qms"]).parse().expect("an id")),
                recorded: moment,
            },
        );
        edit(&mut header);
        let commit = self.git(&["rev-parse", &format!("{on}^{{commit}}")]).parse().expect("an id");
        let payload = statement::write(commit, &header, &[], claim).expect("a sound record");
        let id = RecordId::of(&payload).to_string();
        (id, Envelope::sign(payload, signer(self, key).as_ref()).expect("signs").to_line())
    }

    /// The lines of a note.
    pub fn lines_on(&self, on: &str) -> Vec<String> {
        let note = self.git_in(&self.repo(), &["notes", "--ref=qms", "show", on]);
        note.out.split('\n').filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// The line of a record on a commit.
    pub fn line_of(&self, on: &str, record: &str) -> String {
        let is_it = |line: &String| Envelope::parse(line.as_bytes()).is_ok_and(|e| e.record_id().to_string() == record);
        self.lines_on(on).into_iter().find(is_it).expect("the record is there")
    }

    /// Replaces a note by these bytes, with stock git.
    pub fn set_note(&self, on: &str, bytes: &[u8]) {
        let blob = self.git_with(&["hash-object", "-w", "--stdin"], bytes);
        self.git(&["notes", "--ref=qms", "add", "-f", "-C", &blob, on]);
    }

    /// Replaces the lines of a note, sorted.
    pub fn set_lines(&self, on: &str, mut lines: Vec<String>) {
        lines.sort();
        lines.dedup();
        self.set_note(on, (lines.join("\n") + "\n").as_bytes());
    }

    /// Adds a line to a note.
    pub fn put_line(&self, on: &str, line: &str) {
        let mut lines = self.lines_on(on);
        lines.push(line.to_owned());
        self.set_lines(on, lines);
    }

    /// Takes the line of a record out of a note.
    pub fn drop_record(&self, on: &str, record: &str) {
        let line = self.line_of(on, record);
        self.set_lines(on, self.lines_on(on).into_iter().filter(|other| *other != line).collect());
    }

    /// Puts a forged record on a commit and returns its id.
    pub fn put_record(&self, member: &str, on: &str, claim: &Claim, edit: impl FnOnce(&mut Header)) -> String {
        let (id, line) = self.line(member, member, on, claim, edit);
        self.put_line(on, &line);
        id
    }

    /// The next trust version, signed with these keys; only the object is written.
    pub fn forge_trust(&self, keys: &[&str], edit: impl FnOnce(&mut TrustVersion)) -> String {
        let (parent, last) = self.trust_versions().pop().expect("a first version");
        let mut next = TrustVersion {
            version: last.version + 1,
            previous: Some(TrustDigest::of(&last.to_payload().expect("sound"))),
            ledger: Some(self.git(&["rev-parse", "refs/notes/qms"]).parse().expect("an id")),
            nonce: None,
            continues: None,
            ..last
        };
        edit(&mut next);
        let mut envelope = TrustEnvelope::unsigned(next.to_payload().expect("sound"));
        for key in keys {
            envelope.add_signature(signer(self, key).as_ref()).expect("signs");
        }
        self.trust_commit(&envelope.to_bytes(), Some(&parent))
    }

    /// A commit that holds these bytes as `trust.json`.
    pub fn trust_commit(&self, bytes: &[u8], parent: Option<&str>) -> String {
        let blob = self.git_with(&["hash-object", "-w", "--stdin"], bytes);
        let tree = self.git_with(&["mktree"], format!("100644 blob {blob}\ttrust.json\n").as_bytes());
        let parent = parent.map(|parent| ["-p", parent]);
        let args: Vec<&str> =
            ["commit-tree", &tree, "-m", "forged"].into_iter().chain(parent.into_iter().flatten()).collect();
        self.git(&args)
    }

    /// The release's tag object, taken apart.
    pub fn release_tag(&self) -> TagObject {
        let raw = self.git(&["cat-file", "tag", &self.made.tag]) + "\n";
        TagObject::parse(raw.as_bytes()).expect("a tag")
    }

    /// Stores a tag object and returns its id; no reference holds it.
    pub fn store_tag(&self, tag: &TagObject) -> String {
        self.git_with(&["hash-object", "-t", "tag", "-w", "--stdin"], &tag.to_bytes())
    }

    /// Writes a whole release by hand, as the first one but of this commit and under this name: decision, object, record and
    /// reference.
    pub fn forge_release(&self, member: &str, key: &str, on: &str, name: &str) -> (String, String) {
        self.forge_release_with(member, key, on, name, |_| ())
    }

    /// The same with other notes.
    pub fn forge_release_with(
        &self,
        member: &str,
        key: &str,
        on: &str,
        name: &str,
        edit: impl FnOnce(&mut Notes),
    ) -> (String, String) {
        let first = self.release_tag();
        let mut notes = Notes::parse(&first.message).expect("notes");
        let (mut manifest, artifacts) = Manifest::parse(&notes.manifest).expect("a manifest");
        let commit: git_qms::record::CommitId = self.git(&["rev-parse", on]).parse().expect("an id");
        manifest.commit = commit;
        manifest.tree = self.git(&["rev-parse", &format!("{on}^{{tree}}")]).parse().expect("an id");
        manifest.tag = name.parse().expect("a tag name");
        let (mut claim, detail) = passed(on);
        if let Claim::Gate(gate) = &mut claim {
            gate.policy.digest = [("sha256".to_owned(), manifest.policy.to_string())].into();
        }
        let (decision, line) = self.line(member, key, on, &claim, |header| {
            header.gate = Some(detail);
            header.service = Some(manifest.service.clone());
            header.environment = manifest.environments.first().cloned();
        });
        self.put_line(on, &line);
        manifest.gate.record = decision.parse().expect("an id");
        manifest.records.push(manifest.gate.record);
        manifest.records.sort_unstable();
        manifest.ledger = self.git(&["rev-parse", "refs/notes/qms"]).parse().expect("an id");
        name.clone_into(&mut notes.name);
        notes.manifest = manifest.to_json(&artifacts).expect("JSON");
        notes.tree_digest = git_qms::store::open(&self.repo()).expect("a repository").evtag(&commit).expect("readable");
        edit(&mut notes);
        let at = UtcTime::from_seconds(NOON);
        let tag =
            TagObject::new(commit, name, "Grace Hopper", "grace@example.com", at, notes.to_message().expect("notes"));
        let object = self.store_tag(&tag.sign(signer(self, key).as_ref()).expect("signs"));
        let claim = Claim::Release(Release {
            tag: manifest.tag.clone(),
            object: object.parse().expect("an id"),
            manifest: FileDigest::of(notes.manifest.as_bytes()),
        });
        let (id, line) = self.line(member, key, on, &claim, |header| {
            header.release = Some(manifest.tag.clone());
            header.service = Some(manifest.service.clone());
            header.environment = manifest.environments.first().cloned();
            header.change = Some(manifest.change.clone());
        });
        self.put_line(on, &line);
        self.git(&["update-ref", &format!("refs/tags/{name}"), &object]);
        (id, object)
    }
}
