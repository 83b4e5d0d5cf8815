//! `git qms policy test`: the cases kept beside the catalog, and what no case shows of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::cli::Start;
use crate::cli::command::record::reports::bytes_of;
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::cli::rehearsal;
use crate::cli::ui::{Tone, Ui};
use crate::policy::case::{self, Case};
use crate::policy::verdict::{ControlVerdict, Judgement};
use crate::policy::{self, Policy, Verdict};
use crate::record::Name;
use crate::verify::Outcome;

/// What is written where there is no case yet.
const EXAMPLE: &str = "\
write .qms/cases/first.toml, for instance:
author = \"ada\"
people = { ada = [\"developer\"], grace = [\"release-manager\"] }
bots = { ci = [\"ci\"] }
[[case]]
name = \"nothing is there\"
expect = \"fail\"
[[case]]
name = \"a failed test\"
expect = \"fail\"
controls = { TEST-01 = \"fail\" }
given = [ { kind = \"test\", by = \"ci\", passed = 4, failed = 1 } ]";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Output<'a> {
    schema: &'static str,
    result: &'static str,
    digest: String,
    cases: Vec<CaseJson<'a>>,
    never_pass: Vec<&'a str>,
    never_fail: Vec<&'a str>,
}

#[derive(Serialize)]
struct CaseJson<'a> {
    file: &'a str,
    line: usize,
    name: &'a str,
    same: bool,
    expected: &'static str,
    got: &'static str,
    controls: Vec<ControlJson<'a>>,
}

#[derive(Serialize)]
struct ControlJson<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a str>,
    got: &'a str,
    required: &'a str,
    found: &'a str,
}

/// A case and what came of it.
struct Tried {
    file: String,
    case: Case,
    verdict: Verdict,
}

/// A control of which something else was expected, or that decided where the verdict is another.
struct Mismatch<'a> {
    expected: Option<&'a Name>,
    got: &'a ControlVerdict,
}

/// Checks the catalog and runs its cases.
pub(super) fn run(start: &Start, folder: Option<&Path>) -> Result<Exit> {
    let folder = match folder {
        Some(folder) => folder.to_owned(),
        None => {
            let context = start.open()?;
            let tree = context.repo.workdir();
            tree.ok_or_else(|| Error::new("a bare repository has no work tree: name a folder"))?.join(".qms")
        }
    };
    let catalog = read(&folder.join("policy.toml"))?;
    let catalog = policy::parse(&catalog, &shown(&folder.join("policy.toml")))?;
    let tried = tried(&folder, &catalog)?;
    if tried.is_empty() {
        let text = format!("no case shows what the catalog does: {} holds none", folder.join("cases").display());
        return Err(Error::no(text).hint(EXAMPLE));
    }
    let ui = start.ui;
    let never = |wanted: &[Judgement]| {
        let seen: BTreeSet<&Name> = tried
            .iter()
            .flat_map(|one| &one.verdict.controls)
            .filter(|control| wanted.contains(&control.outcome))
            .map(|control| &control.id)
            .collect();
        let unseen = catalog.controls.iter().map(|control| &control.id).filter(move |id| !seen.contains(id));
        unseen.map(Name::as_str).collect::<Vec<_>>()
    };
    let never_pass = never(&[Judgement::Pass]);
    let never_fail = never(&[Judgement::Fail, Judgement::Warn, Judgement::Excepted]);
    let right = tried.iter().filter(|one| one.is_as_expected()).count();
    let exit = if right == tried.len() { Exit::Yes } else { Exit::No };
    if ui.is_json() {
        ui.json(&Output {
            schema: "git-qms/policy-test/v1",
            result: if exit == Exit::Yes { "pass" } else { "fail" },
            digest: catalog.digest.to_string(),
            cases: tried.iter().map(Tried::json).collect(),
            never_pass,
            never_fail,
        })?;
        return Ok(exit);
    }
    for one in tried.iter().filter(|one| !ui.is_quiet() || !one.is_as_expected()) {
        one.tell(ui);
    }
    if !ui.is_quiet() {
        ui.line(&format!("{right} of {} cases as expected", tried.len()));
        for (ids, what) in [(never_pass, "pass"), (never_fail, "fail")] {
            if !ids.is_empty() {
                ui.note(&format!("no case makes {what}: {}", ids.join(", ")));
            }
        }
    }
    Ok(exit)
}

/// Every case of every file, in the order of the files' names.
fn tried(folder: &Path, catalog: &Policy) -> Result<Vec<Tried>> {
    let cases = folder.join("cases");
    let mut files: Vec<PathBuf> = Vec::new();
    if cases.is_dir() {
        let entries = std::fs::read_dir(&cases).while_(format!("reading {}", cases.display()))?;
        for entry in entries {
            files.push(entry.while_(format!("reading {}", cases.display()))?.path());
        }
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let (text, name) = (read(&file)?, shown(&file));
        let read = case::read(&text, &name, catalog)?;
        for case in read.cases {
            let what = format!("{name}:{}: case {:?}", case.line, case.name);
            let verdict = rehearsal::verdict(catalog, &read.people, &case).while_(what)?;
            all.push(Tried { file: name.clone(), case, verdict });
        }
    }
    Ok(all)
}

fn read(file: &Path) -> Result<String> {
    let bytes = bytes_of(file, 1 << 20).map_err(|error| {
        error.hint("name a folder with policy.toml, and with cases in cases/*.toml: git qms policy test .qms")
    })?;
    String::from_utf8(bytes).map_err(|_| Error::new(format!("{} is not UTF-8", file.display())))
}

/// A path as people type it: from the folder they are in, where it lies below.
fn shown(file: &Path) -> String {
    let here = std::path::absolute(".").ok().and_then(|here| file.strip_prefix(here).ok());
    here.unwrap_or(file).display().to_string()
}

impl Tried {
    fn mismatches(&self) -> Vec<Mismatch<'_>> {
        let expected = |id: &Name| self.case.controls.iter().find(|(of, _)| of == id).map(|(_, outcome)| outcome);
        let result_differs = self.verdict.result != self.case.expect;
        let is_odd = |control: &&ControlVerdict| match expected(&control.id) {
            Some(outcome) => outcome.as_str() != control.outcome.as_str(),
            // Where the verdict is another, whatever made it so; where nothing failed, all of it.
            None if result_differs && self.verdict.result == Outcome::Pass => true,
            None => result_differs && matches!(control.outcome, Judgement::Fail | Judgement::Incomplete),
        };
        let odd = self.verdict.controls.iter().filter(is_odd);
        odd.map(|control| Mismatch { expected: expected(&control.id), got: control }).collect()
    }

    /// Expected of a line that the gate did not write.
    fn unwritten(&self) -> Vec<&(Name, Name)> {
        let written = |id: &Name| self.verdict.controls.iter().any(|control| control.id == *id);
        self.case.controls.iter().filter(|(id, _)| !written(id)).collect()
    }

    fn is_as_expected(&self) -> bool {
        self.verdict.result == self.case.expect && self.mismatches().is_empty() && self.unwritten().is_empty()
    }

    fn json(&self) -> CaseJson<'_> {
        let controls = self.mismatches().into_iter().map(|Mismatch { expected, got }| ControlJson {
            id: got.id.as_str(),
            expected: expected.map(Name::as_str),
            got: got.outcome.as_str(),
            required: &got.required,
            found: &got.found,
        });
        let absent = self.unwritten().into_iter().map(|(id, outcome)| ControlJson {
            id: id.as_str(),
            expected: Some(outcome.as_str()),
            got: "nothing",
            required: "",
            found: "",
        });
        CaseJson {
            file: &self.file,
            line: self.case.line,
            name: &self.case.name,
            same: self.is_as_expected(),
            expected: self.case.expect.as_str(),
            got: self.verdict.result.as_str(),
            controls: controls.chain(absent).collect(),
        }
    }

    fn tell(&self, ui: Ui) {
        let place = ui.paint(Tone::Plain, &format!("{}:{}", self.file, self.case.line));
        let name = ui.paint(Tone::Plain, &self.case.name);
        let (expected, got) = (self.case.expect.as_str(), self.verdict.result.as_str());
        if self.is_as_expected() {
            ui.line(&format!("{}    {place}  {name}: {got}", ui.paint(Tone::Good, "ok")));
            return;
        }
        ui.line(&format!("{}  {place}  {name}: expected {expected}, got {got}", ui.paint(Tone::Bad, "FAIL")));
        for Mismatch { expected, got } in self.mismatches() {
            let wanted = expected.map(|outcome| format!("expected {outcome}, ")).unwrap_or_default();
            let told = format!("{}  {wanted}got {}: {} ({})", got.id, got.outcome.as_str(), got.found, got.required);
            ui.line(&format!("        {}", ui.paint(Tone::Plain, &told)));
        }
        for (id, outcome) in self.unwritten() {
            ui.line(&format!("        {id}  expected {outcome}, got nothing: the gate says nothing of it"));
        }
    }
}
