//! Repositories to judge: one crowded commit, or a long line of releases.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use git_qms::envelope::Envelope;
use git_qms::keys::file;
use git_qms::record::kind::Resource;
use git_qms::record::kind::approval::Meaning;
use git_qms::record::kind::gate::{
    AskedFor, ControlOutcome, GateDetail, VerificationResult, VerificationSummary, Verifier,
};
use git_qms::record::kind::release::Release;
use git_qms::record::kind::scan::Severities;
use git_qms::record::{Claim, CommitId, FileDigest, Header, Kind, Signatory, TreeId, UtcTime, statement};
use git_qms::store::{self, LEDGER, Repository};
use git_qms::trust::Chain;

use crate::process::{git, output};
use crate::{claims, run};

/// The second that records begin at: before now, and after the ratification by its place in the ledger.
const EPOCH: i64 = 1_775_000_000;

/// Rules that hold for what is recorded here, with the kind that each measures.
const RULES: [(&str, &str); 8] = [
    ("test", "test.failed == 0"),
    ("test", "test.total >= 0"),
    ("test", "test.unit.failed == 0"),
    ("scan", "scan.critical == 0"),
    ("scan", "scan.high <= 3"),
    ("approval", "approvals >= 1"),
    ("approval", "approvals.release-manager >= 1"),
    ("build", "build.recorded >= 0"),
];

/// A repository of two people and a pipeline.
pub(crate) struct Project {
    directory: tempfile::TempDir,
    catalog: String,
}

impl Project {
    /// With a ratified catalog of so many controls.
    pub(crate) fn founded(controls: usize) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let mut project = Self { directory, catalog: String::new() };
        let repo = project.repo();
        for path in [&repo, &project.repo().join("../keys")] {
            std::fs::create_dir_all(path).expect("a directory");
        }
        output(git(&repo, &["init", "-q", "-b", "main"]));
        output(git(&repo, &["config", "user.name", "Ada Lovelace"]));
        output(git(&repo, &["config", "user.email", "ada@example.com"]));
        output(git(&repo, &["commit", "-q", "--allow-empty", "-m", "Begin"]));
        for key in ["ada", "grace", "ci"] {
            run(&repo, &["key", "new", &format!("../keys/{key}")]);
        }
        run(&repo, &["init", "--name", "payments", "--member", "ada", "--key", "../keys/ada"]);
        project.catalog = catalog(controls);
        std::fs::write(repo.join(".qms/policy.toml"), &project.catalog).expect("a file");
        output(git(&repo, &["add", ".qms"]));
        output(git(&repo, &["commit", "-q", "-m", "Quality policy"]));
        output(git(&repo, &["config", "qms.signingKey", "../keys/ada"]));
        let grace = ["trust", "add", "grace", "--name", "Grace Hopper", "--email", "grace@example.com"];
        run(
            &repo,
            &[&grace[..], &["--public-key", "../keys/grace.pub", "--role", "release-manager", "--role", "qa"]].concat(),
        );
        run(&repo, &["trust", "add", "ci", "--bot", "--name", "CI", "--public-key", "../keys/ci.pub", "--role", "ci"]);
        run(&repo, &["policy", "ratify"]);
        project
    }

    pub(crate) fn repo(&self) -> PathBuf {
        self.directory.path().join("repo")
    }

    pub(crate) fn catalog(&self) -> String {
        self.catalog.clone()
    }

    /// So many records on HEAD.
    pub(crate) fn crowd(&self, records: usize) {
        let scribe = Scribe::of(self);
        let head = scribe.commits("HEAD~..HEAD").remove(0);
        let tip = scribe.tip();
        // The ratification lies there already, and a note holds a thousand.
        let lines: Vec<_> = (1..records).map(|n| scribe.evidence(head, n, "CHG-1", tip)).collect();
        scribe.append(&lines, tip);
    }

    /// So many commits, each with its evidence, a decision over that, and a release over the decision.
    pub(crate) fn release(&self, count: usize) {
        let repo = self.repo();
        let mut stream = format!("reset refs/heads/main\nfrom {}\n\n", output(git(&repo, &["rev-parse", "HEAD"])));
        for n in 1..=count {
            let who = format!("Ada Lovelace <ada@example.com> {} +0000", 1_700_000_000 + n);
            write!(stream, "commit refs/heads/main\ncommitter {who}\ndata <<E\nChange {n}\nE\n").expect("memory");
            write!(stream, "M 100644 inline src/{}\ndata <<E\n{n}\nE\n", n % 50).expect("memory");
        }
        let mut import = git(&repo, &["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn().expect("git");
        import.stdin.take().expect("a pipe").write_all(stream.as_bytes()).expect("git reads");
        assert!(import.wait().expect("git ends").success());
        let scribe = Scribe::of(self);
        for (n, place) in scribe.commits(&format!("HEAD~{count}..HEAD")).into_iter().enumerate() {
            let change = format!("CHG-{n}");
            let mut tip = scribe.tip();
            let lines: Vec<_> = (0..4).map(|kind| scribe.evidence(place, kind, &change, tip)).collect();
            tip = scribe.append(&lines, tip);
            let decision = scribe.decision(place, &change, tip, FileDigest::of(self.catalog.as_bytes()));
            tip = scribe.append(&[decision], tip);
            scribe.append(&[scribe.release(place, &change, tip)], tip);
        }
    }
}

fn catalog(controls: usize) -> String {
    let mut text = String::from(
        "version = 1\n[[service]]\nname = \"payments\"\n[[environment]]\nname = \"production\"\nproduction = true\n",
    );
    for at in 0..controls {
        let (kind, rule) = RULES[at % RULES.len()];
        write!(
            text,
            "[[control]]\nid = \"C-{at}\"\ntitle = \"Control {at}\"\nobjective = \"Nothing slips\"\ntrigger = [\"release\"]\n\
             enforcement = \"block\"\nevidence = [\"{kind}\"]\nrequire = [\"{rule}\"]\nowner = \"qa\"\nretention = \"7y\"\n\
             frameworks = [\"ISO 9001:2015 8.6\"]\nsystems = {{ requirement = \"git\", execution = \"CI\", evidence = \"git\" }}\n"
        )
        .expect("memory");
    }
    text
}

type Place = (CommitId, TreeId);

/// Writes records as the project's people do.
struct Scribe {
    repository: Repository,
    repo: PathBuf,
    chain: Chain,
    keys: Vec<(&'static str, file::FileKey)>,
}

impl Scribe {
    fn of(project: &Project) -> Self {
        let repo = project.repo();
        let repository = store::open(&repo).expect("a repository");
        let stored = repository.trust_chain().expect("trust");
        let chain = Chain::check(stored.iter().map(|(commit, bytes)| (*commit, &bytes[..]))).expect("sound");
        let key = |name| (name, file::key(&repo.join("../keys").join(name), None).expect("a key file"));
        let keys = ["ada", "grace", "ci"].map(key).into();
        Self { repository, repo, chain, keys }
    }

    fn tip(&self) -> CommitId {
        self.repository.ref_tip(LEDGER).expect("reads").expect("a ledger")
    }

    fn commits(&self, range: &str) -> Vec<Place> {
        let log = output(git(&self.repo, &["log", "--reverse", "--format=%H %T", range]));
        let place =
            |line: &str| line.split_once(' ').map(|(c, t)| (c.parse().expect("an id"), t.parse().expect("an id")));
        log.lines().filter_map(place).collect()
    }

    fn append(&self, lines: &[(CommitId, String)], tip: CommitId) -> CommitId {
        self.repository.append(lines, "qms: records", Some(tip), UtcTime::from_seconds(EPOCH)).expect("writes")
    }

    /// A test, scan, approval or build, in turns.
    fn evidence(&self, place: Place, n: usize, change: &str, tip: CommitId) -> (CommitId, String) {
        let (kind, by) =
            [(Kind::Test, "ci"), (Kind::Scan, "ci"), (Kind::Approval, "grace"), (Kind::Build, "ci")][n % 4];
        self.line(place, kind, by, change, tip, |header| {
            header.recorded = UtcTime::from_seconds(now() + i64::try_from(n).expect("small") - 100_000);
            header.environment = None;
            match kind {
                Kind::Test => {
                    claims::suites(vec![claims::suite("unit", 212, 0)])(header);
                    claims::test()
                }
                Kind::Scan => {
                    claims::findings("trivy", Severities::default())(header);
                    claims::scan()
                }
                Kind::Build => {
                    let id = n.to_string();
                    let (claim, detail) = claims::built(&id);
                    detail(header);
                    claim
                }
                _ => claims::approval("release-manager", Meaning::Approved, &[]),
            }
        })
    }

    fn decision(&self, place: Place, change: &str, tip: CommitId, catalog: FileDigest) -> (CommitId, String) {
        self.line(place, Kind::Gate, "grace", change, tip, |header| {
            let outcome = |at: usize| ControlOutcome {
                id: format!("C-{at}").parse().expect("a name"),
                outcome: "pass".parse().expect("a name"),
                required: RULES[at].1.into(),
                found: "all there".into(),
                records: Vec::new(),
                hint: None,
            };
            header.gate = Some(GateDetail {
                purpose: AskedFor::Tag,
                release: None,
                tier: None,
                controls: (0..3).map(outcome).collect(),
            });
            let digest = [("sha256".to_owned(), catalog.to_string())].into();
            Claim::Gate(VerificationSummary {
                verifier: Verifier { id: "urn:git-qms".into() },
                time_verified: header.recorded,
                resource_uri: format!("git+commit:{}", place.0),
                policy: Resource { name: None, uri: None, digest },
                input_attestations: Vec::new(),
                verification_result: VerificationResult::Passed,
                verified_levels: Vec::new(),
                slsa_version: "1.0".into(),
            })
        })
    }

    fn release(&self, place: Place, change: &str, tip: CommitId) -> (CommitId, String) {
        self.line(place, Kind::Release, "grace", change, tip, |header| {
            let tag: git_qms::record::TagName = format!("payments@1+{}", change.to_lowercase()).parse().expect("a tag");
            header.release = Some(tag.clone());
            let object = place.0.to_string().parse().expect("an id");
            Claim::Release(Release { tag, object, manifest: FileDigest::of(change.as_bytes()) })
        })
    }

    fn line(
        &self,
        (commit, tree): Place,
        kind: Kind,
        by: &str,
        change: &str,
        tip: CommitId,
        claim: impl FnOnce(&mut Header) -> Claim,
    ) -> (CommitId, String) {
        let recorded = UtcTime::from_seconds(now());
        let signatory = Signatory {
            project: self.chain.root(),
            recorder: by.parse().expect("a member id"),
            trust: self.chain.newest().digest,
            ledger: Some(tip),
            recorded,
        };
        let mut header = Header::new(kind, tree, signatory);
        header.service = Some("payments".parse().expect("a name"));
        header.environment = Some("production".parse().expect("a name"));
        header.change = Some(change.parse().expect("a change"));
        let claim = claim(&mut header);
        let payload = statement::write(commit, &header, &[], &claim).expect("a record");
        let (_, key) = self.keys.iter().find(|(name, _)| *name == by).expect("a member");
        (commit, Envelope::sign(payload, key).expect("signs").to_line())
    }
}

fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    i64::try_from(now.as_secs()).expect("a while yet")
}
