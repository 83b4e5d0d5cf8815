//! What several records of one incident or defect come to.

use git_qms::record::kind::defect::Defect;
use git_qms::record::kind::incident::{CaseState, Incident, Severity};
use git_qms::record::{Claim, Kind, RecordId, UtcTime};

use crate::world::World;

/// An incident, restored and closed so many seconds after it was detected.
fn incident(id: &str, severity: Severity, restored: Option<i64>, closed: Option<i64>) -> Claim {
    Claim::Incident(Incident {
        id: id.parse().expect("an id"),
        title: None,
        severity,
        detected: UtcTime::from_seconds(1_000),
        restored: restored.map(|after| UtcTime::from_seconds(1_000 + after)),
        deployment: None,
        introduced_by: None,
        missed_by: None,
        remediation: closed.map(|_| "done".into()),
        closed: closed.map(|after| UtcTime::from_seconds(1_000 + after)),
    })
}

fn defect(id: &str) -> Claim {
    Claim::Defect(Defect {
        id: id.parse().expect("an id"),
        title: None,
        severity: Severity::Low,
        detected: UtcTime::from_seconds(1_000),
        deployment: None,
        introduced_by: None,
        missed_by: None,
        remediation: None,
        closed: None,
    })
}

/// State, severity and record of the one case there is.
fn only(world: &World) -> (CaseState, Severity, RecordId) {
    let ledger = world.memory.ledger();
    let cases = ledger.cases();
    assert_eq!(cases.len(), 1, "{cases:?}");
    (cases[0].state(), cases[0].severity(), cases[0].last.id)
}

fn told(world: &mut World, claim: Claim) -> RecordId {
    world.memory.record("ada", world.commit, claim, |_| ())
}

#[test]
fn e10_the_last_record_of_an_id_tells_the_state_however_it_is_written() {
    let mut world = World::new();
    told(&mut world, incident("INC-7", Severity::High, None, None));
    assert_eq!(only(&world).0, CaseState::Open);
    told(&mut world, incident("inc-7", Severity::High, Some(60), None));
    assert_eq!(only(&world).0, CaseState::Restored);
    let elsewhere = world.memory.commit("two", "two");
    let last = world.memory.record("grace", elsewhere, incident("Inc-7", Severity::Low, Some(60), Some(90)), |_| ());
    assert_eq!(only(&world), (CaseState::Closed, Severity::Low, last));
    let reopened = told(&mut world, incident("INC-7", Severity::Medium, None, None));
    assert_eq!(only(&world), (CaseState::Open, Severity::Medium, reopened));
    let ledger = world.memory.ledger();
    assert_eq!(ledger.cases()[0].records.len(), 4);
    assert!(ledger.case(Kind::Incident, &"iNC-7".parse().expect("an id")).is_some());
    assert!(ledger.case(Kind::Defect, &"INC-7".parse().expect("an id")).is_none());
}

#[test]
fn e10_of_concurrent_words_the_worst_counts() {
    let restored = incident("INC-7", Severity::High, Some(60), None);
    let closed = incident("INC-7", Severity::Critical, Some(60), Some(90));
    let graver = incident("INC-7", Severity::Critical, Some(60), None);
    for (one, other, expected) in [
        (restored.clone(), closed.clone(), (CaseState::Restored, Severity::High)),
        (closed, restored.clone(), (CaseState::Restored, Severity::High)),
        (restored, graver, (CaseState::Restored, Severity::Critical)),
    ] {
        let mut world = World::new();
        told(&mut world, incident("INC-7", Severity::High, None, None));
        let fork = world.memory.head();
        told(&mut world, one);
        let there = world.memory.head();
        world.memory.checkout(fork);
        world.memory.record("grace", world.commit, other, |_| ());
        world.memory.merge(there);
        let (state, severity, _) = only(&world);
        assert_eq!((state, severity), expected);
    }
}

#[test]
fn e10_an_incident_and_a_defect_of_one_id_are_two() {
    let mut world = World::new();
    told(&mut world, incident("X-1", Severity::High, None, None));
    told(&mut world, defect("X-1"));
    assert_eq!(world.memory.ledger().cases().len(), 2);
}

#[test]
fn e10_a_superseded_record_tells_no_state() {
    use git_qms::record::header::Supersedes;
    let mut world = World::new();
    told(&mut world, incident("INC-7", Severity::High, None, None));
    let slip = told(&mut world, incident("INC-7", Severity::High, Some(60), None));
    let correction = incident("INC-8", Severity::Low, Some(60), None);
    world.memory.record("ada", world.commit, correction, |header| {
        header.supersedes = Some(Supersedes { record: slip, reason: "it was another one".into() });
    });
    let ledger = world.memory.ledger();
    let seen: Vec<_> = ledger.cases().iter().map(|case| (case.id().to_string(), case.state())).collect();
    assert_eq!(seen, [("INC-7".to_owned(), CaseState::Open), ("INC-8".to_owned(), CaseState::Restored)]);
}
