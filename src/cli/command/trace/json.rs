//! The shapes of `git-qms/trace/v1`.

use serde::Serialize;

use super::Seen;
use crate::cli::verification::VerificationJson;
use crate::ingest::requirement::{Requirement, Review};
use crate::report::drawing::Drawing;
use crate::trace::{Counts, From, Link, Standing, Trace, Unknown};

/// The schema of both forms.
pub(super) const SCHEMA: &str = "git-qms/trace/v1";

/// One requirement, or all.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output<'a> {
    schema: &'static str,
    commit: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    requirement: Option<RequirementJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requirements: Option<Vec<RequirementJson<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<CountsJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<Vec<UnknownJson<'a>>>,
    /// What is on record of the requirement, and what came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    graph: Option<&'a Drawing>,
    verification: VerificationJson,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequirementJson<'a> {
    id: &'a str,
    title: &'a str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<&'a str>,
    digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    active: bool,
    critical: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<&'static str>,
    file: &'a str,
    format: &'static str,
    parents: Vec<&'a str>,
    standing: &'static str,
    links: Vec<LinkJson<'a>>,
}

#[derive(Serialize)]
struct LinkJson<'a> {
    #[serde(flatten)]
    from: FromJson<'a>,
    sound: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum FromJson<'a> {
    Test {
        record: String,
        commit: String,
        suite: &'a str,
        case: &'a str,
        outcome: crate::record::kind::test::CaseOutcome,
        here: bool,
    },
    Plan {
        record: String,
        commit: String,
    },
    Commit {
        commit: String,
        subject: &'a str,
        trailer: &'a str,
    },
    Tag {
        file: &'a str,
        line: usize,
        #[serde(rename = "type")]
        kind: &'a str,
    },
    Requirement {
        id: &'a str,
    },
}

#[derive(Serialize)]
struct UnknownJson<'a> {
    id: &'a str,
    #[serde(flatten)]
    from: FromJson<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CountsJson {
    active: u64,
    covered: u64,
    failing: u64,
    suspect: u64,
    not_covered: u64,
    inactive: u64,
}

impl<'a> Output<'a> {
    /// One requirement.
    pub(super) fn one(
        seen: &Seen,
        requirement: &'a Requirement,
        links: &'a [Link],
        graph: Option<&'a Drawing>,
    ) -> Self {
        Self { requirement: Some(RequirementJson::of(requirement, links)), graph, ..Self::empty(seen) }
    }

    /// All of them.
    pub(super) fn all(seen: &Seen, trace: &'a Trace<'a>, counts: Counts) -> Self {
        let rows = trace.rows.iter().map(|(requirement, links)| RequirementJson::of(requirement, links));
        Self {
            requirements: Some(rows.collect()),
            counts: Some(CountsJson {
                active: counts.active,
                covered: counts.covered,
                failing: counts.failing,
                suspect: counts.suspect,
                not_covered: counts.not_covered,
                inactive: counts.inactive,
            }),
            unknown: Some(trace.unknown.iter().map(UnknownJson::of).collect()),
            ..Self::empty(seen)
        }
    }

    fn empty(seen: &Seen) -> Self {
        Self {
            schema: SCHEMA,
            commit: seen.commit.id.to_string(),
            requirement: None,
            requirements: None,
            counts: None,
            unknown: None,
            graph: None,
            verification: seen.verification.json(),
        }
    }
}

impl<'a> RequirementJson<'a> {
    fn of(one: &'a Requirement, links: &'a [Link]) -> Self {
        Self {
            id: one.id.as_str(),
            title: &one.title,
            kind: one.kind.as_deref(),
            revision: one.revision.as_deref(),
            digest: one.digest.to_string(),
            status: one.status.as_deref(),
            active: one.active,
            critical: one.critical,
            review: review(one.review),
            file: &one.file,
            format: one.form,
            parents: one.parents.iter().map(|parent| parent.id.as_str()).collect(),
            standing: Standing::of(one, links).as_str(),
            links: links.iter().map(LinkJson::of).collect(),
        }
    }
}

/// The word for a review, where the form keeps reviews.
pub(super) fn review(review: Review) -> Option<&'static str> {
    match review {
        Review::NotKept => None,
        Review::Reviewed => Some("reviewed"),
        Review::Missing => Some("missing"),
        Review::Outdated => Some("outdated"),
        Review::Unknown => Some("unknown"),
    }
}

impl<'a> LinkJson<'a> {
    fn of(link: &'a Link) -> Self {
        let reason = link.doubt.as_ref().map(ToString::to_string);
        Self { from: FromJson::of(&link.from), sound: reason.is_none(), reason }
    }
}

impl<'a> UnknownJson<'a> {
    fn of(unknown: &'a Unknown) -> Self {
        Self { id: unknown.names.as_str(), from: FromJson::of(&unknown.from) }
    }
}

impl<'a> FromJson<'a> {
    fn of(from: &'a From) -> Self {
        match from {
            From::Test { record, commit, suite, case, outcome, is_here } => Self::Test {
                record: record.to_string(),
                commit: commit.to_string(),
                suite: suite.as_str(),
                case,
                outcome: *outcome,
                here: *is_here,
            },
            From::Plan { record, commit } => Self::Plan { record: record.to_string(), commit: commit.to_string() },
            From::Commit(commit) => {
                Self::Commit { commit: commit.id.to_string(), subject: &commit.subject, trailer: &commit.key }
            }
            From::Tag(tag) => Self::Tag { file: &tag.file, line: tag.line, kind: &tag.kind },
            From::Child(id) => Self::Requirement { id: id.as_str() },
        }
    }
}
