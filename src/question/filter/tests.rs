//! Each dimension by itself, and combinations against filtering one dimension after the other.

use proptest::prelude::*;

use super::*;
use crate::record::header::Signatory;
use crate::record::kind::approval::Approval;
use crate::record::kind::deploy::{Deploy, DeployOutcome};
use crate::record::kind::exception::{Decided, Exception, ExceptionDecision, Reach};
use crate::record::kind::gate::{AskedFor, ControlOutcome, GateDetail};
use crate::record::kind::monitor::{Monitor, RollbackStatus, SmokeTest};
use crate::record::statement::Artifact;
use crate::record::{Header, TreeId, TrustDigest};
use crate::test_support::id;

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a name")
}

fn digest(number: u8) -> FileDigest {
    FileDigest::of(&[number])
}

fn record_id(number: u8) -> RecordId {
    RecordId::of(&[number])
}

/// A record made of small numbers: its own, and one for each thing that can be asked for.
fn record(number: u8, by: [u8; 8]) -> Record {
    let [kind, member, service, environment, release, change, time, artifact] = by;
    let monitor =
        || Monitor { smoke_test: SmokeTest::Pass, observation: None, rollback: RollbackStatus::None, note: None };
    let approval = |meaning| {
        Claim::Approval(Approval { role: name("qa"), meaning, comment: None, order: None, plans: Vec::new() })
    };
    let exception = Exception {
        control: name(["TEST-01", "SCAN-01"][usize::from(number % 2)]),
        reach: Reach::Commit,
        commits: Vec::new(),
        paths: Vec::new(),
        reason: "why".into(),
        compensating: "what".into(),
        expires: UtcTime::from_seconds(0),
        review_by: None,
    };
    let decision = ExceptionDecision {
        exception: record_id(number.wrapping_sub(1)),
        decision: Decided::Approved,
        role: name("qa"),
        comment: None,
        expires: None,
    };
    let deploy = Deploy {
        outcome: DeployOutcome::Success,
        planned: true,
        infrastructure_revision: None,
        migrations: Vec::new(),
        actor: None,
        rollback_of: None,
    };
    let claim = match kind % 6 {
        0 => approval(Meaning::Approved),
        1 => approval(Meaning::Rejected),
        2 => Claim::Monitor(monitor()),
        3 => Claim::Exception(exception),
        4 => Claim::ExceptionDecision(decision),
        _ => Claim::Deploy(deploy),
    };
    let by = Signatory {
        project: TrustDigest::of(b"project"),
        recorder: name(["ada", "grace", "ci"][usize::from(member % 3)]),
        trust: TrustDigest::of(b"trust"),
        ledger: None,
        recorded: UtcTime::from_seconds(i64::from(time % 4) * 10),
    };
    let mut header = Header::new(claim.kind(), TreeId::from_bytes(&[1; 20]).expect("20 bytes"), by);
    let of = |number: u8, names: [&str; 2]| names.get(usize::from(number % 3)).map(|text| (*text).to_owned());
    header.service = of(service, ["payments", "orders"]).map(|text| name(&text));
    header.environment = of(environment, ["production", "staging"]).map(|text| name(&text));
    header.release = of(release, ["payments@1+a", "payments@2+b"]).map(|text| name(&text));
    header.change = of(change, ["CHG-1", "chg-1"]).map(|text| name(&text));
    if kind % 6 == 2 && number.is_multiple_of(4) {
        let outcome = ControlOutcome {
            id: name("TEST-01"),
            outcome: name("pass"),
            required: String::new(),
            found: String::new(),
            records: vec![record_id(number.wrapping_add(1))],
            hint: None,
        };
        header.gate = Some(GateDetail { purpose: AskedFor::Gate, release: None, tier: None, controls: vec![outcome] });
    }
    let artifacts = (artifact % 3 > 0).then(|| Artifact { name: "a".into(), sha256: digest(artifact % 3) });
    Record { id: record_id(number), commit: id(1), header, artifacts: artifacts.into_iter().collect(), claim }
}

fn all() -> Vec<Record> {
    (0..=255)
        .map(|number| {
            record(
                number,
                [number, number / 2, number / 3, number / 5, number / 7, number / 11, number / 13, number / 17],
            )
        })
        .collect()
}

fn relied() -> BTreeSet<RecordId> {
    [record_id(3), record_id(77)].into()
}

/// How many records a filter lets through, each of which has to be so, while all others are not.
fn only(filter: &Filter, is: impl Fn(&Record) -> bool) -> usize {
    let all = all();
    let found = all.iter().filter(|record| filter.admits(record)).count();
    assert!(all.iter().all(|record| filter.admits(record) == is(record)));
    assert!(found > 0 && found < all.len(), "{found}");
    found
}

#[test]
fn f01_nothing_asked_for_admits_everything() {
    assert!(all().iter().all(|record| Filter::default().admits(record)));
}

#[test]
fn f01_by_kind() {
    let filter = Filter { kind: Some(Kind::Deploy), ..Filter::default() };
    only(&filter, |record| record.header.kind == Kind::Deploy);
}

#[test]
fn f01_by_stage() {
    let filter = Filter { stage: Some(Stage::Approve), ..Filter::default() };
    only(&filter, |record| record.header.kind == Kind::Approval);
}

#[test]
fn f01_by_service_and_absent_is_no_wildcard() {
    let filter = Filter { service: Some(name("orders")), ..Filter::default() };
    only(&filter, |record| record.header.service.as_ref().is_some_and(|service| service.as_str() == "orders"));
}

#[test]
fn f01_by_environment() {
    let filter = Filter { environment: Some(name("staging")), ..Filter::default() };
    only(&filter, |record| record.header.environment.as_ref().is_some_and(|one| one.as_str() == "staging"));
}

#[test]
fn f01_by_release_with_what_it_relies_on() {
    let release = Concerned { name: name("payments@1+a"), with: relied() };
    let named = |record: &Record| record.header.release.as_ref().is_some_and(|tag| tag.as_str() == "payments@1+a");
    only(&Filter { release: Some(release), ..Filter::default() }, |record| {
        named(record) || relied().contains(&record.id)
    });
}

#[test]
fn f01_by_change_in_any_case() {
    let filter = Filter { change: Some(name("Chg-1")), ..Filter::default() };
    only(&filter, |record| record.header.change.is_some());
}

#[test]
fn f01_by_person() {
    let filter = Filter { person: Some(name("grace")), ..Filter::default() };
    only(&filter, |record| record.header.recorder.as_str() == "grace");
}

#[test]
fn f01_by_approver_and_a_rejection_is_no_approval() {
    let filter = Filter { approver: Some(name("ada")), ..Filter::default() };
    only(&filter, |record| {
        let approved = matches!(&record.claim, Claim::Approval(one) if one.meaning == Meaning::Approved);
        approved && record.header.recorder.as_str() == "ada"
    });
}

#[test]
fn f01_by_control_with_its_evidence_exceptions_and_decisions() {
    let all = all();
    let control = Concerned::control(name("TEST-01"), &all);
    let requests: BTreeSet<RecordId> = all
        .iter()
        .filter(|record| matches!(&record.claim, Claim::Exception(one) if one.control.as_str() == "TEST-01"))
        .map(|record| record.id)
        .collect();
    let judged: BTreeSet<RecordId> =
        all.iter().filter(|record| record.header.gate.is_some()).map(|record| record.id).collect();
    let shown: BTreeSet<RecordId> = (0..=255_u8)
        .filter(|number| judged.contains(&record_id(*number)))
        .map(|number| record_id(number.wrapping_add(1)))
        .collect();
    only(&Filter { control: Some(control), ..Filter::default() }, |record| {
        let decides = matches!(&record.claim, Claim::ExceptionDecision(one) if requests.contains(&one.exception) || shown.contains(&one.exception));
        decides || [&requests, &judged, &shown].iter().any(|ids| ids.contains(&record.id))
    });
}

#[test]
fn f01_by_artifact() {
    let filter = Filter { artifact: Some(digest(2)), ..Filter::default() };
    only(&filter, |record| record.artifacts.first().is_some_and(|file| file.sha256 == digest(2)));
}

#[test]
fn f01_by_time_from_the_first_second_to_before_the_last() {
    let time = UtcTime::from_seconds;
    only(&Filter { since: Some(time(10)), ..Filter::default() }, |record| record.header.recorded >= time(10));
    only(&Filter { until: Some(time(10)), ..Filter::default() }, |record| record.header.recorded < time(10));
    let period = Period { start: time(10), end: time(30) };
    only(&Filter::default().within(period), |record| period.contains(record.header.recorded));
}

proptest! {
    /// All that is asked for together is what is left when one asks for one after the other.
    #[test]
    #[test]
    fn f01_filters_combine(
        records in proptest::collection::vec(any::<[u8; 8]>(), 0..60),
        asked in any::<[Option<bool>; 12]>(),
    ) {
        let records: Vec<Record> = records.iter().zip(0..).map(|(by, number)| record(number, *by)).collect();
        let one_of = |at: usize, [first, second]: [&str; 2]| asked[at].map(|is| if is { first } else { second }.to_owned());
        let alone = |filter: Filter| filter;
        let control = one_of(9, ["TEST-01", "SCAN-01"]).map(|text| Concerned::control(name(&text), &records));
        let release = one_of(4, ["payments@1+a", "payments@2+b"]).map(|text| Concerned { name: name(&text), with: relied() });
        let none = Filter::default;
        let single = [
            alone(Filter { kind: asked[0].map(|is| if is { Kind::Approval } else { Kind::Deploy }), ..none() }),
            alone(Filter { stage: asked[1].map(|is| if is { Stage::Approve } else { Stage::Monitor }), ..none() }),
            alone(Filter { service: one_of(2, ["payments", "orders"]).map(|text| name(&text)), ..none() }),
            alone(Filter { environment: one_of(3, ["production", "staging"]).map(|text| name(&text)), ..none() }),
            alone(Filter { release, ..none() }),
            alone(Filter { change: one_of(5, ["CHG-1", "CHG-2"]).map(|text| name(&text)), ..none() }),
            alone(Filter { person: one_of(6, ["ada", "grace"]).map(|text| name(&text)), ..none() }),
            alone(Filter { approver: one_of(7, ["ada", "grace"]).map(|text| name(&text)), ..none() }),
            alone(Filter { artifact: asked[8].map(|is| digest(if is { 1 } else { 2 })), ..none() }),
            alone(Filter { control, ..none() }),
            alone(Filter { since: asked[10].map(|is| UtcTime::from_seconds(if is { 5 } else { 20 })), ..none() }),
            alone(Filter { until: asked[11].map(|is| UtcTime::from_seconds(if is { 15 } else { 30 })), ..none() }),
        ];
        let [a, b, c, d, e, f, g, h, i, j, k, l] = single.clone();
        let together = Filter {
            kind: a.kind, stage: b.stage, service: c.service, environment: d.environment, release: e.release,
            change: f.change, person: g.person, approver: h.approver, artifact: i.artifact, control: j.control,
            since: k.since, until: l.until,
        };
        let found: Vec<RecordId> = records.iter().filter(|record| together.admits(record)).map(|record| record.id).collect();
        let mut left: Vec<&Record> = records.iter().collect();
        for filter in &single {
            left.retain(|record| filter.admits(record));
        }
        prop_assert_eq!(found, left.iter().map(|record| record.id).collect::<Vec<_>>());
    }
}
