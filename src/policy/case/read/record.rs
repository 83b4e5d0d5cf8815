//! One record of a case: who signed it where and when, and what it refers to.

use std::ops::Range;

use super::Reader;
use super::values::{Value, count, flag};
use super::{acts, evidence};
use crate::policy::case::{Given, What};
use crate::policy::problem::Problems;
use crate::policy::table::{Table, parsed, string, table};
use crate::record::{Kind, Name};

/// The kinds that a case can give.
const KINDS: &str = "test, scan, analysis, build, plan, approval, release, deploy, monitor, incident, defect, \
                     exception or exception-decision";

/// What the records of one case stand in.
pub(super) struct Frame<'t> {
    /// How many commits there are.
    commits: usize,
    /// What would go out, and where.
    service: Option<&'t Name>,
    environment: Option<&'t Name>,
    /// Where each record begins, and what it is called.
    named: Vec<(usize, Option<&'t str>)>,
}

impl<'t> Frame<'t> {
    pub(super) fn of(
        given: &'t Value<'t>,
        commits: usize,
        service: Option<&'t Name>,
        environment: Option<&'t Name>,
    ) -> Self {
        let all = given.get_ref().as_array().into_iter().flat_map(|all| all.iter());
        let named = all.map(|one| {
            let name = one.get_ref().as_table().and_then(|record| record.get("as"));
            (one.span().start, name.and_then(|name| name.get_ref().as_str()))
        });
        Self { commits, service, environment, named: named.collect() }
    }

    /// The record before `at` that is called so.
    fn find(&self, at: usize, value: &Value<'_>, problems: &mut Problems<'_>) -> Option<usize> {
        let name = string(value, problems)?;
        let earlier = || self.named.iter().enumerate().filter(|(_, (start, _))| *start < at);
        let found = earlier().rfind(|(_, (_, called))| *called == Some(name)).map(|(index, _)| index);
        if found.is_none() {
            let known: Vec<&str> = earlier().filter_map(|(_, (_, called))| *called).collect();
            let known = if known.is_empty() { "none of them has a name".into() } else { known.join(", ") };
            let mend = format!("give the record a name: as = \"{}\"; before this one: {known}", name.escape_default());
            problems.add(value.span(), format!("no record {name:?}"), "the name of a record before this one", mend);
        }
        found
    }
}

/// A record on the way to being read.
pub(super) struct Draft<'f, 't> {
    pub(super) table: Table<'t>,
    frame: &'f Frame<'t>,
    start: usize,
}

impl Draft<'_, '_> {
    /// The record before this one that a key names.
    pub(super) fn reference(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<usize> {
        self.table.optional(key).and_then(|value| self.frame.find(self.start, value, problems))
    }

    /// The same of a key that may not be absent.
    pub(super) fn needed(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<usize> {
        self.table.required(key, "\"request\"", problems)?;
        self.reference(key, problems)
    }
}

impl Reader<'_> {
    pub(super) fn given<'t>(
        &self,
        value: &'t Value<'t>,
        frame: &Frame<'t>,
        problems: &mut Problems<'_>,
    ) -> Option<Given> {
        let start = value.span().start;
        let line = problems.line_of(start);
        let mut draft = Draft { table: table("a given record", value, problems)?, frame, start };
        let record = &mut draft.table;
        let kind = record.required("kind", "\"test\"", problems);
        let by = record.required("by", "\"ci\"", problems).and_then(|value| self.member(value, problems));
        record.optional("as").and_then(|value| parsed::<Name>(value, problems));
        let age = record.optional("age").and_then(|value| parsed(value, problems));
        let dirty = flag(record, "dirty", false, problems);
        let service = record.optional("service").and_then(|value| parsed(value, problems));
        let environment = record.optional("environment").and_then(|value| parsed(value, problems));
        let change = record.optional("change").and_then(|value| parsed(value, problems));
        let release = record.optional("release").and_then(|value| parsed(value, problems));
        let commit = record.optional("commit").and_then(|value| place(value, frame.commits, problems));
        let commit = commit.unwrap_or(frame.commits.saturating_sub(1));
        let supersedes = draft.reference("supersedes", problems);
        let beside = draft.reference("beside", problems);
        let kind = kind.and_then(|kind| Some((kind.span(), parsed::<Kind>(kind, problems)?)));
        let what = match kind.clone() {
            Some((_, Kind::Exception)) => self.exception(&mut draft, problems).map(What::Exception),
            Some((at, kind)) => what(kind, at, release.as_ref(), &mut draft, problems),
            None => None,
        };
        // What belongs to a kind that was not understood is no unknown key.
        if what.is_some() {
            draft.table.finish(problems);
        }
        // What is of a place by its nature is of that of the case, unless it says another.
        let is_of_place =
            |kind| matches!(kind, Kind::Release | Kind::Deploy | Kind::Monitor | Kind::Incident | Kind::Exception);
        let placed = kind.is_some_and(|(_, kind)| is_of_place(kind));
        Some(Given {
            line,
            by: by?,
            age,
            dirty,
            commit,
            service: service.or_else(|| frame.service.filter(|_| placed).cloned()),
            environment: environment.or_else(|| frame.environment.filter(|_| placed).cloned()),
            change,
            release,
            supersedes,
            beside,
            what: what?,
        })
    }
}

/// A commit by its number, from 1.
fn place(value: &Value<'_>, commits: usize, problems: &mut Problems<'_>) -> Option<usize> {
    let number = usize::try_from(count(value, problems)?).unwrap_or(usize::MAX);
    if number == 0 || number > commits {
        let expected = format!("a number from 1 to {commits}, the last commit");
        problems.add(value.span(), format!("commit {number}"), expected, "or more authors in commits");
        return None;
    }
    Some(number - 1)
}

/// What the record says, by its kind.
fn what(
    kind: Kind,
    at: Range<usize>,
    release: Option<&crate::record::TagName>,
    draft: &mut Draft<'_, '_>,
    problems: &mut Problems<'_>,
) -> Option<What> {
    match kind {
        Kind::Test => evidence::test(&mut draft.table, problems),
        Kind::Scan => evidence::scan(&mut draft.table, problems),
        Kind::Analysis => evidence::analysis(&mut draft.table, problems),
        Kind::Build => evidence::build(&mut draft.table, problems),
        Kind::Plan => acts::plan(&mut draft.table, problems),
        Kind::Approval => acts::approval(&mut draft.table, problems),
        Kind::Deploy => acts::deploy(&mut draft.table, problems),
        Kind::Monitor => acts::monitor(&mut draft.table, problems),
        Kind::Incident => acts::trouble(draft, problems).map(What::Incident),
        Kind::Defect => acts::trouble(draft, problems).map(What::Defect),
        Kind::ExceptionDecision => super::exceptions::decision(draft, problems).map(What::Decision),
        Kind::Release => {
            draft.table.required("release", "\"payments@1.0.0+chg-1\"", problems)?;
            release.cloned().map(What::Release)
        }
        other => {
            let mend = "what other kinds say is measured by no rule";
            problems.add(at, format!("kind {other}"), KINDS, mend);
            None
        }
    }
}
