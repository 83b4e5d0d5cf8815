//! One manual page, in the order of man-pages(7).

use std::fmt::Write as _;

use clap::Command;
use clap_mangen::Man;

use super::shown;
use crate::cli::error::{Error, Result, While as _};

/// What holds for every command; on the page git-qms(1).
const EVERYWHERE: &str = "\
.SH EXIT STATUS
.TP
.B 0
Yes, or done.
.TP
.B 1
No: a gate fails, verification rejects, nothing is found.
.TP
.B 2
Could not tell: wrong use, unreadable input, an incomplete clone.
.SH ENVIRONMENT
.TP
.B QMS_SIGNING_KEY
The key to sign with: a file, or the text of a private key, as a secret of a pipeline gives it.
.TP
.B QMS_TRUST_ROOT
The trust root to expect; goes over \\fBqms.trustRoot\\fR of the global git configuration.
.TP
.B GIT_DIR\\fR, \\fBGIT_PAGER\\fR, \\fBPAGER
As in git(1).
.TP
.B NO_COLOR\\fR, \\fBCLICOLOR\\fR, \\fBTERM
No colour where NO_COLOR is set, or TERM is dumb.
.SH FILES
.TP
.I .qms/policy.toml
The control catalog.
.TP
.I refs/notes/qms
The ledger: signed records, as git notes on the commits that they speak about.
.TP
.I refs/qms/trust
Who may sign what, as a chain of signed versions.
.TP
.I refs/qms/files
Files attached to records.
.TP
.I .git/qms/index.sqlite
A cache of what was verified. It can be deleted at any time.
";

/// The page of a command, found by its name with dashes.
pub(super) fn page(command: &Command, name: &str) -> Result<String> {
    // What one types has blanks.
    let named = command.clone().display_name(name.to_owned()).disable_help_subcommand(true);
    let page = Man::new(named.clone()).title(name).source("git-qms").manual("git-qms Manual");
    let mut bytes = Vec::new();
    let mut text = String::new();
    let take = |bytes: &mut Vec<u8>| {
        let section = String::from_utf8(std::mem::take(bytes));
        section.map_err(|_| Error::new(format!("the page {name} is not UTF-8")))
    };
    let making = format!("making the page {name}");
    page.render_title(&mut bytes).while_(&making)?;
    page.render_name_section(&mut bytes).while_(&making)?;
    text += &take(&mut bytes)?;
    text += &synopsis(command, name);
    page.render_description_section(&mut bytes).while_(&making)?;
    page.render_options_section(&mut bytes).while_(&making)?;
    if shown(command).next().is_some() {
        page.render_subcommands_section(&mut bytes).while_(&making)?;
    }
    text += &take(&mut bytes)?;
    text += &examples(command);
    if name == "git-qms" {
        text += EVERYWHERE;
    }
    text += &see_also(name);
    // A terminal may know no such letter, and man would leave it out.
    Ok(text.replace('…', "\\&..."))
}

/// As `--help` has it: `git qms record test [OPTIONS]`.
fn synopsis(command: &Command, name: &str) -> String {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim().trim_start_matches("Usage:").trim();
    let (typed, mut text) = (name.replacen('-', " ", 1), String::from(".SH SYNOPSIS\n.nf\n"));
    // A command below a command has a blank where the page has a dash.
    let typed = if usage.starts_with(&typed) { typed } else { name.replace('-', " ") };
    for line in usage.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let _ = match line.strip_prefix(&typed) {
            Some(rest) => writeln!(text, "\\fB{}\\fR{}", escaped(&typed), escaped(rest)),
            None => writeln!(text, "{}", escaped(line)),
        };
    }
    text + ".fi\n"
}

/// What `--help` ends with, line by line.
fn examples(command: &Command) -> String {
    let Some(help) = command.get_after_long_help().or(command.get_after_help()).map(ToString::to_string) else {
        return String::new();
    };
    let mut text = String::new();
    let mut is_open = false;
    for line in help.lines() {
        match line.strip_suffix(':').filter(|title| !line.starts_with(' ') && !title.is_empty()) {
            Some(title) => {
                text += if is_open { ".fi\n" } else { "" };
                let _ = writeln!(text, ".SH {}\n.nf", escaped(&title.to_uppercase()));
                is_open = true;
            }
            None if !is_open => {
                let _ = writeln!(text, ".SH NOTES\n.nf\n{}", escaped(line));
                is_open = true;
            }
            None => {
                let _ = writeln!(text, "{}", escaped(line.strip_prefix("  ").unwrap_or(line)));
            }
        }
    }
    text + if is_open { ".fi\n" } else { "" }
}

/// The page above, and git's.
fn see_also(name: &str) -> String {
    let above = name.rsplit_once('-').map_or("git", |(above, _)| above);
    let mut pages = vec![above, "git", "git-qms"];
    pages.retain(|page| *page != name);
    pages.sort_unstable();
    pages.dedup();
    let pages: Vec<String> = pages.iter().map(|page| format!("\\fB{}\\fR(1)", escaped(page))).collect();
    format!(".SH SEE ALSO\n{}\n", pages.join(", "))
}

/// Text that roff takes as it stands. Source: groff(7), escape sequences and control lines.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_roff_would_obey_is_text() {
        assert_eq!(escaped(".SH a-b\\c"), "\\&.SH a\\-b\\ec");
        assert_eq!(escaped("'tis"), "\\&'tis");
    }

    #[test]
    fn a_page_names_the_one_above_and_gits() {
        assert_eq!(
            see_also("git-qms-record-test"),
            ".SH SEE ALSO\n\\fBgit\\fR(1), \\fBgit\\-qms\\fR(1), \\fBgit\\-qms\\-record\\fR(1)\n"
        );
        assert_eq!(see_also("git-qms"), ".SH SEE ALSO\n\\fBgit\\fR(1)\n");
    }
}
