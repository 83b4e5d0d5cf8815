//! Few records, looked up: whatever is asked, the answer is that of the whole; and what lies in a part of the index is
//! believed only where a chunk pins it.

use rusqlite::Connection;

use crate::project::Project;
use crate::{file, indexed, without};

/// When it is asked, so that two answers can be compared.
const AT: &str = "2090-01-01T00:00:00Z";

/// Everything that has a name here.
struct Told {
    project: Project,
    tag: String,
    questions: Vec<Vec<String>>,
}

/// A release with an older one before it, deployed, watched, with an incident, and a correction.
fn told() -> Told {
    let (project, first) = Project::released();
    project.write("app.tar.gz", "an artifact");
    let deploy = ["record", "deploy", "--release", &first, "--environment", "production", "--outcome", "success"];
    let deployed = project.by("ci", &[&deploy[..], &["--quiet"]].concat()).ok().id();
    let monitor = ["record", "monitor", "--release", &first, "--environment", "production", "--smoke", "pass"];
    project.by("ci", &monitor).ok();
    let incident = ["record", "incident", "--id", "INC-7", "--severity", "high", "--title", "Refunds twice"];
    project.by("ci", &[&incident[..], &["--detected", "2026-04-13T10:00:00Z", "--release", &first]].concat()).ok();
    project.commit("limit.txt", "2\n");
    project.by("ada", &["record", "plan", "--change", "chg-9", "--reason", "More", "--requirement", "REQ-7"]).ok();
    let report = project.report("again.xml", &crate::project::junit(4, 0, 1));
    project.by("ci", &["record", "test", "--from", &report]).ok();
    let commit = project.git(&["rev-parse", "HEAD"]);
    let mut questions: Vec<Vec<String>> = Vec::new();
    let mut ask = |args: &[&str]| questions.push(["--at", AT].iter().chain(args).map(ToString::to_string).collect());
    for args in [
        &["show", "--json"][..],
        &["show", "--json", &first],
        &["show", "--full", &first],
        &["show", "--json", &deployed[..12]],
        &["show", "ffffffffffff"],
        &["status", "--json", &first],
        &["status"],
        &["audit", "--json"],
        &["audit", "--completeness"],
        &["audit", "--sample", "1", "--seed", "7"],
        &["trace", "--json", "chg-9"],
        &["trace", "--json", "CHG-1842"],
        &["trace", "--json", "REQ-7"],
        &["trace", "--json", "INC-7"],
        &["trace", "--json", "ada"],
        &["trace", "--json", "limit.txt"],
        &["trace", "--json", &first],
        &["trace", "--json", &deployed],
        &["trace", "--json", &commit],
        &["trace", "--matrix", "--format", "csv"],
        &["trace", "nothing"],
        &["export", "--format", "jsonl", "--to", "-"],
        &["export", &first, "--format", "csv", "--to", "-"],
    ] {
        ask(args);
    }
    for filter in [
        &["--kind", "test"][..],
        &["--stage", "deploy"],
        &["--service", "payments"],
        &["--environment", "production", "--person", "ci"],
        &["--release", &first],
        &["--release", &first, "--kind", "approval"],
        &["--change", "CHG-9"],
        &["--approver", "grace"],
        &["--control", "COV-01"],
        &["--control", "none-of-these"],
        &["--since", "2020", "--until", "2090"],
        &["--period", "2020"],
        &["--artifact", "0123456789ab"],
    ] {
        ask(&[&["log", "--json"], filter].concat());
    }
    Told { project: indexed(project), tag: first, questions }
}

impl Told {
    fn same(&self, when: &str) {
        for args in &self.questions {
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let (cold, warm) = (without(&self.project, &args), self.project.qms(&args));
            assert_eq!((cold.code, &cold.out, &cold.err), (warm.code, &warm.out, &warm.err), "{args:?} {when}");
        }
    }

    fn alter(&self, sql: &str) {
        Connection::open(file(&self.project)).expect("an index").execute_batch(sql).expect(sql);
    }
}

#[test]
fn a26_what_is_looked_up_is_what_the_whole_has() {
    let told = told();
    told.project.qms(&["verify"]);
    let parts: u32 = Connection::open(file(&told.project))
        .expect("an index")
        .query_row("SELECT count(*) FROM part", [], |row| row.get(0))
        .expect("a count");
    assert!(parts > 0, "an index of no parts shows nothing");
    // What has come since lies beside it.
    told.project.plan("CHG-10");
    told.same("with records that came since");
    for sql in [
        "UPDATE part SET bytes = CAST(replace(bytes, CAST('payments' AS BLOB), CAST('paymentz' AS BLOB)) AS BLOB)",
        "UPDATE part SET bytes = substr(bytes, 2)",
        "DELETE FROM part WHERE number = 0",
        "DROP TABLE part",
    ] {
        told.alter(sql);
        for args in [&["show", "--json", &told.tag][..], &["log", "--json", "--release", &told.tag]] {
            assert_eq!(told.project.qms(args).out, without(&told.project, args).out, "{args:?} {sql}");
        }
        std::fs::remove_file(file(&told.project)).expect("an index");
        told.project.qms(&["verify"]);
    }
}
