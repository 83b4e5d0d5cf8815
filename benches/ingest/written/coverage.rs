//! Coverage of a hundred lines a file, a third of them not reached.

use super::{Format, Shape};

pub(super) const FORMATS: &[Format] = &[
    Format {
        name: "Cobertura XML",
        shape: Shape::Xml,
        file: "cobertura.xml",
        start: "<coverage>",
        part: cobertura,
        end: "</coverage>",
    },
    Format {
        name: "JaCoCo XML",
        shape: Shape::Xml,
        file: "jacoco.xml",
        start: "<report name=\"till\"><package name=\"till\">",
        part: jacoco,
        end: "</package></report>",
    },
    Format { name: "LCOV", shape: Shape::Text, file: "lcov.info", start: "TN:\n", part: lcov, end: "" },
    Format {
        name: "coverage.py JSON",
        shape: Shape::Json,
        file: "coverage.json",
        start: r#"{"meta":{"format":3,"version":"7.17.3","timestamp":"2026-11-24T07:39:40.402515","branch_coverage":true,"show_contexts":false},"files":{"#,
        part: coverage_py,
        end: r#""src/till/last.py":{"executed_lines":[1],"summary":{"covered_lines":1,"num_statements":1,"missing_lines":0},"missing_lines":[],"excluded_lines":[]}},"totals":{"covered_lines":1,"num_statements":1}}"#,
    },
    Format {
        name: "llvm-cov JSON",
        shape: Shape::Json,
        file: "llvm.json",
        start: r#"{"type":"llvm.coverage.json.export","version":"2.0.1","data":[{"files":["#,
        part: llvm,
        end: r#"{"filename":"src/till/last.c","segments":[],"branches":[],"summary":{"lines":{"count":1,"covered":1,"percent":100}}}],"functions":[],"totals":{"lines":{"count":1,"covered":1,"percent":100}}}]}"#,
    },
];

fn cobertura(at: u64) -> String {
    let line = |line| format!("<line number=\"{line}\" hits=\"{}\"/>\n", line % 3);
    let lines: String = (1..=100).map(line).collect();
    format!("<class name=\"c{at}\" filename=\"src/till/c{at}.py\"><lines>\n{lines}</lines></class>\n")
}

fn lcov(at: u64) -> String {
    let lines: Vec<String> = (1..=100).map(|line| format!("DA:{line},{}\n", line % 3)).collect();
    format!("SF:src/till/c{at}.c\n{}end_of_record\n", lines.concat())
}

fn jacoco(at: u64) -> String {
    let line = |line| {
        let missed = u8::from(line % 3 == 0);
        format!("<line nr=\"{line}\" mi=\"{missed}\" ci=\"{}\" mb=\"0\" cb=\"0\"/>", 1 - missed)
    };
    let lines: String = (1..=100).map(line).collect();
    format!("<sourcefile name=\"C{at}.java\">{lines}<counter type=\"LINE\" missed=\"33\" covered=\"67\"/></sourcefile>")
}

fn coverage_py(at: u64) -> String {
    let lines = |wanted: fn(&u64) -> bool| {
        let lines: Vec<String> = (1..=100).filter(wanted).map(|line: u64| line.to_string()).collect();
        lines.join(", ")
    };
    format!(
        r#""src/till/c{at}.py": {{"executed_lines": [{}], "summary": {{"covered_lines": 67, "num_statements": 100, "percent_covered": 67.0, "missing_lines": 33, "excluded_lines": 0, "num_branches": 0, "covered_branches": 0}}, "missing_lines": [{}], "excluded_lines": []}},"#,
        lines(|line| line % 3 != 0),
        lines(|line| line % 3 == 0),
    )
}

fn llvm(at: u64) -> String {
    let segment = |line: u64| format!("[{line},5,{},true,true,false],", line % 3);
    let segments: String = (1..=100).map(segment).collect();
    format!(
        r#"{{"filename":"src/till/c{at}.c","expansions":[],"segments":[{segments}[101,2,0,false,false,false]],"branches":[],"summary":{{"lines":{{"count":100,"covered":67,"percent":67}}}}}},"#
    )
}
