//! Cases from TOML. Every fault is told with its place, as those of a catalog.

use std::collections::BTreeMap;

use toml::de::DeTable;

use self::record::Frame;
use self::values::{Value, choice, entries, number, one_of};
use super::{Case, CaseFile, Hands, Person, address};
use crate::policy::catalog::Policy;
use crate::policy::evidence::{Linked, Purpose, Traced};
use crate::policy::problem::{PolicyErrors, Problems};
use crate::policy::table::{Table, list, parsed, sentence, table};
use crate::record::{MemberId, Name, RequirementId};
use crate::verify::Outcome;

mod acts;
mod evidence;
mod exceptions;
mod people;
mod record;
mod values;

/// The words of a control's outcome.
const OUTCOMES: [&str; 6] = ["pass", "fail", "warn", "excepted", "not-applicable", "incomplete"];

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

/// What is known of a file while its cases are read.
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
            self.people.extend(found.map(|value| people::people(value, is_bot, problems)).unwrap_or_default());
        }
        if let Some(value) = file.optional("hardware") {
            self.harden(value, problems);
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

    fn case<'t>(&self, value: &'t Value<'t>, problems: &mut Problems<'_>) -> Option<Case> {
        let mut case = table("[[case]]", value, problems)?;
        let line = problems.line_of(value.span().start);
        let name = case.required("name", "\"a failed test\"", problems).and_then(|value| sentence(value, problems));
        let expect = case
            .required("expect", "\"fail\"", problems)
            .and_then(|value| one_of(value, "expectation", &[Outcome::Pass, Outcome::Fail], Outcome::as_str, problems));
        let controls = case.optional("controls").map(|value| self.controls(value, problems)).unwrap_or_default();
        let services = self.policy.services.iter().map(|one| &one.name);
        let service = case.optional("service").and_then(|value| parsed(value, problems)).or_else(|| sole(services));
        let places = self.policy.environments.iter().map(|one| &one.name);
        let environment = case.optional("environment").and_then(|value| parsed(value, problems));
        let environment = environment.or_else(|| sole(places));
        let change = case.optional("change").and_then(|value| parsed(value, problems));
        let release = case.optional("release").and_then(|value| parsed(value, problems));
        let purpose = self.purpose(&mut case, problems);
        let requirements = case.optional("requirements").map(|value| self.requirements(value, problems));
        let commits =
            case.optional("commits").map(|value| list(value, problems, |one, problems| self.commit(one, problems)));
        let commits: Vec<Hands> = commits.unwrap_or_default().into_iter().map(|one| one.value).collect();
        let commits = if commits.is_empty() { self.author.iter().map(by).collect() } else { commits };
        let paths = case.optional("paths").map(|value| list(value, problems, sentence)).unwrap_or_default();
        let paths = paths.into_iter().map(|path| path.value).collect();
        let lines = number(&mut case, "lines", problems);
        let given = case.optional("given").map(|value| {
            let frame = Frame::of(value, commits.len(), service.as_ref(), environment.as_ref());
            list(value, problems, |one, problems| self.given(one, &frame, problems))
        });
        case.finish(problems);
        Some(Case {
            name: name?,
            line,
            expect: expect?,
            controls,
            service,
            environment,
            change,
            release,
            purpose,
            requirements: requirements.unwrap_or_default(),
            paths,
            lines,
            commits,
            given: given.unwrap_or_default().into_iter().map(|one| one.value).collect(),
        })
    }

    /// What the gate is asked for, and of whom.
    fn purpose(&self, case: &mut Table<'_>, problems: &mut Problems<'_>) -> Purpose {
        let known = &["gate", "tag", "deploy"];
        let word = choice(case, "purpose", (known, "gate"), |word| word, problems).unwrap_or("gate");
        let by = case.optional("by").map(|value| (value, self.member(value, problems)));
        match (word, by) {
            ("deploy", by) => Purpose::Deploy { by: by.and_then(|(_, by)| by) },
            (word, by) => {
                if let Some((value, _)) = by {
                    let mend = "add purpose = \"deploy\", or take it out";
                    problems.add(value.span(), "somebody who deploys", "a case of a deployment", mend);
                }
                if word == "tag" { Purpose::Tag } else { Purpose::Gate }
            }
        }
    }

    /// What is written of requirements.
    fn requirements<'t>(&self, value: &'t Value<'t>, problems: &mut Problems<'_>) -> Traced {
        const WORDS: [&str; 3] = ["in-force", "suspect", "inactive"];
        if self.policy.requirements.is_none() {
            let mend = "add [requirements] to the catalog, or take this out";
            problems.add(value.span(), "requirements as they are written", "a catalog that reads them", mend);
        }
        let mut known = BTreeMap::new();
        for (id, word) in entries(value, "requirements = { REQ-7 = \"in-force\" }", problems) {
            let word = one_of(word, "requirement", &WORDS, |word| word, problems);
            match id.get_ref().parse::<RequirementId>() {
                Ok(id) => {
                    let doubt = (word == Some("suspect")).then(|| "as the case says".to_owned());
                    let linked = Linked { id: id.clone(), active: word != Some("inactive"), doubt };
                    known.insert(id, linked);
                }
                Err(error) => problems.add(id.span(), "no id of a requirement", error.to_string(), "correct the id"),
            }
        }
        Traced::Known(known)
    }

    /// Outcomes by control.
    fn controls<'t>(&self, value: &'t Value<'t>, problems: &mut Problems<'_>) -> Vec<(Name, Name)> {
        let known: Vec<&str> = self.policy.controls.iter().map(|control| control.id.as_str()).collect();
        let mut controls = Vec::new();
        for (id, outcome) in entries(value, "controls = { TEST-01 = \"fail\" }", problems) {
            let is_known = known.contains(&id.get_ref().as_ref())
                || crate::policy::verdict::RESERVED.contains(&id.get_ref().as_ref());
            if !is_known {
                let mend = format!("the catalog has: {}", known.join(", "));
                problems.add(id.span(), format!("control {}", id.get_ref()), "a control of the catalog", mend);
            }
            let word = one_of(outcome, "outcome", &OUTCOMES, |word| word, problems).unwrap_or_default();
            controls.extend(id.get_ref().parse().ok().zip(word.parse().ok()));
        }
        controls
    }
}

/// The only one there is.
fn sole<'a>(mut names: impl Iterator<Item = &'a Name>) -> Option<Name> {
    match (names.next(), names.next()) {
        (Some(name), None) => Some(name.clone()),
        _ => None,
    }
}

/// A commit of one member alone.
fn by(member: &MemberId) -> Hands {
    Hands { author: address(member), committer: address(member), co_authors: Vec::new() }
}
