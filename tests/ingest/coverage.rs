//! Coverage: what each tool writes of one run of the toy project, what is counted in it, and what its totals say.

use super::*;

fn three(coverage: &Coverage) -> [Option<Ratio>; 3] {
    [coverage.line, coverage.branch, coverage.function]
}

/// E05, E14: what a person counts in the source, with the counters of the report held against it.
#[test]
fn e14_jacoco() {
    let (_, detail) = claim(&[fixture("jacoco.xml")]);
    let coverage = detail.coverage.as_ref().expect("coverage");
    assert_eq!(three(coverage), [Some(ratio(11, 14)), Some(ratio(7, 8)), Some(ratio(5, 7))]);
    assert_eq!(detail.discrepancies, []);
    let paths: Vec<_> = coverage.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["till/Limit.java", "till/Main.java"]);
}

/// gcovr writes lines without instructions: nothing says which were reached.
#[test]
fn jacoco_without_hits_is_refused() {
    let error = read("jacoco.xml", &bytes("jacoco-gcovr.xml")).expect_err("no hits").to_string();
    assert!(error.contains("till.c, line 4: has no mi: nothing says whether it was reached"), "{error}");
}

#[test]
fn e14_coverage_py_json() {
    let (_, detail) = claim(&[fixture("coverage.py.json")]);
    let coverage = detail.coverage.as_ref().expect("coverage");
    assert_eq!(three(coverage), [Some(ratio(17, 20)), Some(ratio(5, 8)), Some(ratio(4, 5))]);
    assert_eq!(detail.discrepancies, []);
    let paths: Vec<_> = coverage.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["till/price.py", "till/receipt.py"], "a file without a statement is not listed");
}

/// The same run, exported twice by the tool itself.
#[test]
fn e14_llvm_cov_says_the_same_in_both_formats() {
    let [json, lcov] = ["llvm-cov.json", "lcov-llvm.info"].map(|name| claim(&[fixture(name)]).1);
    for detail in [&json, &lcov] {
        assert_eq!(detail.discrepancies, []);
        let coverage = detail.coverage.as_ref().expect("coverage");
        assert_eq!(three(coverage), [Some(ratio(17, 24)), Some(ratio(7, 14)), Some(ratio(4, 5))]);
    }
    assert_eq!(json.coverage, lcov.coverage);
}

/// Two instances of a template, a macro used twice and a closure: one place in the source is one line, branch and
/// function. The tool's summary has 19 lines of 17 and 6 arms of 4, which is its way of adding up, and no doubt.
#[test]
fn llvm_cov_templates_macros_and_closures_count_once() {
    let (_, detail) = claim(&[fixture("llvm-cov-templates.json")]);
    assert_eq!(detail.discrepancies, []);
    assert_eq!(three(&detail.coverage.expect("coverage")), [Some(ratio(17, 17)), Some(ratio(3, 4)), Some(ratio(3, 3))]);
}

/// The worse of the two is for the gate; the record has both.
#[test]
fn e05_totals_that_disagree_are_told_for_the_whole_and_by_file() {
    for (name, from, to, expected) in [
        (
            "coverage.py.json",
            r#""covered_lines": 10"#,
            r#""covered_lines": 9"#,
            vec![["line coverage of till/price.py", "9 of 12", "10 of 12"]],
        ),
        (
            "llvm-cov.json",
            r#""lines":{"count":23,"covered":16,"#,
            r#""lines":{"count":23,"covered":20,"#,
            vec![["line coverage of /home/ada/till/till.c", "20 of 23", "16 of 23"]],
        ),
        (
            "jacoco.xml",
            r#"<counter type="LINE" missed="3" covered="11"/><counter type="COMPLEXITY" missed="3" covered="8"/><counter type="METHOD" missed="2" covered="5"/><counter type="CLASS" missed="0" covered="3"/></report>"#,
            r#"<counter type="LINE" missed="0" covered="14"/></report>"#,
            vec![["line coverage", "14 of 14", "11 of 14"]],
        ),
        (
            "lcov-llvm.info",
            "LH:16",
            "LH:10",
            vec![
                ["line coverage", "11 of 24", "17 of 24"],
                ["line coverage of /home/ada/till/till.c", "10 of 23", "16 of 23"],
            ],
        ),
    ] {
        let text = String::from_utf8(bytes(name)).expect("UTF-8");
        let text = if text.contains(from) { text } else { text.replace("\":", "\": ") };
        assert!(text.contains(from), "{name} holds {from}");
        let report = read(name, text.replacen(from, to, 1).as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(differences(&claim(&[report]).1), expected, "{name}");
    }
}

#[test]
fn lcov_2_functions_have_an_index_and_may_have_several_names() {
    let text = "SF:a.c\nDA:1,1\nFNL:0,1,5\nFNA:0,0,f\nFNA:0,7,g\nFNL:1,8\nFNA:1,0,h, with comma\nFNF:2\nFNH:1\nend_of_record\n";
    let (_, detail) = claim(&[read("lcov.info", text.as_bytes()).expect("a report")]);
    assert_eq!(detail.coverage.as_ref().expect("coverage").function, Some(ratio(1, 3)));
    assert_eq!(detail.discrepancies, [], "lcov counts the two functions, not their three names");
}

#[test]
fn counts_beyond_32_bits_and_branches_never_evaluated_are_read() {
    let text = "TN:\r\nSF:a.c\r\nDA:1,18446744073709551615\r\nDA:2,5000000000,abc\r\nBRDA:1,e0,jump, to line 2,-\r\n\
                BRDA:1,0,1,9999999999\r\nLF:2\r\nLH:2\r\nBRF:2\r\nBRH:1\r\nend_of_record\r\n";
    let (_, detail) = claim(&[read("lcov.info", text.as_bytes()).expect("a report")]);
    let coverage = detail.coverage.as_ref().expect("coverage");
    assert_eq!((coverage.line, coverage.branch), (Some(ratio(2, 2)), Some(ratio(1, 2))));
    assert_eq!(detail.discrepancies, []);
}

#[test]
fn paths_are_those_of_the_repository() {
    let files =
        ["till.c", "till.h", "src/main/java/till/Limit.java", "src/main/java/till/Main.java", "py/till/price.py"];
    let places = ingest::Places::new(["/home/ada/till".to_owned()], files.map(str::to_owned));
    let paths = |report: Report| -> Vec<String> {
        covered(&[report.located(&places)]).files.into_iter().map(|file| file.path).collect()
    };
    assert_eq!(paths(fixture("llvm-cov.json")), ["till.c", "till.h"]);
    assert_eq!(paths(fixture("lcov-llvm.info")), ["till.c", "till.h"]);
    assert_eq!(paths(fixture("jacoco.xml")), ["src/main/java/till/Limit.java", "src/main/java/till/Main.java"]);
    let cobertura = r#"<coverage><sources><source>/usr/lib</source><source>/home/ada/till/py</source></sources>
        <class filename="till\price.py"><line number="1" hits="1"/></class></coverage>"#;
    assert_eq!(paths(read("c.xml", cobertura.as_bytes()).expect("a report")), ["py/till/price.py"]);
}

/// A discrepancy follows its file; two reports of one file that name it differently are of one file.
#[test]
fn what_is_put_right_is_put_right_everywhere() {
    let places = ingest::Places::new(["/home/ada/till".to_owned()], ["till.c".to_owned()]);
    let lcov = "SF:/home/ada/till/till.c\nDA:1,1\nDA:2,0\nLF:2\nLH:0\nend_of_record\n";
    let cobertura = r#"<coverage><class filename="./till.c"><line number="2" hits="4000000000"/></class></coverage>"#;
    let reports = [lcov, cobertura].map(|text| read("x", text.as_bytes()).expect("a report").located(&places));
    let (_, detail) = claim(&reports);
    let coverage = detail.coverage.as_ref().expect("coverage");
    assert_eq!((coverage.files.len(), coverage.line), (1, Some(ratio(2, 2))));
    assert_eq!(
        differences(&detail),
        [["line coverage", "0 of 2", "1 of 2"], ["line coverage of till.c", "0 of 2", "1 of 2"]]
    );
}

#[test]
fn unsound_coverage() {
    for (text, reason) in [
        (r#"<report><package name="p"><line nr="1" mi="0" ci="1"/></package></report>"#, "outside any sourcefile"),
        (
            r#"<report><package name="p"><sourcefile name="f"><line nr="x" mi="0" ci="1"/></sourcefile></package></report>"#,
            "nr \"x\" is not a number",
        ),
        (r#"<report><group name="g"><package name="p"/></group></report>"#, "lists no line"),
        (r#"{"meta":{},"files":{},"totals":{"covered_lines":0,"num_statements":0}}"#, "lists no line"),
        (r#"{"meta":{},"files":{"a":{}},"totals":{}}"#, "missing field"),
        (r#"{"data":[],"type":"other","version":"1"}"#, "type is \"other\""),
        (
            r#"{"data":[{"files":[{"filename":"a","summary":{}}],"totals":{}}],"type":"llvm.coverage.json.export","version":"2.0.1"}"#,
            "lists no segment",
        ),
        (
            r#"{"data":[{"files":[{"filename":"a","summary":{},"segments":[[1,1,1,true,true],[9000000,1,0,false,false]]}],"totals":{}}],"type":"llvm.coverage.json.export","version":"2.0.1"}"#,
            "more than 5000000 lines",
        ),
        (
            r#"{"data":[{"files":[{"filename":"a","summary":{},"segments":[[1,1]]}],"totals":{}}],"type":"llvm.coverage.json.export","version":"2.0.1"}"#,
            "a segment of 2 elements, where 5 are expected",
        ),
        ("SF:\nDA:1,1\nend_of_record\n", "SF names no file"),
    ] {
        assert!(refusal(text).contains(reason), "{text}: {}", refusal(text));
    }
}

/// A23: the DTD that JaCoCo names is passed over, an own subset is refused.
#[test]
fn a23_a_doctype_is_never_fetched() {
    let report = |doctype: &str| {
        format!(
            r#"<!DOCTYPE report {doctype}><report><package name="p"><sourcefile name="f"><line nr="1" mi="0" ci="1"/></sourcefile></package></report>"#
        )
    };
    let outside = report(r#"PUBLIC "-//JACOCO//DTD Report 1.1//EN" "https://example.invalid/report.dtd""#);
    assert_eq!(covered(&[read("j.xml", outside.as_bytes()).expect("a report")]).line, Some(ratio(1, 1)));
    assert!(refusal(&report(r#"[<!ENTITY a "b">]"#)).contains("internal subset"));
}
