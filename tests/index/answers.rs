//! Random histories: after every step the answers with an index are those without.

use crate::project::{Project, junit};
use crate::{indexed, same_answers};

/// A generator that is the same everywhere: splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// One thing that may happen; says what it was.
fn step(project: &Project, random: &mut Random, number: usize) -> &'static str {
    let ledger = "refs/notes/qms";
    match random.below(14) {
        0..=2 => {
            project.by("ada", &["record", "plan", "--change", &format!("CHG-{number}"), "--reason", "More"]);
            "a plan"
        }
        3 => {
            let report = project.report("junit.xml", &junit(number, 0, 0));
            project.by("ci", &["record", "test", "--from", &report]);
            "a test with its file"
        }
        4 => {
            project.commit("app.txt", &format!("{number}\n"));
            "a commit"
        }
        5 => {
            project.git(&["checkout", "-q", "-b", &format!("side-{number}")]);
            project.commit("side.txt", &format!("{number}\n"));
            project.by("ada", &["record", "plan", "--change", &format!("CHG-{number}"), "--reason", "Side"]);
            project.git(&["checkout", "-q", "main"]);
            "a branch with a record"
        }
        6 => {
            let branches = project.git(&["branch", "--format=%(refname:short)"]);
            if let Some(side) = branches.lines().find(|branch| branch.starts_with("side-")) {
                project.git(&["branch", "-q", "-D", side]);
            }
            "a branch deleted"
        }
        7 => {
            project.git(&["tag", "-f", "moving"]);
            "a tag"
        }
        8 => {
            project.git(&["notes", "--ref=qms", "append", "-m", &format!("garbage {number}"), "HEAD"]);
            "a line of garbage"
        }
        9 => {
            project.git(&["gc", "-q"]);
            "housekeeping"
        }
        10 => {
            // Two writers, united by git.
            let tip = project.git(&["rev-parse", ledger]);
            project.by("ada", &["record", "plan", "--change", &format!("CHG-{number}"), "--reason", "Left"]);
            let left = project.git(&["rev-parse", ledger]);
            project.git(&["update-ref", ledger, &tip]);
            project.by("ada", &["record", "plan", "--change", &format!("CHR-{number}"), "--reason", "Right"]);
            project.git(&["update-ref", "refs/notes/other", &left]);
            project.git(&["notes", "--ref=qms", "merge", "-q", "-s", "cat_sort_uniq", "refs/notes/other"]);
            "a merge of the ledger"
        }
        11 => {
            project.git(&["update-ref", ledger, &format!("{ledger}~1")]);
            "a ledger rolled back"
        }
        12 => {
            let lines = project.git(&["notes", "--ref=qms", "show", "HEAD~0"]);
            let mut lines: Vec<&str> = lines.lines().collect();
            let at = usize::try_from(random.below(lines.len() as u64)).expect("small");
            lines.remove(at);
            let blob = project.git_with(&["hash-object", "-w", "--stdin"], (lines.join("\n") + "\n").as_bytes());
            project.git(&["notes", "--ref=qms", "add", "-f", "-C", &blob, "HEAD"]);
            "a line removed"
        }
        _ => {
            project.git(&["pack-refs", "--all"]);
            "references packed"
        }
    }
}

fn play(seed: u64, steps: usize) {
    let project = indexed(Project::founded());
    project.plan("CHG-1");
    same_answers(&project, "at the start");
    let mut random = Random(seed);
    let mut played = Vec::new();
    for number in 2..2 + steps {
        // Whatever is on HEAD, there is a note to take from.
        if !project.state().contains(&project.git(&["rev-parse", "HEAD"])[2..]) {
            project.by("ada", &["record", "plan", "--change", &format!("CHG-{number}"), "--reason", "More"]);
        }
        let has_note = project.command("git", project.path()).args(["notes", "--ref=qms", "show"]).output();
        if !has_note.is_ok_and(|output| output.status.success()) {
            project.by("ada", &["record", "plan", "--change", &format!("CHN-{number}"), "--reason", "More"]);
        }
        played.push(step(&project, &mut random, number));
        same_answers(&project, &format!("seed {seed}, after {played:?}"));
    }
}

#[test]
fn the_answers_are_those_of_the_whole_after_every_step_1() {
    play(1, 24);
}

#[test]
fn the_answers_are_those_of_the_whole_after_every_step_2() {
    play(20_260_413, 24);
}
