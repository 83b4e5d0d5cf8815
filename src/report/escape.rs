//! Text of a repository made harmless for a terminal: what cannot be seen is shown as an escape.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Shows control characters, ANSI sequences and line breaks included, and whatever changes the direction or is
/// not seen, as `\u{1b}`. Nor is a command for a pipeline's log left: `##[` (GitHub Actions) and `##vso[` (Azure
/// Pipelines) are obeyed wherever in a line they stand.
pub fn escape(text: &str) -> Cow<'_, str> {
    replaced(text, |c, out| write!(out, "\\u{{{:x}}}", u32::from(c)))
}

/// The same within JSON that is already written: there such characters stand only in strings, where `\u001b` is
/// the same text. Line breaks and tabs between members stay.
pub fn escape_json(json: &str) -> Cow<'_, str> {
    replaced(json, |c, out| match c {
        '\n' | '\t' => {
            out.push(c);
            Ok(())
        }
        c => c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}")),
    })
}

/// The same within a page: line breaks stay, being white space there, but for one before what would be a command in a
/// pipeline's log (`::error::`), which is obeyed at the start of a line.
pub(super) fn escape_page(html: &str) -> Cow<'_, str> {
    let seen = replaced(html, |c, out| {
        if c == '\n' {
            out.push(c);
            return Ok(());
        }
        write!(out, "\\u{{{:x}}}", u32::from(c))
    });
    if !seen.lines().any(|line| line.trim_start().starts_with("::")) {
        return seen;
    }
    let lines = seen.split_inclusive('\n').map(|line| match line.trim_start().strip_prefix("::") {
        Some(rest) => Cow::Owned(format!("&#58;&#58;{rest}")),
        None => Cow::Borrowed(line),
    });
    Cow::Owned(lines.collect())
}

fn replaced(text: &str, write: impl Fn(char, &mut String) -> std::fmt::Result) -> Cow<'_, str> {
    if !text.contains(is_unseen) && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        if is_unseen(c) || (c == '#' && text[..at].ends_with('#') && begins_command(&text[at + 1..])) {
            write(c, &mut out).expect("writing to a string does not fail");
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Whether what stands behind `##` makes it a command: `[`, or a word and `[`.
fn begins_command(rest: &str) -> bool {
    rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric()).starts_with('[')
}

/// Control characters (C0, DEL, C1), and the format characters that deceive: direction, joiners, variation
/// selectors, separators, tags. Source: Unicode Technical Report 36 and Standard Annex 9.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        assert_eq!(escape("a\u{1b}[31mb\r\n\u{9b}2J\u{7f}"), "a\\u{1b}[31mb\\u{d}\\u{a}\\u{9b}2J\\u{7f}");
        assert_eq!(
            escape("admin\u{202e}nimda\u{2066}\u{200b}\u{e0041}"),
            "admin\\u{202e}nimda\\u{2066}\\u{200b}\\u{e0041}"
        );
        for code in 0..=0x0010_ffff_u32 {
            let Some(c) = char::from_u32(code) else { continue };
            let shown = escape(c.encode_utf8(&mut [0; 4])).into_owned();
            assert!(!shown.contains(char::is_control), "{code:x}");
        }
    }

    #[test]
    fn a22_no_command_for_the_log_of_a_pipeline_is_left() {
        assert_eq!(escape("x ##vso[task.setvariable variable=a]b"), "x #\\u{23}vso[task.setvariable variable=a]b");
        assert_eq!(escape("###[add-matcher]a"), "##\\u{23}[add-matcher]a");
        assert_eq!(escape_json("[\"##teamcity[a]\"]"), "[\"#\\u0023teamcity[a]\"]");
        assert_eq!(escape("## A heading, C## [1]"), "## A heading, C## [1]");
    }

    #[test]
    fn a22_no_line_of_a_page_is_a_command() {
        assert_eq!(escape_page("<p>a\n  ::error::b\nc ::d</p>\n"), "<p>a\n&#58;&#58;error::b\nc ::d</p>\n");
        assert_eq!(escape_page("<p>a ::b</p>\n"), "<p>a ::b</p>\n");
    }

    #[test]
    fn what_people_write_is_left_alone() {
        for text in ["Ada Lovelace", "Зося → 東京, naïve", "“quoted” — 80 %", ""] {
            assert!(matches!(escape(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn json_says_the_same_after_escaping() {
        let text = "a\u{9b}\u{202e}\u{e0041}\u{7f}\u{1b}\n\t\"\\é";
        let json = serde_json::to_string_pretty(&[text]).expect("JSON");
        let shown = escape_json(&json);
        assert!(!shown.contains(|c| is_unseen(c) && c != '\n'));
        assert_eq!(serde_json::from_str::<[String; 1]>(&shown).expect("JSON"), [text]);
    }
}
