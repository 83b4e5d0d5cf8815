//! What holds for every catalog and all evidence.

use crate::claims::{approval, findings, scan, suite, suites, test};
use crate::memory::{Memory, START, bot, commit_id, person, tree_id};
use git_qms::policy::{self, CommitFacts, Evidence, Lineage, Rule, Subject, evaluate};
use git_qms::record::kind::approval::Meaning;
use git_qms::record::kind::scan::Severities;
use git_qms::record::{FileDigest, UtcTime};
use git_qms::verify::Outcome;
use proptest::prelude::*;

/// One step of a ledger's life. Each record lies on the commit or on its twin.
#[derive(Debug, Clone)]
enum Step {
    Test { failed: bool, dirty: bool, twin: bool },
    Scan { critical: bool, dirty: bool },
    Approval { who: &'static str, meaning: Meaning, dirty: bool, twin: bool },
    Fork,
    Merge,
}

impl Step {
    /// Whether the record speaks against the commit.
    fn is_against(&self) -> bool {
        matches!(
            self,
            Self::Test { failed: true, .. }
                | Self::Scan { critical: true, .. }
                | Self::Approval { meaning: Meaning::Rejected, .. }
        )
    }

    fn is_record(&self) -> bool {
        !matches!(self, Self::Fork | Self::Merge)
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = prop_oneof![Just("ada"), Just("grace"), Just("lin"), Just("ci")];
    let meaning = prop_oneof![
        4 => Just(Meaning::Approved), 1 => Just(Meaning::Released), 1 => Just(Meaning::Reviewed), 1 => Just(Meaning::Rejected)
    ];
    let rare = || proptest::bool::weighted(0.2);
    let step = prop_oneof![
        3 => (rare(), rare(), any::<bool>()).prop_map(|(failed, dirty, twin)| Step::Test { failed, dirty, twin }),
        3 => (rare(), rare()).prop_map(|(critical, dirty)| Step::Scan { critical, dirty }),
        4 => (who, meaning, rare(), any::<bool>())
            .prop_map(|(who, meaning, dirty, twin)| Step::Approval { who, meaning, dirty, twin }),
        1 => Just(Step::Fork),
        1 => Just(Step::Merge),
    ];
    proptest::collection::vec(step, 0..12)
}

fn facts(commit: &str) -> CommitFacts {
    CommitFacts {
        id: commit_id(commit),
        tree: tree_id("tree"),
        parents: Vec::new(),
        author_email: "ada@example.com".into(),
        committer_email: "ada@example.com".into(),
        co_author_emails: Vec::new(),
        signed_by: None,
        merged: Vec::new(),
    }
}

/// The verdict after these steps, of which the one at `without` was never taken.
fn outcome(steps: &[Step], without: Option<usize>) -> Outcome {
    let mut memory = Memory::of(vec![
        person("ada", &["root", "qa"]),
        person("grace", &["qa"]),
        person("lin", &["qa"]),
        bot("ci", &["ci", "qa"]),
    ]);
    let [head, twin] = ["head", "twin"].map(|word| memory.commit(word, "tree"));
    let place = |is_twin: bool| if is_twin { twin } else { head };
    let change = |header: &mut git_qms::record::Header, dirty| {
        header.dirty = dirty;
        header.change = Some("CHG-1".parse().expect("a change"));
    };
    let mut side = None;
    for (at, step) in steps.iter().enumerate() {
        match step {
            _ if Some(at) == without => {}
            Step::Test { failed, dirty, twin } => {
                memory.record("ci", place(*twin), test(), |header| {
                    suites(vec![suite("unit", 10, u64::from(*failed))])(header);
                    change(header, *dirty);
                });
            }
            Step::Scan { critical, dirty } => {
                memory.record("ci", head, scan(), |header| {
                    findings("trivy", Severities { critical: u64::from(*critical), ..Severities::default() })(header);
                    change(header, *dirty);
                });
            }
            Step::Approval { who, meaning, dirty, twin } => {
                memory.record(who, place(*twin), approval("qa", *meaning, &[]), |header| change(header, *dirty));
            }
            Step::Fork => {
                let here = memory.head();
                if let Some(other) = side.replace(here) {
                    memory.checkout(other);
                }
            }
            Step::Merge => {
                if let Some(other) = side.take() {
                    memory.merge(other);
                }
            }
        }
    }
    if let Some(other) = side {
        memory.merge(other);
    }
    let text = policy::starter(None, &"payments".parse().expect("a name"));
    let catalog = policy::parse(&text, "policy.toml").expect("the starter is a catalog");
    let subject = Subject {
        commit: head,
        tree: tree_id("tree"),
        service: Some("payments".parse().expect("a name")),
        environment: Some("production".parse().expect("a name")),
        change: Some("chg-1".parse().expect("a change")),
        release: None,
        changed: None,
        own_policy: Some(FileDigest::of(text.as_bytes())),
    };
    let lineage = Lineage { head: facts("head"), range: vec![facts("head")], twins: vec![facts("twin")] };
    let ledger = memory.ledger();
    let evidence = Evidence::gather(&ledger, subject, lineage, Vec::new());
    evaluate(&catalog, &evidence, UtcTime::from_seconds(START + 1_000_000)).result
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn taking_away_what_is_not_against_it_never_lets_it_pass(steps in steps()) {
        if outcome(&steps, None) != Outcome::Pass {
            for (at, step) in steps.iter().enumerate() {
                if step.is_record() && !step.is_against() {
                    prop_assert_ne!(outcome(&steps, Some(at)), Outcome::Pass, "without step {}", at);
                }
            }
        }
    }

    #[test]
    fn adding_what_is_against_it_at_the_end_always_fails(steps in steps(), kind in 0..3_usize) {
        let against = [
            Step::Test { failed: true, dirty: false, twin: false },
            Step::Scan { critical: true, dirty: false },
            Step::Approval { who: "ada", meaning: Meaning::Rejected, dirty: true, twin: true },
        ];
        let steps: Vec<_> = steps.into_iter().chain([against[kind].clone()]).collect();
        prop_assert_eq!(outcome(&steps, None), Outcome::Fail);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_rule_parser_panic(text in r"[a-z.]{0,12}(\['.{0,9}'?\]?)? ?[=<>!]{0,3} ?[0-9.é]{0,9}|.{0,40}") {
        let _ = Rule::parse(&text).map_err(|error| {
            assert!(text.get(error.at.clone()).is_some(), "{text:?} {error:?}");
        });
    }

    #[test]
    fn no_text_makes_the_catalog_parser_panic(
        at in 0..3_000_usize,
        length in 0..40_usize,
        with in r#"[\[\]{}="'a-z0-9.\n\\é]{0,12}|.{0,20}"#,
    ) {
        let text = policy::starter(None, &"payments".parse().expect("a name"));
        let floor = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let (start, end) = (floor(at), floor(at + length));
        let text = format!("{}{with}{}", &text[..start], &text[end..]);
        if let Err(errors) = policy::parse(&text, "policy.toml") {
            assert!(!errors.errors().is_empty() && !errors.to_string().is_empty());
        }
    }
}
