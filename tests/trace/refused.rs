//! What `trace` cannot do says why, and how to go on.

use super::*;

const LIST: &str = "id,title\nREQ-7,Refund limit\n";

#[test]
fn f05_without_a_place_for_requirements_none_is_read_and_that_is_said() {
    let project = Project::founded();
    project.write("reqs.csv", LIST);
    for args in [&["trace", "REQ-7"][..], &["trace", "--requirements"]] {
        project
            .qms(args)
            .exit(2)
            .says("the catalog does not say where requirements are written, so that none is read")
            .says("[requirements] with paths =");
    }
}

#[test]
fn f05_what_is_not_there_is_a_no() {
    let project = with_requirements("paths = [\"reqs.csv\"]", &[("reqs.csv", LIST)]);
    project
        .qms(&["trace", "REQ-8"])
        .exit(1)
        .says("there is no requirement REQ-8 at")
        .says("trace --requirements lists them");
    project.qms(&["trace", "req-7"]).exit(1).says("hint: REQ-7");
    project.qms(&["trace", "REQ-7", "--commit", "nowhere"]).exit(2).says("nowhere");
    project.qms(&["trace", "--requirements", "nowhere"]).exit(2).says("nowhere");
    project.qms(&["trace"]).exit(2).says("<X>");
    project.qms(&["trace", "REQ-7", "--requirements"]).exit(2).says("cannot be used with");
    project.qms(&["trace", "RE Q"]).exit(1).says("names nothing that is on record");
}

#[test]
fn f05_a_malformed_file_is_refused_with_its_place_and_never_half_read() {
    for (path, text, said) in [
        (
            "reqs/a.csv",
            "id,title\nREQ-1,a\nREQ-1,b\n",
            "requirement REQ-1 is written twice: in reqs/a.csv and in reqs/a.csv",
        ),
        ("reqs/a.csv", "id,title\nREQ-1\n", "reqs/a.csv:2: is not sound CSV"),
        (
            "reqs/a.yml",
            "- id: REQ-1\n- title: x\n",
            "reqs/a.yml: is not sound YAML: requirement 2 of the list has no id",
        ),
        (
            "reqs/a.sdoc",
            "[DOCUMENT]\nTITLE: T\n\n[REQUIREMENT]\nUID: A\nSTATEMENT: >>>\n",
            "reqs/a.sdoc:6: is not sound StrictDoc",
        ),
        ("reqs/a.png", "\u{fffd}PNG", "reqs/a.png: holds no requirements that are understood"),
    ] {
        let project = with_requirements("paths = [\"reqs/**\"]", &[(path, text)]);
        project.qms(&["trace", "--requirements"]).exit(2).says(said);
        // The tests were run all the same.
        let report = project.report("cases.xml", &cases(&[("test__REQ_1", "", "passed")]));
        project.by("ci", &["record", "test", "--from", &report]).ok().says("names of tests link nothing").says(said);
    }
}

#[test]
fn f05_a_place_without_requirements_is_no_empty_matrix() {
    let project = with_requirements("paths = [\"reqs/**\"]", &[("other.csv", LIST)]);
    project.qms(&["trace", "--requirements"]).exit(2).says("no requirement is written at").says("in reqs/**");
}
