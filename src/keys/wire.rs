//! SSH wire values, read from bytes that may be anything.
//!
//! Source: RFC 4251, section 5.

/// What is left to read.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    /// One byte.
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// A big-endian number of four bytes.
    pub(super) fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    /// A length and that many bytes.
    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (string, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(string)
    }

    /// The value, if nothing follows it.
    pub(super) fn end<T>(&self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }
}

/// Appends a length and the bytes. `None` when four bytes cannot hold the length.
pub(super) fn put(out: &mut Vec<u8>, string: &[u8]) -> Option<()> {
    out.extend_from_slice(&u32::try_from(string.len()).ok()?.to_be_bytes());
    out.extend_from_slice(string);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_read_back_and_a_short_one_is_not_read() {
        let mut bytes = Vec::new();
        put(&mut bytes, b"abc").expect("short");
        assert_eq!(bytes, b"\0\0\0\x03abc");
        let mut reader = Reader(&bytes);
        assert_eq!(reader.string(), Some(&b"abc"[..]));
        assert_eq!(reader.end(()), Some(()));
        for cut in 0..bytes.len() {
            assert_eq!(Reader(&bytes[..cut]).string(), None, "{cut}");
        }
        assert_eq!(Reader(b"\xff\xff\xff\xffabc").string(), None);
    }
}
