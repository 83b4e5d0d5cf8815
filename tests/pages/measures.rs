//! The page of measures, made by the program from a year of two services, and its filters.

use std::process::Command;

use crate::browser;
use crate::project::Project;

/// A catalog of two services, and a year in which each went out every month.
fn year() -> Project {
    let project = Project::founded();
    let file = project.path().join(".qms/policy.toml");
    let catalog = std::fs::read_to_string(file).expect("a catalog");
    let at = catalog.find("[[service]]").expect("a service");
    let two = format!("{}[[service]]\nname = \"web\"\n\n{}", &catalog[..at], &catalog[at..]);
    project.commit(".qms/policy.toml", &two);
    project.by("ada", &["policy", "ratify"]).ok();
    for month in 1..=12 {
        project.commit("app.txt", &format!("{month}\n").repeat(month));
        if month % 3 == 1 {
            project.by("ci", &["gate", "--record", "--service", "payments"]).exit(1);
        }
        for (service, day) in [("payments", 3), ("web", 17)] {
            let end = format!("2025-{month:02}-{day:02}T12:00:00Z");
            let start = format!("2025-{month:02}-{day:02}T11:50:00Z");
            let deploy = ["record", "deploy", "--unreleased", "--environment", "production", "--service", service];
            let outcome = if service == "payments" && month % 4 == 0 { "rolled-back" } else { "success" };
            project.by("ci", &[&deploy[..], &["--start", &start, "--end", &end, "--outcome", outcome]].concat()).ok();
        }
        if month % 5 == 0 {
            let (id, detected) = (format!("INC-{month}"), format!("2025-{month:02}-05T09:00:00Z"));
            let restored = format!("2025-{month:02}-05T15:30:00Z");
            let incident = ["record", "incident", "--id", &id, "--severity", "high", "--environment", "production"];
            let times = ["--service", "payments", "--detected", &detected, "--restored", &restored];
            project.by("ada", &[&incident[..], &times].concat()).ok();
        }
    }
    project
}

#[test]
fn k03_the_page_of_measures_is_read_by_everybody_and_filters_without_a_script() {
    let project = year();
    let page = browser::folder("measures").join("measures.html");
    let file = page.display().to_string();
    let ask =
        ["measure", "--html", &file, "--since", "2025-01-01", "--until", "2026-01-01", "--split-at", "2025-07-01"];
    project.by("ada", &ask).ok();
    let text = std::fs::read_to_string(&page).expect("a page");
    assert!(!text.contains("<script") && !text.contains("http://") && text.contains("<svg"), "it stands for itself");
    // The same number as in JSON.
    let board = project.by("ada", &["measure", "--json", "--since", "2025-01-01", "--until", "2026-01-01"]).ok().json();
    let rate = board["groups"].as_array().expect("groups").iter().find(|group| group["service"] == "payments");
    let rate = rate.expect("payments")["measures"].as_array().expect("measures").clone();
    let rate = rate.iter().find(|measure| measure["name"] == "change-fail-rate").expect("a measure");
    assert_eq!((&rate["value"], &rate["n"]), (&0.25.into(), &12.into()), "three of twelve were taken back");
    assert!(text.contains("25.0 %"));
    browser::look_at(std::slice::from_ref(&page));
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pages");
    if std::path::Path::new(here).join("node_modules/playwright-core").exists() {
        let chosen = Command::new("node").arg("choose.mjs").arg(&page).current_dir(here).output().expect("node runs");
        assert!(chosen.status.success(), "{}", String::from_utf8_lossy(&chosen.stdout));
    } else {
        eprintln!("SKIPPED: nobody chose a filter: npm ci --prefix tests/pages");
    }
}
