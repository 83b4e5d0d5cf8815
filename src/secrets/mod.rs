//! What looks like a secret: keys, tokens and passwords, told by the forms that their makers gave them.
//!
//! It finds accidents. Who wants to hide a secret from it can: what is compressed, encrypted or split is not seen.

mod likely;
mod table;

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

pub use table::{PATTERNS, Pattern};

/// A place that looks like a secret. It holds nothing that is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    /// What it looks like.
    pub pattern: &'static Pattern,
    /// The line it begins on, from 1.
    pub line: usize,
    /// What it begins with that is the same for every secret of the kind, such as `ghp_`; may be empty.
    pub begins: String,
}

/// Places beyond this many of one kind in one text are not listed.
const MOST: usize = 100;

/// One by one and not as a set: most begin with a literal, which is found at the speed of memory; a set is slow on
/// text that is as random as the secrets themselves.
static EXPRESSIONS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let expression = |pattern: &Pattern| RegexBuilder::new(pattern.expression).unicode(false).build();
    PATTERNS.iter().map(|pattern| expression(pattern).expect("a test builds it")).collect()
});

/// The places of a text that look like secrets, in the order of the table, then of the text.
///
/// ```
/// let token = ["https://ada:", "hunter2", "@example.com/"].concat();
/// let found = git_qms::secrets::find(format!("first\nclone {token}\n").as_bytes());
/// assert_eq!((found[0].pattern.name, found[0].line), ("password-in-url", 2));
/// ```
pub fn find(text: &[u8]) -> Vec<Suspect> {
    PATTERNS.iter().zip(&*EXPRESSIONS).flat_map(|(pattern, expression)| places(pattern, expression, text)).collect()
}

fn places(pattern: &'static Pattern, expression: &Regex, text: &[u8]) -> Vec<Suspect> {
    let found = expression.captures_iter(text).filter_map(|captures| {
        let whole = captures.get(0)?;
        let secret = captures.get(1).unwrap_or(whole);
        (begins_at(text, whole.start()) && (pattern.check)(secret.as_bytes())).then_some(whole.range())
    });
    let suspect = |range: std::ops::Range<usize>| Suspect {
        pattern,
        line: text[..range.start].split(|byte| *byte == b'\n').count(),
        begins: String::from_utf8_lossy(&text[range.start..][..pattern.open.min(range.len())]).into_owned(),
    };
    found.take(MOST).map(suspect).collect()
}

/// Whether something may begin here: not in the middle of a word, but for the end of an escape such as `\n` or `%3D`.
fn begins_at(text: &[u8], start: usize) -> bool {
    let before = &text[..start];
    let is_escape = |end: &[u8]| {
        matches!(end, [.., b'\\', b'n' | b'r' | b't'])
            || matches!(end, [.., b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit())
    };
    before.last().is_none_or(|byte| !byte.is_ascii_alphanumeric()) || is_escape(before)
}

/// The text of a file in UTF-8 or UTF-16 with its mark; `None` where it is none: compressed, an image, a program.
pub fn text_of(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    let wide: Option<fn([u8; 2]) -> u16> = match bytes {
        [0xff, 0xfe, ..] => Some(u16::from_le_bytes),
        [0xfe, 0xff, ..] => Some(u16::from_be_bytes),
        _ => None,
    };
    if let Some(unit) = wide {
        let units = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        return Some(text.into_bytes().into());
    }
    // As git tells texts: by a NUL near the beginning.
    (!bytes[..bytes.len().min(8000)].contains(&0)).then_some(bytes.into())
}

#[cfg(test)]
mod tests;
