//! A guide's commands with what they have to print.

/// One command of a `console` block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Its line in the guide, from 1.
    pub(crate) line: usize,
    /// The command, perhaps of several lines.
    pub(crate) command: String,
    /// How it ends: what `# exit N` says behind it, else 0.
    pub(crate) exit: i32,
    /// What it prints to either stream, line by line.
    pub(crate) output: Vec<String>,
}

impl Step {
    /// The line of the guide where its output begins, from 0.
    pub(crate) fn output_at(&self) -> usize {
        self.line + self.command.matches('\n').count()
    }
}

/// The steps of all ```` ```console ```` blocks: `$ ` begins a command, `> ` goes on with it, the rest is output.
pub(crate) fn steps(guide: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    let mut is_command = false;
    for (at, line) in guide.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
            is_command = false;
        } else if !inside {
        } else if let Some(command) = line.strip_prefix("$ ") {
            let exit = command.rsplit_once("# exit ").map_or(0, |(_, code)| code.parse().expect("an exit code"));
            steps.push(Step { line: at + 1, command: command.to_owned(), exit, output: Vec::new() });
            is_command = true;
        } else {
            let step = steps.last_mut().expect("a block begins with a command");
            match line.strip_prefix("> ").or((line == ">").then_some("")).filter(|_| is_command) {
                Some(more) => step.command = format!("{}\n{more}", step.command),
                None => {
                    is_command = false;
                    step.output.push(line.to_owned());
                }
            }
        }
    }
    steps
}

/// Whether lines are as expected: `...` stands for any lines, `[..]` for anything within one.
pub(crate) fn matches(expected: &[String], found: &[String]) -> bool {
    match expected.split_first() {
        None => found.is_empty(),
        Some((first, rest)) if first == "..." => (0..=found.len()).any(|skip| matches(rest, &found[skip..])),
        Some((first, rest)) => {
            found.split_first().is_some_and(|(line, more)| line_matches(first, line) && matches(rest, more))
        }
    }
}

fn line_matches(expected: &str, found: &str) -> bool {
    match expected.split_once("[..]") {
        None => expected == found,
        Some((start, rest)) => found.strip_prefix(start).is_some_and(|found| {
            found.char_indices().map(|(at, _)| at).chain([found.len()]).any(|at| line_matches(rest, &found[at..]))
        }),
    }
}

#[test]
fn blocks_are_read_and_other_text_is_not() {
    let guide = "text\n```toml\n$ no\n```\n```console\n$ a \\\n> b  # exit 1\n> c\nout\n> out too\n$ d\n```\n$ no\n";
    let steps = steps(guide);
    assert_eq!(steps.len(), 2);
    assert_eq!(steps[0].command, "a \\\nb  # exit 1\nc");
    assert_eq!(steps[0].output, ["out", "> out too"]);
    assert_eq!((steps[1].line, steps[1].exit), (11, 0));
    assert_eq!(guide.lines().nth(steps[0].output_at()), Some("out"));
}

#[test]
fn an_exit_code_is_read_from_the_comment() {
    assert_eq!(steps("```console\n$ false   # exit 1\n```\n")[0].exit, 1);
}

#[test]
fn wildcards_stand_for_parts_and_for_lines() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(matches(&lines("a[..]z\n...\nend"), &lines("abcz\n1\n2\nend")));
    assert!(matches(&lines("..."), &[]));
    assert!(!matches(&lines("a[..]z"), &lines("abc")));
    assert!(!matches(&lines("a\n..."), &lines("b\nc")));
    assert!(!matches(&[], &lines("a")));
}
