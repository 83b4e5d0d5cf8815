//! What holds for random catalogs and random evidence.

use std::fmt::Write as _;

use crate::claims::{analysis, approval, built, covered, findings, scan, suite, suites, test};
use crate::memory::{Memory, START, bot, commit_id, person, tree_id};
use git_qms::policy::{self, CommitFacts, Evidence, Lineage, Subject, Verdict, evaluate};
use git_qms::record::kind::Resource;
use git_qms::record::kind::analysis::Levels;
use git_qms::record::kind::approval::Meaning;
use git_qms::record::kind::findings::Run;
use git_qms::record::kind::gate::{AskedFor, GateDetail, VerificationResult, VerificationSummary, Verifier};
use git_qms::record::kind::plan::Plan;
use git_qms::record::kind::scan::Severities;
use git_qms::record::kind::test::{Coverage, Ratio, Suite};
use git_qms::record::{Claim, CommitId, Header, Kind, RecordId, Signatory, Span, TrustDigest, UtcTime};
use git_qms::verify::Outcome;
use proptest::prelude::*;

/// One piece of evidence.
#[derive(Debug, Clone)]
struct Given {
    what: What,
    dirty: bool,
    twin: bool,
}

#[derive(Debug, Clone)]
enum What {
    Test { passed: u64, failed: u64, skipped: u64, flaky: u64 },
    Coverage(u64),
    Scan { critical: u64, high: u64 },
    Analysis(u64),
    Build,
    Plan { who: &'static str, rollback: bool },
    Approval { who: &'static str, meaning: Meaning },
}

impl What {
    /// Whether it can speak against the commit by some rule: a failure, or a run of a suite in which nothing passed. A plan
    /// asks for something: whoever approves has to have seen it, and two people's contradict each other (docs/spec/policy.md).
    fn is_failure(&self) -> bool {
        match self {
            Self::Test { passed, failed, skipped, flaky } => failed + skipped + flaky > 0 || *passed < 4,
            Self::Plan { .. } => true,
            Self::Coverage(percent) => *percent < 100,
            Self::Scan { critical, high } => critical + high > 0,
            Self::Analysis(errors) => *errors > 0,
            Self::Build => false,
            Self::Approval { meaning, .. } => *meaning == Meaning::Rejected,
        }
    }

    fn member(&self) -> &'static str {
        match self {
            Self::Plan { who, .. } | Self::Approval { who, .. } => who,
            _ => "ci",
        }
    }

    fn write(&self, header: &mut Header, seen: &[RecordId]) -> Claim {
        match self {
            Self::Test { passed, failed, skipped, flaky } => {
                suites(vec![Suite { skipped: *skipped, flaky: *flaky, ..suite("unit", *passed, *failed) }])(header);
                test()
            }
            Self::Plan { rollback, .. } => Claim::Plan(Plan {
                reason: "asked for".into(),
                requirements: Vec::new(),
                change_type: None,
                risk_tier: None,
                known_risks: Vec::new(),
                rollout_strategy: None,
                monitoring_plan: None,
                rollback_criteria: rollback.then(|| "errors".into()),
            }),
            Self::Coverage(percent) => {
                let line = Some(Ratio { covered: *percent, total: 100 });
                covered(Coverage { line, ..Coverage::default() })(header);
                test()
            }
            Self::Scan { critical, high } => {
                let counts = Severities { critical: *critical, high: *high, ..Severities::default() };
                findings("trivy", counts)(header);
                scan()
            }
            Self::Analysis(errors) => {
                analysis("clippy", Levels { error: *errors, ..Levels::default() }, Run::complete())
            }
            Self::Build => {
                let (claim, detail) = built("7");
                detail(header);
                claim
            }
            Self::Approval { meaning, .. } => approval("qa", *meaning, seen),
        }
    }
}

/// Rules that ask for something to be there, or for nothing bad; with the kind of record each measures.
const RULES: [(&str, &str); 20] = [
    ("test", "test.flaky == 0"),
    ("test", "test.unit.flaky <= N"),
    ("test", "test.skipped <= N"),
    ("plan", "plan.recorded >= 1"),
    ("plan", "plan.rollback >= 1"),
    ("approval", "range.unapproved == 0"),
    ("approval", "range.unapproved <= N"),
    ("test", "test.failed == 0"),
    ("test", "test.unit.failed <= N"),
    ("test", "test.total >= N"),
    ("test", "test.recorded >= 1"),
    ("test", "coverage.line >= N"),
    ("scan", "scan.critical == 0"),
    ("scan", "scan.high <= N"),
    ("scan", "scan.recorded >= 1"),
    ("analysis", "analysis.error <= N"),
    ("approval", "approvals >= N"),
    ("approval", "approvals.qa > 0"),
    ("approval", "approvals.rejected == 0"),
    ("build", "build.recorded >= 1"),
];

fn catalogs() -> impl Strategy<Value = String> {
    let rule = (0..RULES.len(), 0..4_u64).prop_map(|(at, n)| (RULES[at].0, RULES[at].1.replace('N', &n.to_string())));
    let trigger = prop_oneof![Just("gate"), Just("release"), Just("staging")];
    let control = (proptest::collection::vec(rule, 1..4), trigger, proptest::bool::weighted(0.8));
    proptest::collection::vec(control, 1..5).prop_map(|controls| {
        let mut text = String::from(
            "version = 1\n[[service]]\nname = \"payments\"\n[[environment]]\nname = \"production\"\nproduction = true\n\
             [[environment]]\nname = \"staging\"\nproduction = false\n",
        );
        for (at, (rules, trigger, blocks)) in controls.into_iter().enumerate() {
            let kinds: std::collections::BTreeSet<_> = rules.iter().map(|(kind, _)| *kind).collect();
            let kinds: Vec<_> = kinds.into_iter().collect();
            let rules: Vec<_> = rules.into_iter().map(|(_, rule)| rule).collect();
            let enforcement = if blocks { "block" } else { "warn" };
            write!(
                text,
                "[[control]]\nid = \"C-{at}\"\ntitle = \"t\"\nobjective = \"o\"\ntrigger = [\"gate\", {trigger:?}]\n\
                 enforcement = \"{enforcement}\"\nevidence = {kinds:?}\nrequire = {rules:?}\nowner = \"qa\"\nretention = \"7y\"\n\
                 frameworks = []\nsystems = {{ requirement = \"a\", execution = \"b\", evidence = \"c\" }}\n"
            )
            .expect("memory");
        }
        text
    })
}

/// Mostly none.
fn few() -> impl Strategy<Value = u64> {
    prop_oneof![4 => Just(0_u64), 1 => 1..3_u64]
}

fn evidence() -> impl Strategy<Value = Vec<Given>> {
    let meaning = prop_oneof![5 => Just(Meaning::Approved), 1 => Just(Meaning::Reviewed), 1 => Just(Meaning::Rejected)];
    let who = prop_oneof![Just("ada"), Just("grace"), Just("lin"), Just("ci")];
    let what = prop_oneof![
        3 => (prop_oneof![1 => Just(0_u64), 4 => Just(4)], few(), few(), few())
            .prop_map(|(passed, failed, skipped, flaky)| What::Test { passed, failed, skipped, flaky: flaky.min(passed) }),
        1 => (prop_oneof![Just("ada"), Just("lin")], any::<bool>())
            .prop_map(|(who, rollback)| What::Plan { who, rollback }),
        1 => prop_oneof![Just(1_u64), Just(100)].prop_map(What::Coverage),
        2 => (0..2_u64, 0..3_u64).prop_map(|(critical, high)| What::Scan { critical, high }),
        2 => (0..3_u64).prop_map(What::Analysis),
        1 => Just(What::Build),
        4 => (who, meaning).prop_map(|(who, meaning)| What::Approval { who, meaning }),
    ];
    let given = (what, proptest::bool::weighted(0.15), proptest::bool::weighted(0.3));
    proptest::collection::vec(given.prop_map(|(what, dirty, twin)| Given { what, dirty, twin }), 0..9)
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

/// A header that is never signed.
fn blank(moment: UtcTime) -> Header {
    let digest = TrustDigest::of(b"");
    let (recorder, ledger) = ("ci".parse().expect("a member id"), None);
    let by = Signatory { project: digest, recorder, trust: digest, ledger, recorded: moment };
    Header::new(Kind::Test, tree_id("tree"), by)
}

/// How records are laid out in the ledger.
enum Order<'a> {
    /// One after the other.
    Signed,
    /// Side by side, united in this order.
    Concurrent(&'a [usize]),
}

fn founded() -> (Memory, CommitId, CommitId) {
    let mut memory = Memory::of(vec![
        person("ada", &["root", "qa"]),
        person("grace", &["qa"]),
        person("lin", &["qa"]),
        bot("ci", &["ci", "qa"]),
    ]);
    let [head, twin] = ["head", "twin"].map(|word| memory.commit(word, "tree"));
    (memory, head, twin)
}

/// Writes the evidence that is kept; each at a moment of its own, whatever else there is.
fn ledger_of(given: &[Given], keep: impl Fn(usize) -> bool, order: &Order<'_>) -> (Memory, CommitId) {
    let (mut memory, head, _) = founded();
    write(&mut memory, given, keep, order);
    (memory, head)
}

fn write(memory: &mut Memory, given: &[Given], keep: impl Fn(usize) -> bool, order: &Order<'_>) {
    let [head, twin] = ["head", "twin"].map(commit_id);
    let base = memory.head();
    let all: Vec<usize> = match order {
        Order::Signed => (0..given.len()).collect(),
        Order::Concurrent(order) => order.to_vec(),
    };
    let (mut sides, mut plans) = (Vec::new(), Vec::new());
    for at in all.into_iter().filter(|at| keep(*at)) {
        let one = &given[at];
        if matches!(order, Order::Concurrent(_)) {
            memory.checkout(base);
        }
        let moment = UtcTime::from_seconds(START + 3_600 + i64::try_from(at).expect("few") * 60);
        // What a record says beyond its claim lies in the header: written first into one of its own.
        let mut detail = blank(moment);
        let claim = one.what.write(&mut detail, &plans);
        let id = memory.record(one.what.member(), if one.twin { twin } else { head }, claim, |header| {
            (header.recorded, header.occurred) = (moment, Span::at(moment));
            header.dirty = one.dirty;
            header.change = Some("CHG-1".parse().expect("a change"));
            (header.test, header.scan, header.build) = (detail.test, detail.scan, detail.build);
        });
        sides.push(memory.head());
        // Whoever approves has seen the plans before it.
        plans.extend((matches!(one.what, What::Plan { .. }) && matches!(order, Order::Signed)).then_some(id));
    }
    if let Order::Concurrent(_) = order {
        memory.checkout(base);
        for side in sides {
            memory.merge(side);
        }
    }
}

/// A decision; what it says is not looked at.
fn decided() -> Claim {
    Claim::Gate(VerificationSummary {
        verifier: Verifier { id: "urn:git-qms".into() },
        time_verified: UtcTime::from_seconds(START),
        resource_uri: "git+commit:0".into(),
        policy: Resource { name: None, uri: Some("p".into()), digest: [].into() },
        input_attestations: Vec::new(),
        verification_result: VerificationResult::Failed,
        verified_levels: Vec::new(),
        slsa_version: "1.0".into(),
    })
}

fn subject(head: CommitId, policy: &policy::Policy) -> Subject {
    Subject {
        commit: head,
        tree: tree_id("tree"),
        service: Some("payments".parse().expect("a name")),
        environment: Some("production".parse().expect("a name")),
        change: Some("chg-1".parse().expect("a change")),
        release: None,
        changed: None,
        own_policy: Some(policy.digest),
    }
}

fn lineage() -> Lineage {
    Lineage { head: facts("head"), range: vec![facts("head")], twins: vec![facts("twin")] }
}

fn verdict(catalog: &str, given: &[Given], keep: impl Fn(usize) -> bool, order: &Order<'_>) -> Verdict {
    let (memory, head) = ledger_of(given, keep, order);
    let policy = policy::parse(catalog, "policy.toml").unwrap_or_else(|errors| panic!("{errors}"));
    let ledger = memory.ledger();
    let evidence = Evidence::gather(&ledger, subject(head, &policy), lineage(), Vec::new());
    evaluate(&policy, &evidence, UtcTime::from_seconds(START + 1_000_000))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn g08_taking_away_what_is_no_failure_never_lets_anything_pass(catalog in catalogs(), given in evidence()) {
        let whole = verdict(&catalog, &given, |_| true, &Order::Signed);
        if whole.result != Outcome::Pass {
            for without in (0..given.len()).filter(|at| !given[*at].what.is_failure()) {
                let less = verdict(&catalog, &given, |at| at != without, &Order::Signed);
                prop_assert_ne!(less.result, Outcome::Pass, "without {:?}\n{}", given[without], catalog);
            }
        }
    }

    #[test]
    fn g10_as_a_decision_saw_it_is_as_the_ledger_was_then(
        catalog in catalogs(),
        given in evidence(),
        share in 0..9_usize,
        later in evidence(),
    ) {
        let early = &given[..share.min(given.len())];
        let (mut memory, head) = ledger_of(early, |_| true, &Order::Signed);
        let then = memory.ledger();
        let decision = memory.record("grace", head, decided(), |header| {
            header.gate = Some(GateDetail { purpose: AskedFor::Tag, release: None, tier: None, controls: Vec::new() });
        });
        memory.change_trust(|version| version.members.push(person("eve", &["qa"])));
        write(&mut memory, &later, |_| true, &Order::Signed);
        let now = memory.ledger();
        let decision = now.record(decision).expect("it counts");
        let policy = policy::parse(&catalog, "policy.toml").expect("a catalog");
        let gathered = |ledger| Evidence::gather(ledger, subject(head, &policy), lineage(), Vec::new());
        let at = UtcTime::from_seconds(START + 1_000_000);
        let again = evaluate(&policy, &gathered(&now).as_seen_by(decision), at);
        prop_assert_eq!(evaluate(&policy, &gathered(&then), at), again);
    }

    #[test]
    fn g09_the_same_records_in_any_order_give_the_same_verdict(
        catalog in catalogs(),
        (given, order) in evidence().prop_flat_map(|given| {
            let order = Just((0..given.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(given), order)
        }),
    ) {
        let plain: Vec<_> = (0..given.len()).collect();
        let one = verdict(&catalog, &given, |_| true, &Order::Concurrent(&plain));
        let other = verdict(&catalog, &given, |_| true, &Order::Concurrent(&order));
        prop_assert_eq!(one, other);
    }
}
