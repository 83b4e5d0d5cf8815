//! The population: every change of production, each with who let it go out and whether it was watched.

use std::collections::{HashMap, HashSet};

use super::filter::{Filter, approves};
use crate::policy::Policy;
use crate::record::kind::deploy::{Deploy, DeployOutcome};
use crate::record::kind::gate::{VerificationResult, VerificationSummary};
use crate::record::{Claim, Kind, MemberId, Name, Record, TagName, TreeId, UtcTime};
use crate::trust::MemberType;
use crate::verify::{Ledger, Verified};

type Proof<'a> = &'a Verified<Record>;

/// Every change of production on record, in the order of the ledger.
///
/// One is a deploy record that nobody corrected, whatever its outcome, to an environment that the catalog calls production.
/// An environment that the catalog does not know counts, since nothing says that users are not served from it.
#[derive(Debug, Clone)]
pub struct Population<'a> {
    /// Each change.
    pub changes: Vec<Changed<'a>>,
}

/// One change of production.
#[derive(Debug, Clone)]
pub struct Changed<'a> {
    /// The deploy record.
    pub record: Proof<'a>,
    /// What it says.
    pub deploy: &'a Deploy,
    /// The release record that names what was deployed.
    pub release: Placed<'a>,
    /// Approvals by people of the commit, or of one with its tree.
    pub approval: Placed<'a>,
    /// The decision that let it pass, by the gate.
    pub decision: Option<Proof<'a>>,
    /// Whether it was recorded how it did.
    pub watch: Watch<'a>,
}

/// Records that have to be there before something happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed<'a> {
    /// The ledger proves that these were there before.
    Before(Vec<Proof<'a>>),
    /// None was there before; these came later, or nothing tells which was first.
    Late(Vec<Proof<'a>>),
    /// There is none.
    Missing,
}

/// Whether it was recorded how a deployment did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watch<'a> {
    /// In this record, after it.
    Done(Proof<'a>),
    /// Not yet, and there is time until then.
    Due(UtcTime),
    /// Not by then.
    Overdue(UtcTime),
    /// It did not succeed, or names neither release nor environment: there is nothing to watch.
    Nothing,
}

impl<'a> Placed<'a> {
    fn of(ledger: &Ledger, all: Vec<Proof<'a>>, event: Proof<'a>) -> Self {
        let (before, late): (Vec<_>, Vec<_>) = all.into_iter().partition(|record| ledger.is_before(record, event));
        match (before.is_empty(), late.is_empty()) {
            (false, _) => Self::Before(before),
            (true, false) => Self::Late(late),
            (true, true) => Self::Missing,
        }
    }

    /// The word in reports.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Before(_) => "before",
            Self::Late(_) => "late",
            Self::Missing => "missing",
        }
    }

    /// The records, however they are placed.
    pub fn records(&self) -> &[Proof<'a>] {
        match self {
            Self::Before(records) | Self::Late(records) => records,
            Self::Missing => &[],
        }
    }
}

impl Watch<'_> {
    /// The word in reports.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::Due(_) => "due",
            Self::Overdue(_) => "overdue",
            Self::Nothing => "nothing",
        }
    }
}

impl<'a> Population<'a> {
    /// The changes that ended within the times of `within` and are all else that it asks for, as of a moment.
    pub fn of(ledger: &'a Ledger, policy: Option<&Policy>, within: &Filter, at: UtcTime) -> Self {
        let index = Index::of(ledger, at);
        let ended = |record: &Record| {
            let end = record.header.occurred.end;
            within.since.is_none_or(|since| since <= end) && within.until.is_none_or(|until| end < until)
        };
        let about = Filter { since: None, until: None, ..within.clone() };
        let is_production = |name: Option<&Name>| {
            name.and_then(|name| policy?.environment(name)).is_none_or(|environment| environment.production)
        };
        let stands =
            |record: &&Verified<Record>| record.header.recorded <= at && ledger.superseded_by(record.id).is_none();
        let mut changes = Vec::new();
        for record in ledger.of_kind(Kind::Deploy).filter(stands) {
            let Claim::Deploy(deploy) = &record.claim else { continue };
            if is_production(record.header.environment.as_ref()) && ended(record) && about.admits(record) {
                changes.push(index.changed(ledger, policy, record, deploy, at));
            }
        }
        Self { changes }
    }

    /// Those that no person had approved when they went out.
    pub fn unapproved(&self) -> impl Iterator<Item = &Changed<'a>> {
        self.changes.iter().filter(|one| !matches!(one.approval, Placed::Before(_)))
    }

    /// Those that were no release when they went out.
    pub fn unreleased(&self) -> impl Iterator<Item = &Changed<'a>> {
        self.changes.iter().filter(|one| !matches!(one.release, Placed::Before(_)))
    }

    /// Those of which it is not recorded how they did.
    pub fn unwatched(&self) -> impl Iterator<Item = &Changed<'a>> {
        self.changes.iter().filter(|one| matches!(one.watch, Watch::Due(_) | Watch::Overdue(_)))
    }
}

/// What deployments are held against, gathered in one pass.
struct Index<'a> {
    releases: HashMap<&'a TagName, Vec<Proof<'a>>>,
    monitors: HashMap<(&'a TagName, &'a Name), Vec<Proof<'a>>>,
    /// Approvals and decisions, by their trees.
    judged: HashMap<TreeId, Vec<Proof<'a>>>,
    bots: HashSet<&'a MemberId>,
}

impl<'a> Index<'a> {
    fn of(ledger: &'a Ledger, at: UtcTime) -> Self {
        let mut index =
            Self { releases: HashMap::new(), monitors: HashMap::new(), judged: HashMap::new(), bots: HashSet::new() };
        for record in ledger.of_kind(Kind::Approval).chain(ledger.of_kind(Kind::Gate)) {
            index.judged.entry(record.header.tree).or_default().push(record);
        }
        let members = ledger.chain().links().iter().flat_map(|link| &link.version.members);
        index.bots.extend(members.filter(|member| member.kind == MemberType::Bot).map(|member| &member.id));
        let all = ledger.of_kind(Kind::Release).chain(ledger.of_kind(Kind::Monitor));
        for record in all.filter(|record| record.header.recorded <= at) {
            let header = &record.header;
            match (&record.claim, &header.release, &header.environment) {
                (Claim::Release(release), ..) => index.releases.entry(&release.tag).or_default().push(record),
                (Claim::Monitor(_), Some(release), Some(environment)) if ledger.superseded_by(record.id).is_none() => {
                    index.monitors.entry((release, environment)).or_default().push(record);
                }
                _ => {}
            }
        }
        index
    }

    fn changed(
        &self,
        ledger: &'a Ledger,
        policy: Option<&Policy>,
        record: Proof<'a>,
        deploy: &'a Deploy,
        at: UtcTime,
    ) -> Changed<'a> {
        let release = record.header.release.as_ref().and_then(|tag| self.releases.get(tag)).cloned();
        let counts = |other: &Proof<'a>| {
            approves(other)
                && other.header.recorded <= at
                && !other.header.dirty
                && !self.bots.contains(&other.header.recorder)
                && ledger.superseded_by(other.id).is_none()
        };
        let judged = || self.judged.get(&record.header.tree).into_iter().flatten().copied();
        // By tree, a superset of those on the commit.
        let approvals: Vec<Proof<'a>> = judged().filter(counts).collect();
        let passed = |other: &Proof<'a>| {
            let passed = |gate: &VerificationSummary| gate.verification_result == VerificationResult::Passed;
            matches!(&other.claim, Claim::Gate(gate) if passed(gate))
                && other.header.environment == record.header.environment
                && ledger.is_before(other, record)
        };
        Changed {
            record,
            deploy,
            release: Placed::of(ledger, release.unwrap_or_default(), record),
            approval: Placed::of(ledger, approvals, record),
            decision: judged().filter(passed).last(),
            watch: self.watch(ledger, policy, record, deploy, at),
        }
    }

    fn watch(
        &self,
        ledger: &Ledger,
        policy: Option<&Policy>,
        record: Proof<'a>,
        deploy: &Deploy,
        at: UtcTime,
    ) -> Watch<'a> {
        let header = &record.header;
        let (Some(release), Some(environment)) = (&header.release, &header.environment) else { return Watch::Nothing };
        if deploy.outcome != DeployOutcome::Success {
            return Watch::Nothing;
        }
        let monitors = self.monitors.get(&(release, environment)).map_or(&[][..], |all| all);
        if let Some(done) = monitors.iter().find(|monitor| ledger.is_before(record, monitor)) {
            return Watch::Done(done);
        }
        let within = policy.and_then(|policy| policy.environment(environment)).map(|one| one.monitor_within);
        let due = within.unwrap_or_default().after(header.occurred.end);
        if due < at { Watch::Overdue(due) } else { Watch::Due(due) }
    }
}
