//! Records as a project writes them, signed by its people and its pipeline.

use std::path::{Path, PathBuf};

use git_qms::envelope::Envelope;
use git_qms::keys::file;
use git_qms::record::kind::approval::Meaning;
use git_qms::record::{Claim, CommitId, Header, Kind, Signatory, TreeId, UtcTime, statement};
use git_qms::trust::Chain;

use crate::claims;

/// A commit and its tree.
pub(crate) type Annotated = (CommitId, TreeId);

/// The second that records begin at.
const EPOCH: i64 = 1_775_000_000;

/// Who signs what, in turns: two people, and a pipeline for the rest.
const ACTS: [(Kind, &str); 5] =
    [(Kind::Plan, "ada"), (Kind::Build, "ci"), (Kind::Test, "ci"), (Kind::Scan, "ci"), (Kind::Approval, "grace")];

/// Signs records of one project.
pub(crate) struct Scribe {
    pub(crate) chain: Chain,
    pub(crate) keys: PathBuf,
}

impl Scribe {
    /// The `n`th record, on this commit, over this tip of the ledger: a line of a note.
    pub(crate) fn line(&self, n: usize, (commit, tree): Annotated, ledger: CommitId, signers: &Signers) -> String {
        let (kind, recorder) = ACTS[n % ACTS.len()];
        let moment = UtcTime::from_seconds(EPOCH + i64::try_from(n).expect("small"));
        let mut header = Header {
            service: Some("payments".parse().expect("a name")),
            change: Some(format!("CHG-{}", n / ACTS.len()).parse().expect("a change")),
            ..Header::new(
                kind,
                tree,
                Signatory {
                    project: self.chain.root(),
                    recorder: recorder.parse().expect("a member id"),
                    trust: self.chain.newest().digest,
                    ledger: Some(ledger),
                    recorded: moment,
                },
            )
        };
        let claim = claim(kind, n, &mut header);
        let payload = statement::write(commit, &header, &[], &claim).expect("a record");
        Envelope::sign(payload, signers.of(recorder)).expect("signs").to_line()
    }

    /// One record for each of these places, over one tip, signed on all cores.
    pub(crate) fn lines(&self, places: &[Annotated], ledger: CommitId) -> Vec<(CommitId, String)> {
        let share = places.len().div_ceil(crate::measure::threads()).max(1);
        std::thread::scope(|scope| {
            let parts = places.chunks(share).enumerate().map(|(part, places)| {
                scope.spawn(move || {
                    let signers = Signers::read(&self.keys);
                    let line = |(at, place): (usize, &Annotated)| {
                        (place.0, self.line(part * share + at, *place, ledger, &signers))
                    };
                    places.iter().enumerate().map(line).collect::<Vec<_>>()
                })
            });
            let parts: Vec<_> = parts.collect();
            parts.into_iter().flat_map(|part| part.join().expect("signs")).collect()
        })
    }
}

fn claim(kind: Kind, n: usize, header: &mut Header) -> Claim {
    match kind {
        Kind::Plan => claims::plan("Refund limits"),
        Kind::Build => {
            let run = n.to_string();
            let (claim, detail) = claims::built(&run);
            detail(header);
            claim
        }
        Kind::Test => {
            claims::suites(vec![claims::suite("unit", 212, 0), claims::suite("integration", 31, 0)])(header);
            claims::test()
        }
        Kind::Scan => {
            claims::findings("trivy", git_qms::record::kind::scan::Severities::default())(header);
            claims::scan()
        }
        _ => claims::approval("release-manager", Meaning::Approved, &[]),
    }
}

/// The keys of one thread.
pub(crate) struct Signers(Vec<(&'static str, file::FileKey)>);

impl Signers {
    pub(crate) fn read(keys: &Path) -> Self {
        let key = |name| (name, file::key(&keys.join(name), None).expect("a key file"));
        Self(["ada", "grace", "ci"].map(key).into())
    }

    fn of(&self, member: &str) -> &file::FileKey {
        &self.0.iter().find(|(name, _)| *name == member).expect("a member").1
    }
}
