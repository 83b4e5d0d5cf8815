//! Findings of scanners, and what excuses them.

use super::{Format, Shape};

pub(super) const FORMATS: &[Format] = &[
    Format { name: "Trivy JSON", shape: Shape::Json, file: "trivy.json", start: TRIVY, part: trivy, end: TRIVY_END },
    Format { name: "Grype JSON", shape: Shape::Json, file: "grype.json", start: GRYPE, part: grype, end: GRYPE_END },
    Format {
        name: "OSV-Scanner JSON",
        shape: Shape::Json,
        file: "osv.json",
        start: r#"{"results":[{"source":{"path":"Cargo.lock","type":"lockfile"},"packages":["#,
        part: osv,
        end: r#"{"package":{"name":"last","version":"1.0.0","ecosystem":"npm"},"vulnerabilities":[],"groups":[]}]}]}"#,
    },
    Format {
        name: "npm audit JSON",
        shape: Shape::Json,
        file: "npm.json",
        start: r#"{"auditReportVersion":2,"vulnerabilities":{"#,
        part: npm,
        end: r#""last":{"name":"last","severity":"low","via":["p0"],"effects":[],"range":"*","nodes":[]}}}"#,
    },
    Format {
        name: "cargo-audit JSON",
        shape: Shape::Json,
        file: "cargo.json",
        start: r#"{"database":{"advisory-count":3,"last-commit":null,"last-updated":"2026-11-20T08:00:00Z"},"lockfile":{"dependency-count":9},"settings":{"ignore":[]},"vulnerabilities":{"found":true,"list":["#,
        part: cargo,
        end: r#"{"advisory":{"id":"RUSTSEC-2026-9999","package":"last","title":"a title","cvss":null},"package":{"name":"last","version":"1.0.0"}}]},"warnings":{}}"#,
    },
    Format {
        name: "pip-audit JSON",
        shape: Shape::Json,
        file: "pip.json",
        start: r#"{"dependencies":["#,
        part: pip,
        end: r#"{"name":"last","version":"1.0.0","vulns":[]}],"fixes":[]}"#,
    },
    Format {
        name: "SARIF",
        shape: Shape::Json,
        file: "a.sarif",
        start: r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Semgrep OSS","semanticVersion":"1.182.0","rules":[{"id":"no-shell","defaultConfiguration":{"level":"error"}}]}},"invocations":[{"executionSuccessful":true}],"results":["#,
        part: sarif,
        end: r#"{"ruleId":"no-shell","message":{"text":"No shell."}}]}]}"#,
    },
    Format {
        name: "OpenVEX",
        shape: Shape::Json,
        file: "vex.json",
        start: r#"{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.com/vex/till-1","author":"Till project","timestamp":"2026-11-20T08:00:00Z","version":1,"statements":["#,
        part: openvex,
        end: r#"{"vulnerability":{"name":"CVE-2026-1"},"products":[{"@id":"pkg:npm/last@1.0.0"}],"status":"fixed"}]}"#,
    },
];

const TRIVY: &str =
    r#"{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"a","Class":"os-pkgs","Vulnerabilities":["#;
const TRIVY_END: &str = r#"{"VulnerabilityID":"CVE-2026-1","PkgName":"p","Severity":"LOW"}]}]}"#;
const GRYPE: &str = r#"{"matches":["#;
const GRYPE_END: &str = r#"{"vulnerability":{"id":"CVE-2026-1","severity":"Low"},"artifact":{"name":"last","version":"1.0.0","type":"npm","purl":"pkg:npm/last@1.0.0"}}],"source":{"type":"image","target":{"userInput":"till:1.4"}},"descriptor":{"name":"grype","version":"0.121.2","db":{"status":{"built":"2026-11-19T01:31:29Z","valid":true}},"timestamp":"2026-11-20T08:15:30Z"}}"#;

/// As long as advisories are.
fn words() -> String {
    "a description of some length ".repeat(20)
}

fn trivy(at: u64) -> String {
    format!(
        r#"{{"VulnerabilityID":"CVE-2026-{at}","PkgName":"openssl","InstalledVersion":"3.0.{at}","Severity":"LOW","Title":"a title","Description":"{}"}},"#,
        words()
    )
}

fn grype(at: u64) -> String {
    format!(
        r#"{{"vulnerability":{{"id":"CVE-2026-{at}","namespace":"nvd:cpe","severity":"High","description":"{}","cvss":[{{"version":"3.1","vector":"CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H"}}],"fix":{{"versions":[],"state":"not-fixed"}}}},"relatedVulnerabilities":[],"artifact":{{"name":"p{at}","version":"1.0.{at}","type":"npm","purl":"pkg:npm/p{at}@1.0.{at}"}}}},"#,
        words()
    )
}

fn osv(at: u64) -> String {
    format!(
        r#"{{"package":{{"name":"p{at}","version":"1.0.{at}","ecosystem":"npm"}},"vulnerabilities":[{{"id":"GHSA-aaaa-bbbb-{at:04}","aliases":["CVE-2026-{at}"],"details":"{}","severity":[{{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}]}}],"groups":[{{"ids":["GHSA-aaaa-bbbb-{at:04}"],"max_severity":"9.8"}}]}},"#,
        words()
    )
}

fn npm(at: u64) -> String {
    format!(
        r#""p{at}":{{"name":"p{at}","severity":"high","isDirect":true,"via":[{{"source":{at},"name":"p{at}","dependency":"p{at}","title":"a title of some length","url":"https://github.com/advisories/GHSA-aaaa-bbbb-{at:04}","severity":"high","cwe":["CWE-77"],"range":"<4.17.21"}}],"effects":[],"range":"<4.17.21","nodes":["node_modules/p{at}"],"fixAvailable":true}},"#
    )
}

fn cargo(at: u64) -> String {
    format!(
        r#"{{"advisory":{{"id":"RUSTSEC-2026-{at:04}","package":"p{at}","title":"a title","description":"{}","aliases":["CVE-2026-{at}"],"cvss":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}},"versions":{{"patched":[]}},"package":{{"name":"p{at}","version":"1.0.0"}}}},"#,
        words()
    )
}

fn pip(at: u64) -> String {
    format!(
        r#"{{"name":"p{at}","version":"1.0.{at}","vulns":[{{"id":"PYSEC-2026-{at}","fix_versions":["2.11.3"],"aliases":["CVE-2026-{at}"],"description":"{}"}}]}},"#,
        words()
    )
}

fn sarif(at: u64) -> String {
    format!(
        r#"{{"ruleId":"no-shell","ruleIndex":0,"level":"warning","message":{{"text":"{}"}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"src/till/c{at}.py"}},"region":{{"startLine":8,"startColumn":5,"endLine":8,"endColumn":46}}}}}}]}},"#,
        words()
    )
}

fn openvex(at: u64) -> String {
    format!(
        r#"{{"vulnerability":{{"name":"CVE-2026-{at}","aliases":["GHSA-aaaa-bbbb-{at:04}"]}},"products":[{{"@id":"pkg:npm/p{at}@1.0.0"}}],"status":"not_affected","justification":"vulnerable_code_not_in_execute_path"}},"#
    )
}
