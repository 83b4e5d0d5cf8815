//! Room for one list of a record. A record is one line of at most 1 MiB, base64 included, so a list
//! is bounded by its entries and by their bytes; what finds no room is counted as omitted.

use std::borrow::Cow;

use serde::Serialize;

/// What is left for a list.
pub(super) struct Room {
    entries: usize,
    bytes: usize,
}

impl Room {
    /// Room for so many entries, in so many bytes of JSON.
    pub(super) fn new(entries: usize, bytes: usize) -> Self {
        Self { entries, bytes }
    }

    /// Takes the room for `entry`; `false` where it is not there any more. Once full, full: a later,
    /// smaller entry must not slip in before an earlier one.
    pub(super) fn take(&mut self, entry: &impl Serialize) -> bool {
        let size = serde_json::to_vec(entry).map_or(usize::MAX, |json| json.len().saturating_add(1));
        if self.entries == 0 || size > self.bytes {
            self.entries = 0;
            return false;
        }
        self.entries -= 1;
        self.bytes -= size;
        true
    }
}

/// Text of a report, cut to so many characters.
pub(super) fn cut(text: &str, characters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(characters) {
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!(cut("äöü", 2), "äö…");
        assert_eq!(cut("äöü", 3), "äöü");
    }

    #[test]
    fn a_list_ends_with_its_entries_or_its_bytes() {
        let mut room = Room::new(2, 100);
        assert_eq!([room.take(&"a"), room.take(&"b"), room.take(&"c")], [true, true, false]);
        let mut room = Room::new(9, 10);
        assert_eq!([room.take(&"abcd"), room.take(&"efghij"), room.take(&"k")], [true, false, false]);
    }
}
