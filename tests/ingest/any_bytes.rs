//! No bytes make a reader panic, and what it makes of them can be recorded.

use proptest::prelude::*;

use super::*;

const FILES: [&str; 34] = [
    "junit-surefire.xml",
    "go-test-reruns.jsonl",
    "nunit-console.xml",
    "trx-vstest.trx",
    "junit-pytest.xml",
    "junit-pytest-reruns.xml",
    "junit-nextest.xml",
    "junit-jest.xml",
    "cobertura-coverage.py.xml",
    "cobertura-gcovr.xml",
    "lcov-coverage.py.info",
    "lcov-gcovr.info",
    "jacoco.xml",
    "coverage.py.json",
    "llvm-cov.json",
    "llvm-cov-templates.json",
    "cyclonedx-py.json",
    "cyclonedx-vulnerabilities.json",
    "trivy-image.json",
    "trivy-mixed.json",
    "grype-image.json",
    "osv-scanner.json",
    "npm-audit.json",
    "npm-audit-v6.json",
    "cargo-audit.json",
    "pip-audit.json",
    "sarif-bandit.json",
    "sarif-eslint.json",
    "sarif-semgrep.json",
    "sarif-semgrep-failed.json",
    "openvex.json",
    "spdx-npm.json",
    "spdx-3.json",
    "provenance.intoto.jsonl",
];

/// How each format begins, what it is made of, and how it ends.
const DIALECTS: [(&str, &[&str], &str); 15] = [
    (
        "{\"Action\":\"start\",\"Package\":\"p\"}\n",
        &[
            "{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"A\"}\n",
            "{\"Action\":\"fail\",\"Package\":\"p\",\"Test\":\"A\",\"Elapsed\":1e300}\n",
            "{\"Action\":\"pass\",\"Package\":\"p\",\"Test\":\"A\",\"Elapsed\":-1}\n",
            "{\"Action\":\"skip\",\"Package\":\"q\"}\n",
            "{\"Action\":\"fail\",\"Package\":\"p\"}\n",
            "{\"Action\":\"what\",\"Time\":\"now\",\"Test\":null}\n",
            "FAIL\tr [build failed]\n",
            "{}\n",
            "\n",
        ],
        "{\"Action\":\"pass\",\"Package\":\"p\"}\n",
    ),
    (
        "<test-run total='1' passed='x'>",
        &[
            "<test-suite result='Failed' site='TearDown' name='s'>",
            "</test-suite>",
            "<test-case name='a' result='Passed' duration='1e9'/>",
            "<test-case fullname='a' result='Failed'><failure/></test-case>",
            "<test-case result='Skipped' label='Explicit'/>",
            "<properties><property name='req' value='R-1'/></properties>",
            "<test-run/>",
        ],
        "</test-run>",
    ),
    (
        "<TestRun><Results>",
        &[
            "<UnitTestResult testName='a' outcome='Passed' duration='99999.23:59:60.9'/>",
            "<UnitTestResult testName='b' outcome='Failed'><InnerResults>",
            "</InnerResults></UnitTestResult>",
            "<UnitTestResult testName='c'/>",
            "<WebTestResult testName='' outcome='Timeout'/>",
            "<ResultSummary outcome='Error'><Counters total='18446744073709551615' failed='18446744073709551615' error='1'/></ResultSummary>",
        ],
        "</Results></TestRun>",
    ),
    (
        "<testsuites tests='2'>",
        &[
            "<testsuite name='a' tests='1' failures='many' timestamp='2026-01-01T00:00:00' time='1e9'>",
            "</testsuite>",
            "<testcase name='x' time='1,000.5'/>",
            "<testcase classname='c' name='x' time='-1'><failure/><system-out>&#65;&amp;</system-out></testcase>",
            "<testcase><skipped/><flakyError/></testcase>",
            "<testcase name='x' status='notrun'><properties><property name='req' value='R-1'/></properties></testcase>",
            "<properties><property name='req' value='R-2 R-3'/></properties>",
            "<error/>",
            "<testcase><testcase/></testcase>",
            "<!-- a --><?pi?><![CDATA[<]]>",
            "&x;",
        ],
        "</testsuites>",
    ),
    (
        "<coverage lines-covered='1' lines-valid='2' branch-rate='NaN'><class filename='f'>",
        &[
            "<line number='1' hits='1'/>",
            "<line number='18446744073709551615' hits='1e300'/>",
            "<line number='2' hits='0' condition-coverage='50% (1/2)'/>",
            "<line number='2' hits='-1' condition-coverage='(0/18446744073709551615)'/>",
            "<method><line number='3' hits='3'/></method>",
            "</class><class name='g'>",
            "<line/>",
        ],
        "</class></coverage>",
    ),
    (
        "SF:a\n",
        &[
            "DA:1,1\n",
            "DA:18446744073709551615,1e300\n",
            "BRDA:1,0,0,-\n",
            "BRDA:1,0,jump, back,7\n",
            "FN:1,f\n",
            "FN:1,2,f\n",
            "FNDA:1,f\n",
            "FNL:0,1\n",
            "FNA:0,1,g\n",
            "LF:9\nBRH:-\n",
            "end_of_record\nSF:b\n",
            "XX:\n",
            "DA:\n",
        ],
        "end_of_record\n",
    ),
    (
        "<report name='r'><package name='p'><sourcefile name='f'>",
        &[
            "<line nr='1' mi='0' ci='1' mb='1' cb='1'/>",
            "<line nr='18446744073709551615' mi='1' ci='0'/>",
            "<line nr='2' mi='0' ci='0' mb='18446744073709551615' cb='1'/>",
            "<counter type='LINE' missed='18446744073709551615' covered='1'/>",
            "<counter type='BRANCH' missed='few' covered=''/>",
            "</sourcefile><class name='c' sourcefilename='f'><method name='m' desc='()V'><counter type='METHOD' missed='0' covered='1'/></method></class><sourcefile name='g'>",
            "</sourcefile></package><group name='g:/'><package name=''><sourcefile name='../f'></sourcefile></package></group><package name='p'><sourcefile name='f'>",
        ],
        "</sourcefile></package></report>",
    ),
    (
        r#"{"meta":{},"totals":{"covered_lines":1,"num_statements":2},"files":{"a":{"executed_lines":[1],"missing_lines":[2],"summary":{"covered_lines":1,"num_statements":2}"#,
        &[
            r#","executed_branches":[[1,-1],[1,2]],"missing_branches":[[1,-1]]"#,
            r#","executed_branches":[[-1,1]]"#,
            r#","functions":{"":{"executed_lines":[],"missing_lines":[]},"f":{"executed_lines":[1],"missing_lines":[]}}"#,
            r#"},"b":{"executed_lines":[18446744073709551615],"missing_lines":[],"summary":{"covered_lines":1,"num_statements":0,"covered_branches":7,"num_branches":3}"#,
            ",7",
        ],
        "}}}",
    ),
    (
        r#"{"type":"llvm.coverage.json.export","version":"2.0.1","data":[{"totals":{"lines":{"count":1,"covered":9}},"files":[{"filename":"a","summary":{},"segments":[[1,1,1,true,true,false],[9,1,0,false,false,false]]"#,
        &[
            r#","branches":[[1,2,1,4,0,1,0,0,4]]"#,
            r#","branches":[[1,2,1]]"#,
            r#"},{"filename":"b","summary":{"lines":{"count":0,"covered":1}},"segments":[[1,1,1,true,true],[18446744073709551615,1,1,true,true,true]]"#,
            r#"},{"filename":"c","summary":{},"segments":[[2,1,1,true,true,false],[1,1,1,true,true,false]]"#,
            r#"}],"functions":[{"count":1,"filenames":["a"],"name":"f","regions":[[1,1,9,2,1,0,0,0],[3,1,4,1,0,0,0,2]],"branches":[[1,1,1,2,3,4,0,0,4]]}],"x":[{"#,
            r#"}],"functions":[{"count":1,"filenames":["a"],"name":"f","regions":[[1,1,18446744073709551615,2,1,0,0,0]]}],"x":[{"#,
            r#"}],"functions":[{"count":1,"filenames":[],"name":"f","regions":[[1,1,9,2,1,7,0,0]]}],"x":[{"#,
        ],
        "}]}]}",
    ),
    (
        r#"{"SchemaVersion":2,"Results":[{"Target":"a","Vulnerabilities":[{"VulnerabilityID":"C"}"#,
        &[
            r#",{"VulnerabilityID":"C","PkgName":"p","Severity":"LOW"}"#,
            r#",{"VulnerabilityID":"C","PkgName":"p","Severity":null}"#,
            r#"]},{"Class":"lang-pkgs","Vulnerabilities":[{"VulnerabilityID":"D"}"#,
            r#",{"VulnerabilityID":""}"#,
            ",[]",
        ],
        "]}]}",
    ),
    (
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"tools":[{"name":"t"}]},"components":[{}"#,
        &[
            r#",{"purl":"pkg:a/b","components":[{"purl":"pkg:/"}]}"#,
            r#",{"purl":null}"#,
            r#"],"vulnerabilities":[{"id":"C","ratings":[{"score":1e300,"method":"CVSSv4"}],"affects":[{}]}"#,
            r#",{"id":"D"}"#,
            ",7",
        ],
        "]}",
    ),
    (
        r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t","rules":[{"id":"r"}]}},"results":[{"ruleId":"r/1"}"#,
        &[
            r#",{"ruleIndex":-1,"rule":{"index":9007199254740993,"toolComponent":{"index":-2}}}"#,
            r#",{"kind":"pass"},{"level":"none","baselineState":"absent"}"#,
            r#",{"suppressions":[{"status":"rejected"}],"properties":{"security-severity":"1e400"}}"#,
            r#",{"properties":{"security-severity":11},"locations":[{"physicalLocation":{"region":{"startLine":7}}}]}"#,
            r#"]},{"tool":{"driver":{"name":"t"}},"invocations":[{"executionSuccessful":false}],"results":[{}"#,
            r#",{"level":"fatal"}"#,
        ],
        "]}]}",
    ),
    (
        r#"{"matches":[],"source":{},"ignoredMatches":[{"vulnerability":{"id":"C"},"artifact":{"name":"a"}}"#,
        &[
            r#",{"vulnerability":{"id":"D","cvss":[{"vector":"CVSS:3.1/AV:N"}]},"artifact":{"name":"","purl":"pkg:/"}}"#,
            r#",{"vulnerability":{"id":""},"artifact":{"name":"a"}}"#,
            r#"],"descriptor":{"db":{"valid":false,"schemaVersion":1e400}},"distro":["#,
        ],
        "]}",
    ),
    (
        r#"{"results":[{"source":{"path":"p"},"packages":[{"package":{},"vulnerabilities":[{"id":"A"}"#,
        &[
            r#",{"id":"B","aliases":["A"],"severity":[{"score":"CVSS:4.0/AV:N"}]}"#,
            r#"],"groups":[{"ids":[]},{"ids":["A","A"],"max_severity":"NaN"}"#,
            r#",{"ids":["Z"],"aliases":["A"],"max_severity":"-1"}"#,
        ],
        "]}]}]}",
    ),
    (
        r#"{"@context":"https://openvex.dev/ns/v0.2.0","statements":[{"vulnerability":"C","products":["p"],"status":"fixed"}"#,
        &[
            r#",{"vulnerability":{"name":"D"},"products":[{"@id":"pkg:a/b","subcomponents":["pkg:"]}],"status":"affected"}"#,
            r#",{"vulnerability":{},"products":[],"status":"fixed"}"#,
            r#",{"vulnerability":"E","products":[{}],"status":"not_affected","impact_statement":" "}"#,
        ],
        "]}",
    ),
];

fn survives(bytes: &[u8]) {
    let Ok(report) = read("any", bytes) else { return };
    match &report {
        Report::Tests(_) | Report::Coverage(_) => {
            claim(std::slice::from_ref(&report));
        }
        Report::Scan(_) => {
            let (claim, detail) = scan_claim(&report, noon()).expect("a claim");
            written(&Claim::Scan(claim), Some(detail));
        }
        Report::Analysis(_) => {
            // Runs of several tools are for the claim to refuse.
            if let Ok(claim) = analysis_claim(&report) {
                written(&Claim::Analysis(claim), None);
            }
            let _scan = scan_claim(&report, noon());
        }
        Report::Vex(vex) => {
            let mut scan = fixture("grype-image.json").scan().expect("a scan");
            let told = scan.apply(std::slice::from_ref(vex), &["pkg:oci/till".into()]).expect("few statements");
            let (claim, detail) = scan.claim(noon(), told);
            written(&Claim::Scan(claim), Some(detail));
        }
        Report::Attestation(_) => {
            let _matched = attestations(&report, &[]);
        }
        Report::Inventory(_) => {
            inventory(&report).expect("an inventory");
            // Whether it is a scan is for the claim to say.
            let _scan = scan_claim(&report, noon());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random(dialect in prop::sample::select(&DIALECTS[..]), rest in prop::collection::vec(any::<u8>(), 0..400)) {
        survives(&rest);
        survives(&[dialect.0.as_bytes(), &rest].concat());
    }

    #[test]
    fn soup(
        (dialect, words) in prop::sample::select(&DIALECTS[..])
            .prop_flat_map(|dialect| (Just(dialect), prop::collection::vec(prop::sample::select(dialect.1), 0..8))),
    ) {
        survives(format!("{}{}{}", dialect.0, words.concat(), dialect.2).as_bytes());
    }

    #[test]
    fn mutated(
        file in prop::sample::select(&FILES[..]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any_or_digit()), 1..4),
        cut in any::<prop::sample::Index>(),
        paste in any::<prop::sample::Index>(),
    ) {
        let mut bytes = bytes(file);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        survives(&bytes);
        let (cut, paste) = (cut.index(bytes.len()), paste.index(bytes.len()));
        survives(&[&bytes[..cut], &bytes[paste..]].concat());
    }
}

/// Any byte, or, so that more of the files stay well-formed, a digit.
fn any_or_digit() -> impl Strategy<Value = u8> {
    prop_oneof![any::<u8>(), b'0'..=b'9']
}
