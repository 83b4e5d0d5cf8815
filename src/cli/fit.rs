//! Text cut to the columns of a terminal.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::report::escape;

/// How many columns it takes, as it is shown.
pub(super) fn width_of(text: &str) -> usize {
    escape(text).width()
}

/// The text as it is shown, if it fits; else its beginning, and `…`.
pub(super) fn fitted(text: &str, columns: usize) -> String {
    let text = escape(text);
    if text.width() <= columns {
        return text.into_owned();
    }
    let (mut kept, mut taken) = (String::new(), 0);
    for c in text.chars() {
        taken += c.width().unwrap_or(0);
        if taken + 1 > columns {
            break;
        }
        kept.push(c);
    }
    if columns == 0 { kept } else { kept + "…" }
}

/// The text in lines of so many columns at most, broken between words where that can be.
pub(super) fn folded(text: &str, columns: usize) -> Vec<String> {
    let text = escape(text);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut().filter(|line| line.width() + 1 + word.width() <= columns) {
            Some(line) => line.extend([" ", word]),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u03_lines_are_broken_between_words() {
        assert_eq!(folded("here since noon, by ci", 10), ["here since", "noon, by", "ci"]);
        assert_eq!(folded("a payments@2026.04.13+chg-1 b", 5), ["a", "payments@2026.04.13+chg-1", "b"]);
        assert_eq!(folded("", 5), [""]);
    }

    #[test]
    fn u03_what_does_not_fit_is_cut_by_columns_and_not_by_characters() {
        assert_eq!(fitted("refund limits", 13), "refund limits");
        assert_eq!(fitted("refund limits", 8), "refund …");
        assert_eq!(fitted("返金限度額", 10), "返金限度額");
        // Each takes two columns: a third would make it seven with the mark.
        assert_eq!(fitted("返金限度額", 6), "返金…");
        assert_eq!((fitted("ab", 1), fitted("ab", 0)), ("…".into(), String::new()));
    }

    #[test]
    fn u03_what_cannot_be_seen_takes_the_columns_of_its_escape() {
        assert_eq!(width_of("a\u{1b}[31m"), "a\\u{1b}[31m".len());
        assert_eq!(fitted("\u{1b}[31m", 4), "\\u{…");
    }
}
