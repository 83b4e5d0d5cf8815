//! The bytes of a note as lines.

use crate::envelope::Envelope;
use crate::record::ids::LineDigest;

/// Above this size, or this number of lines, writers refuse to let a note grow.
pub const MAX_NOTE_BYTES: usize = 4 << 20;
/// See [`MAX_NOTE_BYTES`].
pub const MAX_NOTE_LINES: usize = 1_000;

/// A note taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Split<'a> {
    /// The lines that are not blank.
    pub(super) lines: Vec<&'a [u8]>,
    /// Lines that are no envelopes, left out of a note that is too large already: a flood of garbage is a number, not a
    /// finding for each.
    pub(super) crowd: usize,
    /// Whether the note is in the order that a union leaves.
    pub(super) ordered: bool,
}

/// Takes a note apart. `known` lines are looked at whatever they are.
pub(super) fn split(content: &[u8], known: impl Fn(LineDigest) -> bool) -> Split<'_> {
    let mut split = Split { lines: Vec::new(), crowd: 0, ordered: content.ends_with(b"\n") };
    let mut last: Option<&[u8]> = None;
    let mut rest = Some(content.strip_suffix(b"\n").unwrap_or(content));
    while let Some(now) = rest {
        let end = memchr::memchr(b'\n', now);
        let line = end.map_or(now, |end| &now[..end]);
        rest = end.map(|end| &now[end + 1..]);
        split.ordered &= !line.is_empty() && last.is_none_or(|last| last < line);
        if line.is_empty() {
            continue;
        }
        last = Some(line);
        let is_late = split.lines.len() >= MAX_NOTE_LINES;
        if is_late && Envelope::parse(line).is_err() && !known(LineDigest::of(line)) {
            split.crowd += 1;
        } else {
            split.lines.push(line);
        }
    }
    split
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_are_skipped_and_told() {
        let told = |content: &'static [u8]| {
            let split = split(content, |_| false);
            (split.lines, split.ordered)
        };
        assert_eq!(told(b"a\nb\n"), (vec![&b"a"[..], b"b"], true));
        assert_eq!(told(b"a\n\nb\n"), (vec![&b"a"[..], b"b"], false));
        assert_eq!(told(b"b\na\n"), (vec![&b"b"[..], b"a"], false));
        assert_eq!(told(b"a\na\n"), (vec![&b"a"[..], b"a"], false));
        assert_eq!(told(b"a"), (vec![&b"a"[..]], false));
        assert_eq!(told(b""), (vec![], false));
    }

    #[test]
    fn a_flood_of_garbage_is_a_number_but_for_envelopes_and_known_lines() {
        let line = |number: usize| format!("{number:05}\n");
        let envelope = Envelope::sign(b"{}".to_vec(), &crate::test_support::TestKey::new(1)).expect("signs").to_line();
        let content = (0..MAX_NOTE_LINES + 3).map(line).collect::<String>() + &envelope + "\n";
        let known = LineDigest::of(line(MAX_NOTE_LINES + 1).trim_end().as_bytes());
        let split = split(content.as_bytes(), |digest| digest == known);
        assert_eq!((split.lines.len(), split.crowd, split.ordered), (MAX_NOTE_LINES + 2, 2, true));
        assert_eq!(split.lines.last(), Some(&envelope.as_bytes()));
    }
}
