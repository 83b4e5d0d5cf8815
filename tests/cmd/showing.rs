//! `git qms show` of releases that went well, that did not, and that somebody altered.

use serde_json::{Value, json};

use crate::project::Project;

/// Three releases: one that is there, one that went wrong and was taken back, and a hotfix that did not get there.
struct Told {
    project: Project,
    tags: [String; 3],
}

const COVERAGE: &str = r#"

[[environment]]
name = "staging"
production = false

[[control]]
id = "DOC-01"
title = "There is an analysis"
objective = "Somebody looked"
trigger = ["release"]
enforcement = "block"
evidence = ["analysis"]
require = ["analysis.error == 0"]
owner = "qa"
retention = "7y"
frameworks = []
systems = { requirement = "git", execution = "CI", evidence = "git" }
allow-exception = true
"#;

impl Told {
    fn new() -> Self {
        let project = Project::founded();
        let catalog = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog");
        project.commit(".qms/policy.toml", &(catalog + COVERAGE));
        project.by("ada", &["policy", "ratify"]).ok();
        let mut told = Self { project, tags: Default::default() };
        told.tags[0] = told.release("CHG-1");
        told.deploy(0, "staging", "success", &[]);
        told.watch(0, "staging");
        told.deploy(0, "production", "success", &[]);
        told.watch(0, "production");
        told.project.commit("app.txt", "two\n");
        told.tags[1] = told.release("CHG-2");
        let deployment = told.deploy(1, "production", "success", &[]);
        let case = ["--severity", "high", "--release", &told.tags[1], "--deployment", &deployment];
        told.project.by("grace", &[&["record", "incident", "--id", "INC-12"][..], &case].concat()).ok();
        told.deploy(0, "production", "success", &["--rollback-of", &told.tags[1]]);
        told.watch(0, "production");
        told.project.commit("app.txt", "three\n");
        told.tags[2] = told.release("CHG-3");
        told.deploy(2, "production", "failure", &[]);
        told
    }

    /// With an exception that holds for two days.
    fn release(&self, change: &str) -> String {
        let project = &self.project;
        project.plan(change);
        project.prove();
        let notes = project.report("notes.txt", "looked at by hand\n");
        let ask = ["exception", "request", "DOC-01", "--reason", "legacy module", "--compensating", "by hand"];
        project
            .by("ada", &[&ask[..], &["--expires", "2d", "--attach", &notes, "--environment", "production"]].concat())
            .ok();
        project.by("grace", &["exception", "approve", "DOC-01"]).ok();
        let release = ["release", "--quiet", "--change", change, "--environment", "production"];
        project.by("grace", &release).ok().id()
    }

    fn deploy(&self, release: usize, environment: &str, outcome: &str, more: &[&str]) -> String {
        let at = ["--release", &self.tags[release], "--environment", environment, "--outcome", outcome];
        self.project.by("ci", &[&["record", "deploy", "--quiet"][..], &at, more].concat()).ok().id()
    }

    fn watch(&self, release: usize, environment: &str) {
        let at = ["--release", &self.tags[release], "--environment", environment];
        self.project.by("ci", &[&["record", "monitor", "--smoke", "pass"][..], &at].concat()).ok();
    }

    fn show(&self, release: usize, more: &[&str]) -> Value {
        self.project.qms(&[&["show", &self.tags[release], "--json"][..], more].concat()).json()
    }

    /// Each environment with what became of the release there, and what is there now.
    fn places(&self, release: usize) -> Value {
        let json = self.show(release, &[]);
        let all = json["environments"].as_array().expect("a list");
        all.iter().map(|one| json!([one["name"], one["state"], one["now"]["release"]])).collect()
    }
}

#[test]
fn r10_each_environment_says_what_is_there_since_when_by_whom_and_how_it_does() {
    let told = Told::new();
    let first = &told.tags[0];
    assert_eq!(told.places(0), json!([["production", "here", first], ["staging", "here", first]]));
    assert_eq!(told.places(1), json!([["production", "taken-back", first]]));
    assert_eq!(told.places(2), json!([["production", "failed", first]]));
    let here = &told.show(0, &[])["environments"][0];
    assert_eq!((&here["now"]["by"], &here["monitoring"]["recorder"]), (&json!("ci"), &json!("ci")));
    assert_eq!(here["now"]["deployment"], here["deployment"]);
    assert!(here["now"]["since"].as_str().is_some_and(|since| since.ends_with('Z')), "{here}");
    assert_eq!(told.show(1, &[])["environments"][0]["monitoring"], Value::Null, "nobody watched it");
    let text = told.project.qms(&["show", first]).ok().out;
    assert!(text.contains("production here since ") && text.contains("; smoke test pass"), "{text}");
    let taken_back = told.project.qms(&["show", &told.tags[1]]).ok();
    taken_back.says(&format!("production taken back: {first} is there since ")).says("; not watched");
    // A file is complete when nothing is open; and says so.
    assert_eq!(
        (told.show(0, &[])["complete"].clone(), told.show(1, &[])["complete"].clone()),
        (true.into(), false.into())
    );
    assert!(text.lines().next().is_some_and(|line| line.ends_with("  complete")), "{text}");
    told.project.qms(&["show", &told.tags[1]]).ok().says("  2 pending").says("incident INC-12 high, open");
    // It holds no longer than it was asked for.
    let states = |more: &[&str]| told.show(0, more)["exceptions"][0]["state"].clone();
    assert_eq!((states(&[]), states(&["--at", "2099-01-01"])), (json!("in-force"), json!("expired")));
    told.project.qms(&["show", first, "--at", "2099-01-01"]).ok().says("DOC-01 expired, until ");
    told.fits();
}

impl Told {
    /// On a small terminal, and on a narrow or wide one, each line by itself.
    fn fits(&self) {
        for (columns, tag) in
            ["60", "80", "120"].iter().flat_map(|columns| self.tags.iter().map(move |tag| (columns, tag)))
        {
            let variables = [("COLUMNS", *columns)];
            let shown = self.project.run_in(self.project.path(), &["show", tag], &variables).ok().out;
            let width: usize = columns.parse().expect("a number");
            // The last line is that of `verify`.
            for line in shown.lines().take(shown.lines().count() - 1) {
                assert!(line.chars().count() <= width, "{columns}: {line:?}");
            }
            // One that went well; of others what is wrong is told in as many lines as it takes.
            if *columns == "80" && *tag == self.tags[0] {
                assert!(shown.lines().count() <= 24, "{shown}");
            }
        }
    }
}

#[test]
fn r10_an_altered_tag_a_removed_record_and_a_lost_file_are_each_named() {
    let (project, tag) = Project::released();
    let whole = project.qms(&["show", &tag, "--json"]).ok().json();
    assert_eq!((&whole["missing"], &whole["altered"]), (&json!([]), &json!([])));
    let late: Vec<&Value> = whole["late"].as_array().expect("a list").iter().map(|gap| &gap["type"]).collect();
    assert_eq!(late, ["record", "record"], "the reports are of April: {}", whole["late"]);
    let (reference, object) = (format!("refs/tags/{tag}"), project.git(&["rev-parse", &tag]));
    // One word of the notes, in a tag object that git takes.
    let altered = project.git(&["cat-file", "tag", &tag]).replacen("Refund limits", "Refund limitz", 1) + "\n";
    let altered = project.git_with(&["hash-object", "-t", "tag", "-w", "--stdin"], altered.as_bytes());
    project.git(&["update-ref", &reference, &altered]);
    let shown = project.qms(&["show", &tag, "--json"]).exit(1).json();
    assert_eq!((&shown["altered"][0]["type"], &shown["altered"][0]["id"]), (&json!("ref"), &json!(reference)));
    assert_eq!(shown["complete"], false);
    project.qms(&["show", &tag]).exit(1).says("altered").says(&reference);
    project.git(&["update-ref", &reference, &object]);
    // What it relies on is gone from the ledger.
    let test = project.qms(&["log", "--kind", "test", "--ids"]).ok().id();
    let ledger = project.git(&["rev-parse", "refs/notes/qms"]);
    let note = project.git(&["notes", "--ref=qms", "show", "HEAD"]);
    let without: Vec<&str> = note.lines().filter(|line| !names(line, "urn:git-qms:test:v1")).collect();
    assert_eq!(without.len() + 1, note.lines().count());
    let without = project.git_with(&["hash-object", "-w", "--stdin"], (without.join("\n") + "\n").as_bytes());
    project.git(&["notes", "--ref=qms", "add", "-f", "-C", &without, "HEAD"]);
    let shown = project.qms(&["show", &tag, "--json"]).exit(1).json();
    assert!(has(&shown["missing"], "record", &test), "{}", shown["missing"]);
    project.qms(&["show", &tag]).exit(1).says("missing").says(&test[..12]);
    project.git(&["update-ref", "refs/notes/qms", &ledger]);
    // What was attached is nowhere to be had.
    let file = whole["files"][0]["sha256"].as_str().expect("a digest").to_owned();
    project.git(&["update-ref", "-d", "refs/qms/files"]);
    let shown = project.qms(&["show", &tag, "--json"]).json();
    assert!(has(&shown["missing"], "file", &file), "{}", shown["missing"]);
    assert_eq!(shown["complete"], false);
    project.qms(&["show", &tag]).says("2 missing").says("junit.xml is said to be stored, and is not here");
}

fn has(gaps: &Value, kind: &str, id: &str) -> bool {
    gaps.as_array().expect("a list").iter().any(|gap| gap["type"] == kind && gap["id"] == id)
}

/// Whether the payload of an envelope holds this.
fn names(line: &str, text: &str) -> bool {
    use base64::Engine as _;
    let envelope: Value = serde_json::from_str(line).expect("an envelope");
    let payload = envelope["payload"].as_str().expect("a payload");
    let bytes = base64::prelude::BASE64_STANDARD.decode(payload).expect("base64");
    String::from_utf8(bytes).expect("UTF-8").contains(text)
}
