//! A project with people, a catalog and evidence, and its verdict.

use git_qms::policy::{self, Changes, CommitFacts, Evidence, Lineage, Policy, Subject, Verdict, evaluate};
use git_qms::record::kind::approval::Meaning;
use git_qms::record::kind::scan::Severities;
use git_qms::record::{FileDigest, Header, RecordId, Supersedes, UtcTime};
use git_qms::report::{Paint, format};
use git_qms::verify::{Finding, Ledger};

use crate::claims::{approval, findings, ratification, scan, suite, suites, test};
use crate::memory::{Memory, bot, commit_id, person, tree_id};

/// A project in which ada works, grace and lin approve, and ci records.
pub(crate) struct Project {
    pub(crate) memory: Memory,
    pub(crate) catalog: String,
    pub(crate) head: CommitFacts,
    pub(crate) range: Vec<CommitFacts>,
    pub(crate) twins: Vec<CommitFacts>,
    pub(crate) service: Option<&'static str>,
    pub(crate) environment: Option<&'static str>,
    pub(crate) change: Option<&'static str>,
    pub(crate) release: Option<&'static str>,
    pub(crate) changed: Option<&'static [&'static str]>,
    pub(crate) at: Option<UtcTime>,
    pub(crate) changes: Option<Changes>,
}

pub(crate) fn facts(commit: &str, tree: &str, author: &str) -> CommitFacts {
    CommitFacts {
        id: commit_id(commit),
        tree: tree_id(tree),
        parents: Vec::new(),
        author_email: format!("{author}@example.com"),
        committer_email: format!("{author}@example.com"),
        co_author_emails: Vec::new(),
        signed_by: None,
        merged: Vec::new(),
    }
}

pub(crate) fn starter() -> String {
    policy::starter(None, &"payments".parse().expect("a name"))
}

/// A catalog of one control.
pub(crate) fn catalog(evidence: &str, require: &[&str]) -> String {
    let head =
        "version = 1\n[[service]]\nname = \"payments\"\n[[environment]]\nname = \"production\"\nproduction = true\n";
    format!(
        "{head}[[environment]]\nname = \"staging\"\nproduction = false\n[[control]]\nid = \"C-01\"\ntitle = \"t\"\nobjective = \"o\"\n\
         trigger = [\"release\"]\nenforcement = \"block\"\nevidence = {evidence}\nrequire = {require:?}\nowner = \"qa\"\n\
         retention = \"7y\"\nframeworks = []\nsystems = {{ requirement = \"a\", execution = \"b\", evidence = \"c\" }}\n"
    )
}

impl Project {
    pub(crate) fn new() -> Self {
        Self::of(vec![
            person("ada", &["root", "developer", "policy-owner", "qa"]),
            person("grace", &["release-manager", "qa"]),
            person("lin", &["qa", "developer"]),
            bot("ci", &["ci", "qa"]),
        ])
    }

    pub(crate) fn of(members: Vec<git_qms::trust::Member>) -> Self {
        let mut memory = Memory::of(members);
        memory.commit("head", "head");
        let head = facts("head", "head", "ada");
        Self {
            memory,
            catalog: starter(),
            range: vec![head.clone()],
            head,
            twins: Vec::new(),
            service: Some("payments"),
            environment: Some("production"),
            change: None,
            release: None,
            changed: None,
            at: None,
            changes: None,
        }
    }

    pub(crate) fn with(rules: &[&str]) -> Self {
        let kinds: std::collections::BTreeSet<_> = rules
            .iter()
            .map(|rule| match rule.split('.').next().expect("a family").split(' ').next().expect("a word") {
                "coverage" => "test",
                "approvals" | "range" => "approval",
                kind => kind,
            })
            .collect();
        let mut project = Self::new();
        project.catalog = catalog(&format!("{kinds:?}").replace('{', "[").replace('}', "]"), rules);
        project
    }

    pub(crate) fn policy(&self) -> Policy {
        policy::parse(&self.catalog, ".qms/policy.toml").unwrap_or_else(|errors| panic!("{errors}"))
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.verdict_of(&self.memory.ledger(), Vec::new())
    }

    pub(crate) fn verdict_of(&self, ledger: &Ledger, found: Vec<Finding>) -> Verdict {
        let evidence = self.evidence(ledger, found);
        evaluate(&self.policy(), &evidence, self.at.unwrap_or(self.memory.now()))
    }

    pub(crate) fn evidence<'a>(&self, ledger: &'a Ledger, found: Vec<Finding>) -> Evidence<'a> {
        let subject = Subject {
            commit: self.head.id,
            tree: self.head.tree,
            service: self.service.map(|name| name.parse().expect("a name")),
            environment: self.environment.map(|name| name.parse().expect("a name")),
            change: self.change.map(|name| name.parse().expect("a change")),
            release: self.release.map(|tag| tag.parse().expect("a tag")),
            changed: self.changed.map(|paths| paths.iter().map(ToString::to_string).collect()),
            own_policy: Some(FileDigest::of(self.catalog.as_bytes())),
        };
        let lineage = Lineage { head: self.head.clone(), range: self.range.clone(), twins: self.twins.clone() };
        let evidence = Evidence::gather(ledger, subject, lineage, found);
        self.changes.iter().fold(evidence, |evidence, changes| evidence.changing(changes.clone()))
    }

    pub(crate) fn test(&mut self, passed: u64, failed: u64) -> RecordId {
        self.test_on("head", passed, failed, |_| ())
    }

    pub(crate) fn test_by(&mut self, who: &str, passed: u64, failed: u64) -> RecordId {
        self.memory.record(who, commit_id("head"), test(), suites(vec![suite("unit", passed, failed)]))
    }

    pub(crate) fn test_on(
        &mut self,
        commit: &str,
        passed: u64,
        failed: u64,
        edit: impl FnOnce(&mut Header),
    ) -> RecordId {
        self.memory.record("ci", commit_id(commit), test(), |header| {
            suites(vec![suite("unit", passed, failed)])(header);
            edit(header);
        })
    }

    pub(crate) fn scan(&mut self, counts: Severities) -> RecordId {
        self.memory.record("ci", commit_id("head"), scan(), findings("trivy", counts))
    }

    pub(crate) fn approve(&mut self, who: &str, role: &str) -> RecordId {
        self.memory.record(who, commit_id("head"), approval(role, Meaning::Approved, &[]), |_| ())
    }

    pub(crate) fn ratify(&mut self) -> RecordId {
        let claim = ratification(&self.catalog);
        self.memory.record("ada", commit_id("head"), claim, |_| ())
    }

    /// Everything that the starter asks for.
    pub(crate) fn full() -> Self {
        let mut project = Self::new();
        project.ratify();
        project.test(212, 0);
        project.scan(Severities::default());
        project.approve("grace", "release-manager");
        project
    }
}

/// Text and JSON of one verdict.
pub(crate) fn shown(verdict: &Verdict) -> String {
    let write = |name: &str| (format(name).expect("in the table").write)(verdict, Paint::Plain);
    format!("{}\n{}", write("text"), write("json"))
}

/// The first control's line: its word in JSON and what was found.
#[track_caller]
pub(crate) fn assert_line(project: &Project, outcome: &str, found: &str) {
    let verdict = project.verdict();
    let line = verdict.controls.iter().find(|line| line.id.as_str() == "C-01").expect("the control is judged");
    assert_eq!((line.outcome.as_str(), line.found.as_str()), (outcome, found), "{}", shown(&verdict));
}

pub(crate) fn supersede(record: RecordId) -> impl FnOnce(&mut Header) {
    move |header| header.supersedes = Some(Supersedes { record, reason: "mistaken".into() })
}

pub(crate) fn change(text: &'static str) -> impl FnOnce(&mut Header) {
    move |header| header.change = Some(text.parse().expect("a change"))
}
