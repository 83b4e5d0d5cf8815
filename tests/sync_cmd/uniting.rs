//! Nothing that either side has is lost.

use crate::workshop::{Run, Workshop};

#[test]
fn s01_two_clones_that_record_at_once_both_keep_everything() {
    let workshop = Workshop::new();
    let (ada, grace) = (workshop.repo(), workshop.clone_of_origin("grace"));
    let mine = workshop.plan_in(&ada, "CHG-2");
    let hers = workshop.plan_in(&grace, "CHG-3");
    workshop.qms_in(&ada, &["sync"]).ok().says("went    1 plan by ada");
    workshop.qms_in(&grace, &["sync"]).ok().says("came    1 plan by ada");
    workshop.qms_in(&ada, &["sync"]).ok().says("came    1 plan by ada");
    let plans = workshop.plans_in(&ada);
    assert_eq!(plans, workshop.plans_in(&grace));
    assert!(plans.contains(&mine) && plans.contains(&hers));
    let tips = [&ada, &grace, &workshop.path("origin.git")].map(|dir| workshop.tip_in(dir, "refs/notes/qms"));
    assert!(tips[0] == tips[1] && tips[1] == tips[2]);
    workshop.verify().passes();
    workshop.qms_in(&ada, &["sync"]).ok().says("came    nothing new").says("went    nothing new");
}

#[test]
fn s01_the_union_is_the_one_that_stock_git_makes() {
    let workshop = Workshop::new();
    let (ada, grace) = (workshop.repo(), workshop.clone_of_origin("grace"));
    for change in ["CHG-2", "CHG-4", "CHG-5"] {
        workshop.plan_in(&ada, change);
        workshop.plan_in(&grace, change);
    }
    workshop.qms_in(&ada, &["sync"]).ok();
    // Stock git unites the same two in a copy of her clone.
    workshop.git_in(workshop.dir.path(), &["clone", "-q", "--mirror", &grace.display().to_string(), "stock"]).ok();
    let (stock, origin) = (workshop.path("stock"), workshop.path("origin.git").display().to_string());
    workshop.git_in(&stock, &["fetch", "-q", &origin, "refs/notes/qms:refs/notes/theirs"]).ok();
    workshop.git_in(&stock, &["notes", "--ref=qms", "merge", "-q", "-s", "cat_sort_uniq", "refs/notes/theirs"]).ok();
    workshop.qms_in(&grace, &["sync"]).ok();
    let tree = "refs/notes/qms^{tree}";
    assert_eq!(workshop.tip_in(&stock, tree), workshop.tip_in(&grace, tree));
}

#[test]
fn s03_four_clones_that_sync_at_once_end_with_all_records_everywhere() {
    let workshop = Workshop::new();
    let clones = ["one", "two", "three", "four"].map(|name| workshop.clone_of_origin(name));
    let mut made: Vec<String> = workshop.plans_in(&workshop.repo());
    for (number, clone) in clones.iter().enumerate() {
        for change in 0..2 {
            made.push(workshop.plan_in(clone, &format!("CHG-{number}{change}")));
        }
    }
    made.sort();
    let runs: Vec<Run> = std::thread::scope(|scope| {
        let syncs: Vec<_> = clones.iter().map(|clone| scope.spawn(|| workshop.qms_in(clone, &["sync"]))).collect();
        syncs.into_iter().map(|sync| sync.join().expect("it ends")).collect()
    });
    for run in runs {
        run.ok();
    }
    for clone in &clones {
        workshop.qms_in(clone, &["sync"]).ok();
        assert_eq!(workshop.plans_in(clone), made);
        workshop.verify_in(clone).passes();
    }
}

#[test]
fn s01_a_fresh_clone_fetches_everything_and_pushes_nothing() {
    let workshop = Workshop::new();
    let clone = workshop.clone_of_origin("fresh");
    workshop.verify_in(&clone).passes();
    assert_eq!(workshop.plans_in(&clone), workshop.plans_in(&workshop.repo()));
    assert_eq!(workshop.git_in(&clone, &["tag", "-l"]).ok().text(), workshop.made.tag);
    workshop.qms_in(&clone, &["show", &workshop.made.tag]).ok();
    let before = workshop.tip_in(&workshop.path("origin.git"), "refs/notes/qms");
    workshop.plan_in(&clone, "CHG-2");
    workshop.qms_in(&clone, &["sync", "--fetch-only"]).ok();
    assert_eq!(workshop.tip_in(&workshop.path("origin.git"), "refs/notes/qms"), before);
}

#[test]
fn s01_releases_travel_with_their_records() {
    let workshop = Workshop::new();
    let grace = workshop.clone_of_origin("grace");
    workshop.commit("file", "two\n");
    workshop.evidence("CHG-2");
    let tag = workshop.qms_as("grace", &["release", "--change", "CHG-2", "--quiet"]).ok().text();
    workshop.git(&["push", "-q", "origin", "main"]);
    workshop.qms(&["sync"]).ok();
    workshop.git_in(&grace, &["pull", "-q", "--no-tags"]).ok();
    workshop.qms_in(&grace, &["sync"]).ok().says(&tag);
    workshop.verify_in(&grace).passes();
}

#[test]
fn s01_push_only_neither_fetches_nor_forces() {
    let workshop = Workshop::new();
    let grace = workshop.clone_of_origin("grace");
    workshop.plan_in(&workshop.repo(), "CHG-2");
    workshop.qms(&["sync", "--push-only"]).ok();
    workshop.plan_in(&grace, "CHG-3");
    let late = workshop.qms_in(&grace, &["sync", "--push-only"]);
    assert_ne!(late.code, 0);
    late.says("fetch, unite and push again");
    workshop.qms_in(&grace, &["sync"]).ok();
}

#[test]
fn a06_a_void_line_at_the_remote_keeps_nobody_from_pushing_evidence() {
    let workshop = Workshop::new();
    let (commit, grace) = (workshop.made.commit.clone(), workshop.clone_of_origin("grace"));
    workshop.put_line(&commit, "garbage");
    // Her own hook keeps it from leaving; somebody without one brings it to the remote.
    workshop.qms(&["sync"]).exits(1).says("a hook here stopped the push to origin").says("envelope-form");
    workshop.git(&["push", "-q", "--no-verify", "origin", "refs/notes/qms"]);
    workshop.qms(&["sync"]).exits(1).says("envelope-form");
    let hers = workshop.plan_in(&grace, "CHG-3");
    workshop.qms_in(&grace, &["sync"]).exits(1).says("envelope-form").says("went    1 plan by ada");
    workshop.qms(&["sync"]).exits(1);
    assert!(workshop.plans_in(&workshop.repo()).contains(&hers));
    // Ada accepts it as void, and everybody is well again.
    let line = git_qms::record::LineDigest::of(b"garbage").to_string();
    workshop.qms(&["trust", "known", "--line", &line]).ok();
    workshop.qms(&["sync"]).ok();
    workshop.qms_in(&grace, &["sync"]).ok();
    workshop.verify_in(&grace).passes_with("info", "envelope-form", &commit);
}

#[test]
fn without_a_remote_it_says_what_to_do() {
    let workshop = Workshop::new();
    workshop.git(&["remote", "remove", "origin"]);
    workshop.qms(&["sync"]).exits(2).says("no remote to sync with").says("git remote add origin URL");
    workshop.git(&["remote", "add", "origin", "../nowhere.git"]);
    workshop.qms(&["sync"]).exits(2).says("nowhere.git");
    workshop.qms(&["sync", "elsewhere"]).exits(2).says("elsewhere");
}

#[test]
fn u03_json_tells_what_came_and_went() {
    let workshop = Workshop::new();
    let grace = workshop.clone_of_origin("grace");
    workshop.plan_in(&workshop.repo(), "CHG-2");
    let went = workshop.qms(&["sync", "--json"]).ok().json();
    assert_eq!((went["schema"].as_str(), went["result"].as_str()), (Some("git-qms/sync/v1"), Some("pass")));
    assert_eq!(went["remote"], "origin");
    assert_eq!(went["went"], serde_json::json!([{ "kind": "plan", "recorder": "ada", "records": 1 }]));
    assert_eq!(went["came"], serde_json::json!([]));
    let came = workshop.qms_in(&grace, &["sync", "--json", "--fetch-only"]).ok().json();
    assert_eq!((&came["came"], &came["went"]), (&went["went"], &went["came"]));
    assert_eq!(came["movedTags"], serde_json::json!([]));
}
