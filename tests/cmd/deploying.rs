//! From build to deployment: what is signed for, and what may go out.

use crate::project::Project;

#[test]
fn r08_the_gate_of_a_deployment_refuses_a_candidate() {
    let project = Project::proven();
    let ask = ["gate", "--deploy", "--environment", "production"];
    project.by("ci", &["gate"]).ok();
    let said = project.by("ci", &ask).exit(1);
    said.says("RELEASED").says("a candidate: this commit is not released for production").says("git qms release");
    project.by("grace", &["release", "--quiet"]).ok();
    project.by("ci", &ask).ok();
    // What comes after the release is a candidate again, and so is the same tree on another commit.
    project.git(&["commit", "-q", "--allow-empty", "-m", "Again"]);
    project.by("ci", &[&ask[..], &["--change", "CHG-1842"]].concat()).exit(1).says("RELEASED");
}

#[test]
fn g04_who_deploys_is_whoever_holds_the_key() {
    let project = Project::founded();
    let file = project.path().join(".qms/policy.toml");
    let catalog = std::fs::read_to_string(file).expect("a catalog");
    let catalog = catalog.replace("production = true", "production = true\ndeploy-roles = [\"ci\"]");
    project.commit(".qms/policy.toml", &catalog);
    project.by("ada", &["policy", "ratify"]).ok();
    project.plan("CHG-1");
    project.prove();
    project.by("grace", &["release", "--quiet"]).ok();
    let ask = ["gate", "--deploy"];
    project.by("ci", &ask).ok();
    project.by("grace", &ask).exit(1).says("DEPLOYER").says("grace has no role that deploys to production: ci");
    project.by("mallory", &ask).exit(1).says("nobody known deploys");
    // A path that was mistyped is no stranger's key.
    project.qms(&["gate", "--deploy", "--key", "nowhere"]).exit(2).says("nowhere");
}

#[test]
fn g04_artifacts_are_signed_for_with_what_is_in_them() {
    let project = Project::founded();
    let file = project.path().join(".qms/policy.toml");
    let catalog = std::fs::read_to_string(file).expect("a catalog");
    let rules = "[\"build.artifacts >= 1\", \"build.manual == 0\", \"build.without-inventory == 0\"]";
    let catalog = catalog.replace("[\"test\"] ", "[\"build\"] ").replace("[\"test.failed == 0\"] ", rules);
    project.commit(".qms/policy.toml", &catalog);
    project.by("ada", &["policy", "ratify"]).ok();
    project.write("../payments.tar.gz", "artifact");
    let line = |outcome: &str, found: &str| {
        let verdict = project.qms(&["gate", "--json"]).json();
        let control = &verdict["controls"][0];
        assert_eq!((control["outcome"].as_str(), control["found"].as_str()), (Some(outcome), Some(found)));
    };
    line("fail", "no build");
    let build = ["record", "build", "--build-id", "77", "--artifact", "../payments.tar.gz"];
    let id = project.by("ada", &[&build[..], &["--quiet"]].concat()).ok().id();
    line("fail", "1 builds by hand, by ada; 1 builds without inventory");
    let sbom = project.report("sbom.json", r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"left","version":"1","purl":"pkg:cargo/left@1"}]}"#);
    project.by("ci", &[&build[..], &["--from", &sbom]].concat()).ok();
    line("fail", "1 builds by hand, by ada; 1 builds without inventory");
    project
        .by("ada", &[&build[..], &["--from", &sbom, "--supersedes", &id, "--reason", "with its inventory"]].concat())
        .ok();
    line("fail", "1 builds by hand, by ada");
}
