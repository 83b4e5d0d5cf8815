//! Cases from TOML. Every fault is told with its place, as those of a catalog.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::given::{Given, What, suite, tests};
use super::{Case, CaseFile, Person};
use crate::policy::catalog::Policy;
use crate::policy::problem::{PolicyErrors, Problems};
use crate::policy::table::{Placed, Table, list, parsed, sentence, string, table, truth};
use crate::record::kind::analysis::Levels;
use crate::record::kind::approval::Meaning;
use crate::record::kind::findings::{Run, RunOutcome};
use crate::record::kind::plan::Plan;
use crate::record::kind::scan::Severities;
use crate::record::kind::test::{Coverage, Ratio};
use crate::record::{Kind, MemberId, Name};
use crate::verify::Outcome;

/// The words of a control's outcome.
const OUTCOMES: [&str; 6] = ["pass", "fail", "warn", "excepted", "not-applicable", "incomplete"];

/// The kinds that a case can give.
const KINDS: &str = "test, scan, analysis, approval, plan or build";

type Value<'t> = Spanned<DeValue<'t>>;

/// Reads a file of cases for a catalog. `file_name` is only for the errors, all of which are reported.
pub fn read(text: &str, file_name: &str, policy: &Policy) -> Result<CaseFile, PolicyErrors> {
    let mut problems = Problems::of(text);
    let (root, faults) = DeTable::parse_recoverable(text);
    for fault in &faults {
        let at = fault.span().unwrap_or(0..0);
        problems.add(at, "this is not TOML", fault.message(), "correct the line; TOML is described at https://toml.io");
    }
    // What could be recovered would only give errors that follow from these.
    let reader = Reader { policy, people: Vec::new(), author: None };
    let is_toml = faults.is_empty();
    let file = if is_toml { reader.file(root.get_ref(), &mut problems) } else { CaseFile::default() };
    problems.finish(file_name)?;
    Ok(file)
}

struct Reader<'p> {
    policy: &'p Policy,
    people: Vec<Person>,
    author: Option<MemberId>,
}

impl Reader<'_> {
    fn file<'t>(mut self, root: &'t DeTable<'t>, problems: &mut Problems<'_>) -> CaseFile {
        let mut file = Table::of("the file", 0..0, root);
        for (key, is_bot) in [("people", false), ("bots", true)] {
            let found =
                if is_bot { file.optional(key) } else { file.required(key, "{ ada = [\"developer\"] }", problems) };
            self.people.extend(found.map(|value| people(value, is_bot, problems)).unwrap_or_default());
        }
        let author = file.required("author", "\"ada\"", problems);
        self.author = author.and_then(|value| self.member(value, problems));
        let cases = file.optional("case");
        let cases = cases.map(|value| list(value, problems, |one, problems| self.case(one, problems)));
        file.finish(problems);
        let cases: Vec<Case> = cases.unwrap_or_default().into_iter().map(|one| one.value).collect();
        if cases.is_empty() && problems.is_empty() {
            let end = problems.text().len();
            problems.add(end..end, "there is no case", "at least one [[case]]", "add one, or take the file out");
        }
        CaseFile { people: self.people, cases }
    }

    /// A member of the file.
    fn member(&self, value: &Value<'_>, problems: &mut Problems<'_>) -> Option<MemberId> {
        let id: MemberId = parsed(value, problems)?;
        if self.people.iter().all(|person| person.id != id) {
            let ids: Vec<&str> = self.people.iter().map(|person| person.id.as_str()).collect();
            let mend = format!("name one of: {}; or add it to [people] or [bots]", ids.join(", "));
            problems.add(value.span(), format!("member {id}"), "somebody that the file knows", mend);
            return None;
        }
        Some(id)
    }

    fn case<'t>(&self, value: &'t Value<'t>, problems: &mut Problems<'_>) -> Option<Case> {
        let mut case = table("[[case]]", value, problems)?;
        let line = problems.line_of(value.span().start);
        let name = case.required("name", "\"a failed test\"", problems).and_then(|value| sentence(value, problems));
        let expect = case.required("expect", "\"fail\"", problems).and_then(|value| expectation(value, problems));
        let controls = case.optional("controls").map(|value| self.controls(value, problems)).unwrap_or_default();
        let sole = |mut names: Box<dyn Iterator<Item = &Name> + '_>| match (names.next(), names.next()) {
            (Some(name), None) => Some(name.clone()),
            _ => None,
        };
        let service = case.optional("service").and_then(|value| parsed(value, problems));
        let service = service.or_else(|| sole(Box::new(self.policy.services.iter().map(|one| &one.name))));
        let environment = case.optional("environment").and_then(|value| parsed(value, problems));
        let environment = environment.or_else(|| sole(Box::new(self.policy.environments.iter().map(|one| &one.name))));
        let change = case.optional("change").and_then(|value| parsed(value, problems));
        let commits =
            case.optional("commits").map(|value| list(value, problems, |one, problems| self.member(one, problems)));
        let commits: Vec<_> = commits.unwrap_or_default().into_iter().map(|one| one.value).collect();
        let commits = if commits.is_empty() { self.author.iter().cloned().collect() } else { commits };
        let paths = case.optional("paths").map(|value| list(value, problems, sentence)).unwrap_or_default();
        let paths = paths.into_iter().map(|path| path.value).collect();
        let lines = number(&mut case, "lines", problems);
        let count = commits.len();
        let given =
            case.optional("given").map(|value| list(value, problems, |one, problems| self.given(one, count, problems)));
        case.finish(problems);
        let given = given.unwrap_or_default().into_iter().map(|one| one.value).collect();
        Some(Case {
            name: name?,
            line,
            expect: expect?,
            controls,
            service,
            environment,
            change,
            paths,
            lines,
            commits,
            given,
        })
    }

    /// Outcomes by control.
    fn controls(&self, value: &Value<'_>, problems: &mut Problems<'_>) -> Vec<(Name, Name)> {
        let Some(entries) = value.get_ref().as_table() else {
            problems.add(
                value.span(),
                "found no table",
                "expected a table",
                "write: controls = { TEST-01 = \"fail\" }",
            );
            return Vec::new();
        };
        let known: Vec<&str> = self.policy.controls.iter().map(|control| control.id.as_str()).collect();
        let mut controls = Vec::new();
        for (id, outcome) in entries {
            let is_known = known.contains(&id.get_ref().as_ref())
                || super::super::verdict::RESERVED.contains(&id.get_ref().as_ref());
            if !is_known {
                let mend = format!("the catalog has: {}", known.join(", "));
                problems.add(id.span(), format!("control {}", id.get_ref()), "a control of the catalog", mend);
            }
            let word = string(outcome, problems).unwrap_or_default();
            if !OUTCOMES.contains(&word) {
                problems.add(outcome.span(), format!("outcome {word:?}"), OUTCOMES.join(", "), "write one of these");
            }
            controls.extend(id.get_ref().parse().ok().zip(word.parse().ok()));
        }
        controls
    }

    fn given<'t>(&self, value: &'t Value<'t>, commits: usize, problems: &mut Problems<'_>) -> Option<Given> {
        let mut record = table("a given record", value, problems)?;
        let line = problems.line_of(value.span().start);
        let kind = record.required("kind", "\"test\"", problems);
        let by = record.required("by", "\"ci\"", problems).and_then(|value| self.member(value, problems));
        let age = record.optional("age").and_then(|value| parsed(value, problems));
        let dirty = record.optional("dirty").and_then(|value| truth(value, problems)).unwrap_or_default();
        let service = record.optional("service").and_then(|value| parsed(value, problems));
        let environment = record.optional("environment").and_then(|value| parsed(value, problems));
        let change = record.optional("change").and_then(|value| parsed(value, problems));
        let commit = record.optional("commit").and_then(|value| place(value, commits, problems));
        let commit = commit.unwrap_or(commits.saturating_sub(1));
        let what = match kind.and_then(|kind| Some((kind, parsed::<Kind>(kind, problems)?))) {
            Some((at, kind)) => what(kind, at.span(), &mut record, problems),
            None => None,
        };
        // What belongs to a kind that was not understood is no unknown key.
        if what.is_some() {
            record.finish(problems);
        }
        Some(Given { line, by: by?, age, dirty, commit, service, environment, change, what: what? })
    }
}

fn people<'t>(value: &'t Value<'t>, is_bot: bool, problems: &mut Problems<'_>) -> Vec<Person> {
    let Some(entries) = value.get_ref().as_table() else {
        problems.add(
            value.span(),
            "found no table",
            "expected a table",
            "write: ada = [\"developer\"], below [people]",
        );
        return Vec::new();
    };
    let mut people = Vec::new();
    for (id, roles) in entries {
        let roles: Vec<Placed<Name>> = list(roles, problems, parsed);
        match id.get_ref().parse() {
            Ok(id) => people.push(Person {
                id,
                roles: roles.into_iter().map(|role| role.value).collect::<BTreeSet<_>>(),
                is_bot,
            }),
            Err(error) => {
                let error: crate::record::name::NameError = error;
                problems.add(id.span(), format!("member {:?}", id.get_ref()), error.to_string(), "correct the id");
            }
        }
    }
    people
}

fn expectation(value: &Value<'_>, problems: &mut Problems<'_>) -> Option<Outcome> {
    match string(value, problems)? {
        "pass" => Some(Outcome::Pass),
        "fail" => Some(Outcome::Fail),
        other => {
            problems.add(value.span(), format!("expectation {other:?}"), "pass or fail", "write one of these");
            None
        }
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

fn count(value: &Value<'_>, problems: &mut Problems<'_>) -> Option<u64> {
    let number = value.get_ref().as_integer().filter(|number| number.radix() == 10);
    let number = number.and_then(|number| number.as_str().parse().ok());
    if number.is_none() {
        problems.add(value.span(), "found no count", "expected a whole number, 0 or more", "write it in digits");
    }
    number
}

fn number(record: &mut Table<'_>, key: &'static str, problems: &mut Problems<'_>) -> u64 {
    record.optional(key).and_then(|value| count(value, problems)).unwrap_or_default()
}

/// What the record says, by its kind.
fn what(kind: Kind, at: Range<usize>, record: &mut Table<'_>, problems: &mut Problems<'_>) -> Option<What> {
    match kind {
        Kind::Test => test(record, problems),
        Kind::Scan => {
            let tool = tool(record, problems)?;
            let counts = Severities {
                critical: number(record, "critical", problems),
                high: number(record, "high", problems),
                medium: number(record, "medium", problems),
                low: number(record, "low", problems),
                unknown: number(record, "unknown", problems),
            };
            Some(What::Scan(tool, counts, run(record, problems)))
        }
        Kind::Analysis => {
            let tool = tool(record, problems)?;
            let counts = Levels {
                error: number(record, "error", problems),
                warning: number(record, "warning", problems),
                note: number(record, "note", problems),
                none: 0,
            };
            Some(What::Analysis(tool, counts, run(record, problems)))
        }
        Kind::Approval => {
            let role = record.required("role", "\"release-manager\"", problems).and_then(|role| parsed(role, problems));
            let meaning = record.optional("meaning").map(|value| meaning(value, problems));
            Some(What::Approval(role?, meaning.unwrap_or(Some(Meaning::Approved))?))
        }
        Kind::Plan => {
            let mut text = |key| record.optional(key).map(|value| sentence(value, problems));
            let reason = text("reason").unwrap_or(Some("a case".into()));
            let [rollout, monitoring, rollback] = ["rollout", "monitoring", "rollback"].map(|key| text(key).flatten());
            let mut name = |value| record.optional(value).and_then(|value| parsed(value, problems));
            let [change_type, risk_tier] = ["type", "tier"].map(&mut name);
            let requirements = record.optional("requirements").map(|value| list(value, problems, parsed));
            let risks = record.optional("risks").map(|value| list(value, problems, sentence));
            Some(What::Plan(Box::new(Plan {
                reason: reason?,
                requirements: requirements.unwrap_or_default().into_iter().map(|one| one.value).collect(),
                change_type,
                risk_tier,
                known_risks: risks.unwrap_or_default().into_iter().map(|one| one.value).collect(),
                rollout_strategy: rollout,
                monitoring_plan: monitoring,
                rollback_criteria: rollback,
            })))
        }
        Kind::Build => {
            let id = record.optional("id").map(|value| sentence(value, problems));
            Some(What::Build(id.unwrap_or(Some("1".into()))?))
        }
        other => {
            let mend = "what other kinds say is measured by no rule of a case";
            problems.add(at, format!("kind {other}"), KINDS, mend);
            None
        }
    }
}

fn test(record: &mut Table<'_>, problems: &mut Problems<'_>) -> Option<What> {
    let kind = record.optional("suite").map(|value| parsed::<Name>(value, problems));
    let counts = ["passed", "failed", "skipped", "flaky"].map(|key| number(record, key, problems));
    let coverage = Coverage {
        line: ratio(record, "line", problems),
        branch: ratio(record, "branch", problems),
        function: ratio(record, "function", problems),
        ..Coverage::default()
    };
    let is_covered = coverage.line.or(coverage.branch).or(coverage.function).is_some();
    let kind = match kind {
        Some(kind) => Some(kind?),
        None if is_covered && counts == [0; 4] => None,
        None => "unit".parse().ok(),
    };
    let suites = kind.into_iter().map(|kind| suite(kind, counts)).collect();
    Some(What::Test(tests(suites, is_covered.then_some(coverage))))
}

/// `[163, 200]`: covered, of all.
fn ratio(record: &mut Table<'_>, key: &'static str, problems: &mut Problems<'_>) -> Option<Ratio> {
    let value = record.optional(key)?;
    let parts: Vec<u64> = list(value, problems, count).into_iter().map(|one| one.value).collect();
    match parts[..] {
        [covered, total] if covered <= total => Some(Ratio { covered, total }),
        _ => {
            problems.add(value.span(), "no share", "two counts: covered, of all", "for instance: [163, 200]");
            None
        }
    }
}

fn tool(record: &mut Table<'_>, problems: &mut Problems<'_>) -> Option<String> {
    let tool = record.optional("tool").map(|value| sentence(value, problems));
    tool.unwrap_or(Some("scanner".into()))
}

/// A run to its end, unless the record says how it broke off.
fn run(record: &mut Table<'_>, problems: &mut Problems<'_>) -> Run {
    let reason = record.optional("broke-off").and_then(|value| sentence(value, problems));
    reason.map_or_else(Run::complete, |reason| Run { outcome: RunOutcome::Failed, reasons: vec![reason], merged: None })
}

fn meaning(value: &Value<'_>, problems: &mut Problems<'_>) -> Option<Meaning> {
    let word = string(value, problems)?;
    let found = Meaning::ALL.into_iter().find(|meaning| meaning.to_string() == word);
    if found.is_none() {
        let words: Vec<String> = Meaning::ALL.iter().map(ToString::to_string).collect();
        problems.add(value.span(), format!("meaning {word:?}"), words.join(", "), "write one of these");
    }
    found
}
