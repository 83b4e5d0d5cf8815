//! Twenty services in one repository of ten thousand commits: each has its files, its tags, its releases and its population.

use std::fmt::Write as _;
use std::time::Instant;

use crate::workshop::Workshop;

const SERVICES: usize = 20;
const COMMITS: usize = 10_000;

impl Workshop {
    /// Commits to the services in turns, one in a hundred to what all share, on top of main, in one fast-import.
    fn import_services(&self) {
        let tip = self.git(&["rev-parse", "main"]);
        let mut stream = String::new();
        for number in 0..COMMITS {
            let service = number % SERVICES;
            let path =
                if number % 100 == 50 { "libs/shared/lib".to_owned() } else { format!("services/s{service:02}/app") };
            let from = if number == 0 { format!("from {tip}\n") } else { String::new() };
            let _ = write!(
                stream,
                "commit refs/heads/main\ncommitter Ada Lovelace <ada@example.com> {} +0000\ndata <<E\nc{number}\nE\n{from}M 100644 inline {path}\ndata <<E\n{number}\nE\n",
                1_775_000_000 + number
            );
        }
        self.git_with(&["fast-import", "--quiet"], stream.as_bytes());
        self.git(&["reset", "-q", "--hard"]);
    }

    fn passes_for(&self, service: &str) -> serde_json::Value {
        let run = self.qms(&["gate", "--service", service, "--environment", "production", "--json"]);
        assert!(run.code < 2, "{}{}", run.out, run.err);
        run.json()
    }

    fn proven(&self, service: &str, change: &str) -> String {
        let plan =
            ["record", "plan", "--service", service, "--change", change, "--reason", "More", "--rollback", "restore"];
        self.qms(&plan).ok();
        let report = self.path("junit.xml").display().to_string();
        let test = ["record", "test", "--service", service, "--suite", "unit", "--from", &report, "--quiet"];
        self.qms_as("ci", &test).ok();
        let report = self.path("trivy.json").display().to_string();
        self.qms_as("ci", &["record", "scan", "--service", service, "--from", &report, "--quiet"]).ok();
        let approve = ["approve", "--service", service, "--role", "release-manager", "--meaning", "approved"];
        self.qms_as("grace", &approve).ok();
        let release = ["release", "--service", service, "--change", change, "--environment", "production", "--quiet"];
        let tag = self.qms_as("grace", &release).ok().text();
        let deploy = ["record", "deploy", "--release", &tag, "--environment", "production", "--outcome", "success"];
        self.qms_as("ci", &deploy).ok();
        tag
    }
}

#[test]
fn s06_twenty_services_in_ten_thousand_commits_have_their_own_tags_and_releases() {
    let workshop = Workshop::new();
    workshop.import_services();
    let file = workshop.repo().join(".qms/policy.toml");
    let catalog = std::fs::read_to_string(&file).expect("a catalog");
    let mut services = String::from("name = \"payments-api\"\npaths = [\"file\"]\n");
    for service in 0..SERVICES {
        let _ = writeln!(
            services,
            "[[service]]\nname = \"s{service:02}\"\npaths = [\"services/s{service:02}/**\", \"libs/shared/**\"]"
        );
    }
    let baseline = workshop.git(&["rev-parse", "HEAD"]);
    let catalog = catalog.replacen("name = \"payments-api\"\n", &services, 1);
    let lines = catalog
        .lines()
        .map(|line| if line.starts_with("baseline") { format!("baseline = \"{baseline}\"") } else { line.to_owned() });
    std::fs::write(&file, lines.collect::<Vec<_>>().join("\n") + "\n").expect("a file");
    workshop.git(&["commit", "-q", "-a", "-m", "Twenty services"]);
    workshop.qms(&["policy", "ratify"]).ok();
    // A change of one service: its gate asks for evidence; then it goes out under its own name.
    std::fs::write(workshop.repo().join("services/s01/app"), "new\n").expect("a file");
    workshop.git(&["commit", "-q", "-a", "-m", "s01"]);
    let started = Instant::now();
    assert_eq!(workshop.passes_for("s01")["result"], "fail");
    eprintln!("gate of one of {SERVICES} services in {COMMITS} commits: {:?}", started.elapsed());
    let first = workshop.proven("s01", "CHG-2");
    assert!(first.starts_with("s01@"), "{first}");
    let other = workshop.proven("s02", "CHG-3");
    assert!(other.starts_with("s02@"), "{other}");
    // What all share: the next release of each that depends on it has the one before as its own previous.
    std::fs::write(workshop.repo().join("libs/shared/lib"), "new\n").expect("a file");
    workshop.git(&["commit", "-q", "-a", "-m", "Shared"]);
    for (service, before) in [("s01", &first), ("s02", &other)] {
        assert_eq!(workshop.passes_for(service)["result"], "fail", "{service} depends on it");
        let tag = workshop.proven(service, "CHG-4");
        let shown = workshop.qms(&["show", &tag, "--json"]).ok().json();
        assert_eq!(
            shown["manifest"]["previous"]["tag"].as_str().or(shown["manifest"]["previous"].as_str()),
            Some(&**before),
            "{shown:#}"
        );
    }
    // Each has a population of its own: its changes, and none of another's.
    for (service, own) in [("s01", ["CHG-2", "CHG-4"]), ("s02", ["CHG-3", "CHG-4"])] {
        let audit = workshop.qms(&["audit", "--service", service, "--json"]).json();
        let rows = audit["population"].as_array().expect("changes");
        assert!(rows.iter().all(|row| row["service"] == service), "{rows:#?}");
        let changes: Vec<_> = rows.iter().map(|row| row["change"].as_str().unwrap_or_default()).collect();
        assert_eq!(changes, own, "{rows:#?}");
        let open = audit["completeness"]["commitsWithoutRelease"].as_array().expect("commits");
        assert!(
            open.iter()
                .all(|commit| commit["services"].as_array().is_some_and(|of| of.iter().any(|one| one == service)))
        );
    }
    workshop.git(&["push", "-q", "--no-verify", "origin", "main"]);
    workshop.qms(&["sync"]).ok();
    let clone = workshop.clone_of_origin("clone");
    workshop.verify_in(&clone).passes();
}
