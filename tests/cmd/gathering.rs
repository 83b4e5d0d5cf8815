//! `record test --from`: files, folders, patterns, several types of suite, and reports that are too much.

use std::io::Write as _;

use crate::project::{Project, junit};
use crate::recording::refused;

/// The header's detail of a test record.
fn detail(project: &Project, id: &str) -> serde_json::Value {
    let shown = project.qms(&["show", id, "--json"]).ok().json();
    shown["header"]["urn:git-qms:test:v1"].clone()
}

fn folder(project: &Project, name: &str, files: &[(&str, &str)]) -> String {
    let folder = project.outside().join(name);
    for (path, content) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
        std::fs::write(path, content).expect("a file");
    }
    folder.to_str().expect("UTF-8").to_owned()
}

/// E14: each type of suite has its own totals.
#[test]
fn e05_several_types_of_suite_make_one_record() {
    let project = Project::founded();
    let (unit, it) = (project.report("unit.xml", &junit(3, 0, 1)), project.report("it.xml", &junit(2, 1, 0)));
    let args = ["record", "test", "--from", &unit, "--suite", "integration", "--from", &it];
    let said = project.by("ci", &args).ok().says("integration: 2 passed, 1 failed; unit: 3 passed, 1 skipped");
    let detail = detail(&project, &said.id());
    let suites = detail["suites"].as_array().expect("suites");
    let counted: Vec<_> =
        suites.iter().map(|suite| (suite["type"].as_str().expect("a type"), suite["passed"].as_u64())).collect();
    assert_eq!(counted, [("integration", Some(2)), ("unit", Some(3))]);
    let trailing = ["record", "test", "--from", &unit, "--from", &it, "--suite", "contract"];
    project.by("ci", &trailing).ok().says("contract: 5 passed, 1 failed, 1 skipped");
    let nothing = ["record", "test", "--suite", "unit", "--from", &unit, "--suite", "contract"];
    refused(&project, "ci", &nothing, 2, &["--suite contract names no report", "put it before the --from"]);
    let twice = ["record", "test", "--from", &unit, "--suite", "contract", "--from", &unit];
    refused(&project, "ci", &twice, 2, &["unit.xml is given as unit and as contract"]);
}

/// E14, U02: what is no report is left out with a word, what is broken is not.
#[test]
fn e14_a_folder_gives_all_its_reports() {
    let project = Project::founded();
    let reports = folder(
        &project,
        "reports",
        &[
            ("b/TEST-b.xml", &junit(2, 0, 0)),
            ("a/TEST-a.xml", &junit(1, 0, 0)),
            ("notes.txt", "Release notes"),
            ("empty.lock", ""),
            ("pom.xml", "<project/>"),
        ],
    );
    let said = project.by("ci", &["record", "test", "--from", &reports]).ok().says("unit: 3 passed");
    let said = said.says("skipped in").says("3 that are no such reports (empty.lock, notes.txt, pom.xml)");
    let shown = project.qms(&["show", &said.id(), "--json"]).ok().json();
    let names: Vec<_> = shown["header"]["files"].as_array().expect("files").iter().map(|file| &file["name"]).collect();
    assert_eq!(names, ["TEST-a.xml", "TEST-b.xml"]);
    folder(&project, "reports", &[("c/TEST-c.xml", &junit(1, 0, 0)[..60])]);
    refused(&project, "ci", &["record", "test", "--from", &reports], 2, &["TEST-c.xml: is not sound JUnit XML"]);
    folder(&project, "reports", &[("c/TEST-c.xml", "")]);
    refused(&project, "ci", &["record", "test", "--from", &reports], 2, &["TEST-c.xml: is empty"]);
    let none = folder(&project, "none", &[("notes.txt", "Release notes")]);
    refused(
        &project,
        "ci",
        &["record", "test", "--from", &none],
        2,
        &["has no report of a test record", "did the tool run"],
    );
}

#[cfg(unix)]
#[test]
fn a_link_in_a_folder_is_not_followed() {
    let project = Project::founded();
    let reports = folder(&project, "reports", &[("TEST-a.xml", &junit(1, 0, 0))]);
    let elsewhere = folder(&project, "elsewhere", &[("TEST-b.xml", &junit(1, 1, 0))]);
    for (at, target) in [("link", elsewhere.clone()), ("TEST-b.xml", format!("{elsewhere}/TEST-b.xml"))] {
        std::os::unix::fs::symlink(target, format!("{reports}/{at}")).expect("a link");
    }
    let said = project.by("ci", &["record", "test", "--from", &reports]).ok();
    said.says("unit: 1 passed").says("2 symbolic links").never_says("failed");
}

#[test]
fn e14_a_pattern_is_expanded_in_order_and_has_to_match() {
    let project = Project::founded();
    let files = [("x/TEST-2.xml", junit(2, 0, 0)), ("TEST-1.xml", junit(1, 0, 0)), ("x/other.xml", "no report".into())];
    let files: Vec<_> = files.iter().map(|(path, content)| (*path, content.as_str())).collect();
    let reports = folder(&project, "reports", &files);
    let pattern = format!("{reports}/**/TEST-*.xml");
    // The same file again counts once.
    let again = format!("{reports}/TEST-1.xml");
    let said = project.by("ci", &["record", "test", "--from", &pattern, "--from", &again]).ok().says("unit: 3 passed");
    let shown = project.qms(&["show", &said.id(), "--json"]).ok().json();
    assert_eq!(shown["header"]["files"].as_array().map(Vec::len), Some(2));
    let absent = format!("{reports}/TEST-?0.xml");
    refused(&project, "ci", &["record", "test", "--from", &absent], 2, &["no file matches", "TEST-?0.xml"]);
    // Named by a pattern, it was meant.
    let odd = format!("{reports}/x/*.xml");
    refused(&project, "ci", &["record", "test", "--from", &odd], 2, &["other.xml: is no report that is understood"]);
}

/// A21, A23: whatever a report calls its cases, suites and totals.
#[test]
fn a21_names_of_a_report_reach_no_terminal_raw() {
    let project = Project::founded();
    let named = "&#27;[31m&#7;&#x202e;red";
    let text = format!(
        "<testsuites failures='{named}'><testsuite name='{named}' tests='7'><testcase name='{named}'><failure/></testcase></testsuite></testsuites>"
    );
    let report = project.report("odd.xml", &text);
    let said = project.by("ci", &["record", "test", "--from", &report]).ok().never_says("\u{1b}");
    let said = said.never_says("\u{202e}").says("1 failed").says("but 1 were counted");
    for args in [&["show", &said.id()][..], &["show", &said.id(), "--full"], &["log"], &["gate"]] {
        let shown = project.qms(args);
        assert!(!shown.out.contains('\u{1b}') && !shown.err.contains('\u{1b}'), "{args:?}");
    }
}

/// A23: long output and many cases take no memory. The limit, of addresses, is less than the report has bytes.
#[cfg(target_os = "linux")]
#[test]
fn a23_a_large_report_is_read_in_little_memory() {
    let project = Project::founded();
    let path = project.outside().join("large.xml");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).expect("a file"));
    write!(file, "<testsuites><testsuite name='s'>").expect("written");
    for at in 0..20_000 {
        write!(file, "<testcase name='case {at}'/>").expect("written");
    }
    write!(file, "<testcase name='loud'><system-out><![CDATA[").expect("written");
    let line = vec![b'x'; 1 << 16];
    (0..1_600).for_each(|_| file.write_all(&line).expect("written"));
    write!(file, "]]></system-out></testcase></testsuite></testsuites>").expect("written");
    drop(file.into_inner().expect("flushed"));
    let program = env!("CARGO_BIN_EXE_git-qms");
    let script = format!(
        "ulimit -v 100000; exec '{program}' record test --key '{}' --from '{}'",
        project.key("ci"),
        path.display()
    );
    let run = project.command("sh", project.path()).args(["-c", &script]).output().expect("a shell");
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && said.contains("unit: 20001 passed"), "{said}");
}
