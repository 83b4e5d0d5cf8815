//! Coverage as it is recorded from the work tree, and judged by path from the record alone.

use crate::project::Project;

/// E05: the report names files as this machine does; the record names them as the repository does.
#[test]
fn e05_coverage_by_path_works_from_the_record() {
    let project = Project::founded();
    let file = project.path().join(".qms/policy.toml");
    let catalog = std::fs::read_to_string(&file).expect("a catalog");
    let rules = r#"require = ["coverage.line['src/**'] >= 80", "coverage.line['lib/**'] >= 50"]"#;
    let catalog = catalog.replace(r#"require = ["test.failed == 0"]"#, rules);
    std::fs::write(&file, catalog).expect("a file");
    project.commit("src/a.c", "int a;\n");
    project.commit("lib/b.c", "int b;\n");
    project.git(&["add", ".qms"]);
    project.git(&["commit", "-q", "-m", "Ask for coverage"]);
    project.by("ada", &["policy", "ratify"]).ok();
    let top = project.path().canonicalize().expect("a path");
    let top = top.display();
    let lcov = format!(
        "SF:{top}/src/a.c\nDA:1,1\nDA:2,1\nend_of_record\nSF:{top}/build/../lib/b.c\nDA:1,1\nDA:2,0\nend_of_record\n\
         SF:/usr/include/c.h\nDA:1,0\nend_of_record\n"
    );
    let lcov = project.report("lcov.info", &lcov);
    let id = project.by("ci", &["record", "test", "--from", &lcov, "--quiet"]).ok().id();
    let shown = project.by("ada", &["show", &id, "--json"]).ok().json();
    let files = shown["header"]["urn:git-qms:test:v1"]["coverage"]["files"].as_array().expect("files").clone();
    let paths: Vec<_> = files.iter().map(|file| file["path"].as_str().expect("a path")).collect();
    assert_eq!(paths, ["/usr/include/c.h", "lib/b.c", "src/a.c"]);
    let said = project.by("ada", &["gate"]).exit(1);
    said.says("ok    TEST-01     100.00 % of lines in src/**, 50.00 % of lines in lib/**");
}

#[test]
fn totals_that_disagree_are_said_when_they_are_recorded() {
    let project = Project::founded();
    let lcov = project.report("lcov.info", "SF:a.c\nDA:1,1\nDA:2,0\nLF:2\nLH:2\nend_of_record\n");
    let said = project.by("ci", &["record", "test", "--from", &lcov]).ok();
    said.says("lcov.info: says 2 of 2 line coverage of a.c, but 1 of 2 were counted");
}
