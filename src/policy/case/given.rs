//! A record of a case, in short.

use crate::policy::interval::Interval;
use crate::record::kind::analysis::Levels;
use crate::record::kind::approval::Meaning;
use crate::record::kind::deploy::Deploy;
use crate::record::kind::exception::{Decided, Reach};
use crate::record::kind::findings::Run;
use crate::record::kind::incident::Severity;
use crate::record::kind::monitor::Monitor;
use crate::record::kind::plan::Plan;
use crate::record::kind::scan::Severities;
use crate::record::kind::test::TestDetail;
use crate::record::{CaseId, ChangeRef, MemberId, Name, TagName};

/// One record of a case.
#[derive(Debug, Clone)]
pub struct Given {
    /// Where it stands in its file.
    pub line: usize,
    /// Who signs.
    pub by: MemberId,
    /// How long before the moment of the case; at that moment, unless said.
    pub age: Option<Interval>,
    /// Whether it comes from a dirty working tree.
    pub dirty: bool,
    /// Which of the commits it is on, from 0.
    pub commit: usize,
    /// What it applies to.
    pub service: Option<Name>,
    /// Where it applies.
    pub environment: Option<Name>,
    /// The change it applies to.
    pub change: Option<ChangeRef>,
    /// The release it applies to.
    pub release: Option<TagName>,
    /// Which of the records before it it corrects.
    pub supersedes: Option<usize>,
    /// Which of the records before it was signed by somebody who had not seen this one, nor this one's signer that one.
    pub beside: Option<usize>,
    /// What it says.
    pub what: What,
}

/// What a record says, as far as rules measure it.
#[derive(Debug, Clone)]
pub enum What {
    /// Suites of tests, or coverage, or both.
    Test(TestDetail),
    /// A vulnerability scan.
    Scan(Scan),
    /// A static analysis by a tool.
    Analysis(String, Levels, Run),
    /// A build.
    Build(Build),
    /// A plan.
    Plan(Box<Plan>),
    /// An approval in a role.
    Approval(Name, Meaning),
    /// A release by this name.
    Release(TagName),
    /// A deployment.
    Deploy(Deploy),
    /// How it did.
    Monitor(Monitor),
    /// An incident.
    Incident(Trouble),
    /// A defect.
    Defect(Trouble),
    /// A request for an exception.
    Exception(Request),
    /// A decision about one.
    Decision(Word),
}

/// A vulnerability scan.
#[derive(Debug, Clone)]
pub struct Scan {
    /// By which tool.
    pub tool: String,
    /// What it found.
    pub counts: Severities,
    /// Whether it came to its end.
    pub run: Run,
    /// How long before the moment of the case its database was brought up to date.
    pub database: Option<Interval>,
}

/// A build.
#[derive(Debug, Clone)]
pub struct Build {
    /// Its id.
    pub id: String,
    /// What came of it; the digest of each is made of its name.
    pub artifacts: Vec<String>,
    /// Whether it is known what is in them.
    pub inventory: bool,
    /// Those of them that its builder attests by a signature.
    pub attested: Vec<String>,
}

/// What is told of an incident or a defect. Times are so long before the moment of the case.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// By which later records name it, too.
    pub id: CaseId,
    /// How grave it is.
    pub severity: Severity,
    /// When it was noticed; when it was recorded, unless said.
    pub detected: Option<Interval>,
    /// When users were served again. A defect has no such moment.
    pub restored: Option<Interval>,
    /// When nothing was left to do.
    pub closed: Option<Interval>,
    /// Which of the records before it is the deployment at fault.
    pub deployment: Option<usize>,
}

/// A request for an exception.
#[derive(Debug, Clone)]
pub struct Request {
    /// From which control.
    pub control: Name,
    /// For which commits; of reach `range` for all of the case.
    pub reach: Reach,
    /// For which files alone.
    pub paths: Vec<String>,
    /// How long after the request it expires.
    pub expires: Interval,
    /// Of an emergency: how long after the request it has to be reviewed.
    pub review_by: Option<Interval>,
    /// Whether evidence is attached.
    pub attached: bool,
}

/// A decision about an exception.
#[derive(Debug, Clone)]
pub struct Word {
    /// Which of the records before it is the request.
    pub of: usize,
    /// What was decided.
    pub decision: Decided,
    /// In which role.
    pub role: Name,
    /// Of a renewal: how long after it it expires.
    pub expires: Option<Interval>,
    /// Whether evidence is attached.
    pub attached: bool,
}
