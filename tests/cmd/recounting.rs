//! `git qms log`, held against a recount of the raw notes that knows nothing of git-qms but the form of a record.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::project::Project;

/// What is asked for: the arguments, and whether a record is it.
struct Asked {
    dimension: &'static str,
    args: Vec<String>,
    is_it: Box<dyn Fn(&Raw) -> bool>,
}

/// One line of a note.
struct Raw {
    id: String,
    statement: Value,
}

impl Raw {
    fn header(&self, name: &str) -> &Value {
        &self.statement["subject"][0]["annotations"]["qms"][name]
    }

    fn says(&self, name: &str) -> &Value {
        &self.statement["predicate"][name]
    }

    /// The controls that it judges, each with the records it names for it.
    fn controls(&self) -> impl Iterator<Item = (&str, &Value)> {
        let controls = self.header("urn:git-qms:gate:v1")["controls"].as_array();
        controls.into_iter().flatten().map(|one| (one["id"].as_str().expect("an id"), &one["records"]))
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Every line of every note, read by git.
fn raw(project: &Project) -> Vec<Raw> {
    let notes = project.git(&["notes", "--ref=qms", "list"]);
    let texts = notes.lines().map(|line| project.git(&["cat-file", "blob", line.split(' ').next().expect("a blob")]));
    let texts: Vec<String> = texts.collect();
    let lines = texts.iter().flat_map(|text| text.lines());
    let record = |line: &str| {
        let envelope: Value = serde_json::from_str(line).expect("an envelope");
        let payload = BASE64_STANDARD.decode(envelope["payload"].as_str().expect("text")).expect("base64");
        let id = sha256(&payload);
        Raw { id, statement: serde_json::from_slice(&payload).expect("a statement") }
    };
    lines.map(record).collect()
}

fn is(name: &'static str, value: &str) -> Box<dyn Fn(&Raw) -> bool> {
    let value = value.to_owned();
    Box::new(move |record| record.header(name).as_str().is_some_and(|found| found.eq_ignore_ascii_case(&value)))
}

fn asked(dimension: &'static str, value: &str, is_it: Box<dyn Fn(&Raw) -> bool>) -> Asked {
    Asked { dimension, args: vec![format!("--{dimension}"), value.to_owned()], is_it }
}

/// Each dimension, with what is there and with what is not.
fn dimensions(project: &Project, tag: &str, all: &[Raw]) -> Vec<Asked> {
    let mut options = Vec::new();
    for (dimension, values) in [
        ("kind", &["plan", "test", "deploy", "approval", "exception", "defect"][..]),
        ("stage", &["test", "approve", "deploy"]),
        ("service", &["payments", "other"]),
        ("environment", &["production", "staging"]),
        ("change", &["CHG-1842", "chg-1842", "CHG-7"]),
    ] {
        options.extend(values.iter().map(|value| asked(dimension, value, is(dimension, value))));
    }
    for who in ["ada", "grace", "ci"] {
        options.push(asked("person", who, is("recorder", who)));
        let by = who.to_owned();
        let approves = move |record: &Raw| {
            record.header("kind") == "approval"
                && record.header("recorder") == &*by
                && ["approved", "released"].iter().any(|meaning| record.says("meaning") == meaning)
        };
        options.push(asked("approver", who, Box::new(approves)));
    }
    let manifest = project.qms(&["show", tag, "--json"]).json()["manifest"]["records"].clone();
    let relied: BTreeSet<String> = serde_json::from_value(manifest).expect("ids");
    let name = tag.to_owned();
    options.push(asked(
        "release",
        tag,
        Box::new(move |record| record.header("release") == &*name || relied.contains(&record.id)),
    ));
    for control in ["TEST-01", "SCAN-01", "NONE-01"] {
        let judged = all.iter().flat_map(Raw::controls).filter(|(id, _)| *id == control);
        let mut with: BTreeSet<String> = judged
            .flat_map(|(_, records)| serde_json::from_value::<Vec<String>>(records.clone()).expect("ids"))
            .collect();
        let asks = |record: &&Raw| record.header("kind") == "exception" && record.says("control") == control;
        with.extend(all.iter().filter(asks).map(|record| record.id.clone()));
        let concerns = move |record: &Raw| {
            with.contains(&record.id)
                || record.controls().any(|(id, _)| id == control)
                || record.says("exception").as_str().is_some_and(|id| with.contains(id))
        };
        options.push(asked("control", control, Box::new(concerns)));
    }
    let digest = sha256(b"artifact");
    let has = move |record: &Raw| {
        let subjects = record.statement["subject"].as_array().expect("a list");
        subjects[1..].iter().any(|one| one["digest"]["sha256"] == *digest)
    };
    options.push(asked("artifact", "../payments.tar.gz", Box::new(has)));
    let mut moments: Vec<String> =
        all.iter().map(|record| record.header("recorded").as_str().expect("a time").to_owned()).collect();
    moments.sort();
    // RFC 3339 in UTC: text in the order of time.
    let middle = moments[moments.len() / 2].clone();
    let (since, until) = (middle.clone(), middle.clone());
    options.push(asked(
        "since",
        &middle,
        Box::new(move |record| record.header("recorded").as_str() >= Some(since.as_str())),
    ));
    options.push(asked(
        "until",
        &middle,
        Box::new(move |record| record.header("recorded").as_str() <= Some(until.as_str())),
    ));
    options.push(asked("period", "2020", Box::new(|_| false)));
    options
}

#[test]
fn f01_what_log_finds_is_what_a_recount_of_the_raw_notes_finds_whatever_is_combined() {
    let (project, tag) = Project::released();
    let at = ["--release", &tag, "--environment", "production"];
    project.by("ci", &[&["record", "deploy", "--outcome", "success"][..], &at].concat()).ok();
    project.by("ci", &[&["record", "monitor", "--smoke", "pass"][..], &at].concat()).ok();
    project.by("grace", &["approve", "--role", "qa", "--meaning", "rejected", "--comment", "not yet"]).ok();
    let notes = project.report("notes.txt", "by hand\n");
    let ask = ["exception", "request", "TEST-01", "--reason", "why", "--compensating", "how", "--attach", &notes];
    project.by("ada", &[&ask[..], &["--expires", "2d", "--environment", "production"]].concat()).ok();
    project.by("grace", &["exception", "reject", "TEST-01", "--comment", "no"]).ok();
    project.commit("app.txt", "two\n");
    project.plan("CHG-7");
    let all = raw(&project);
    let options = dimensions(&project, &tag, &all);
    let mut chosen: Vec<Vec<&Asked>> = options.iter().map(|one| vec![one]).collect();
    // Two to four at a time, always the same ones.
    let mut seed: u64 = 7;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).expect("31 bits") % below
    };
    while chosen.len() < options.len() + 30 {
        let mut some: Vec<&Asked> = Vec::new();
        // Every other time what some record is, so that it is found.
        let record = &all[next(all.len())];
        let is_found = chosen.len().is_multiple_of(2);
        let pool: Vec<&Asked> = options.iter().filter(|one| !is_found || (one.is_it)(record)).collect();
        for _ in 0..2 + next(3) {
            let one = pool[next(pool.len())];
            let clashes = |other: &&Asked| {
                let spans = ["since", "until", "period"];
                other.dimension == one.dimension || (spans.contains(&other.dimension) && spans.contains(&one.dimension))
            };
            if !some.iter().any(clashes) {
                some.push(one);
            }
        }
        chosen.push(some);
    }
    let mut found_some = 0;
    for some in chosen {
        let args: Vec<&str> = some.iter().flat_map(|one| one.args.iter().map(String::as_str)).collect();
        let ran = project.qms(&[&["log", "--ids"][..], &args].concat());
        let found: Vec<&str> = ran.out.lines().collect();
        let wanted = all.iter().filter(|record| some.iter().all(|one| (one.is_it)(record)));
        let wanted: BTreeSet<&str> = wanted.map(|record| record.id.as_str()).collect();
        assert_eq!(found.iter().copied().collect::<BTreeSet<_>>(), wanted, "{args:?}: {}", ran.err);
        assert_eq!((found.len(), ran.code), (wanted.len(), i32::from(wanted.is_empty())), "{args:?}");
        found_some += usize::from(some.len() > 1 && !wanted.is_empty());
    }
    assert!(found_some > 10, "what is combined has to find something now and then: {found_some}");
}
