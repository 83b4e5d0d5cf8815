//! The encodings that XML reports are written in: UTF-8, and those of one byte a character that older
//! tools choose on western systems. Another one is refused by name.
//!
//! Source: <https://encoding.spec.whatwg.org/>, whose windows-1252 gives every byte a character.

use std::io::{self, BufRead, Read};

/// What windows-1252 has at 0x80 to 0x9f, where ISO-8859-1 has control characters.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// How the text of a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Also ASCII.
    Utf8,
    /// The first 256 characters of Unicode.
    Latin1,
    /// The same with the euro sign and seven letters more.
    Latin9,
    /// The same as Latin-1 with typographic characters.
    Windows1252,
}

impl Encoding {
    /// What an XML document that begins so is written in. The error is the name of another encoding.
    pub(super) fn of_xml(start: &[u8]) -> Result<Self, String> {
        let (marked, body) = match start.strip_prefix(b"\xef\xbb\xbf") {
            Some(body) => (true, body),
            None => (false, start),
        };
        let Some(declared) = declared(body) else { return Ok(Self::Utf8) };
        let encoding = match declared.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" => return Ok(Self::Utf8),
            "iso-8859-1" | "iso8859-1" | "iso_8859-1" | "latin1" | "latin-1" => Self::Latin1,
            "iso-8859-15" | "iso8859-15" | "iso_8859-15" | "latin9" | "latin-9" => Self::Latin9,
            "windows-1252" | "cp1252" | "cp-1252" => Self::Windows1252,
            _ => return Err(declared.chars().take(40).collect()),
        };
        // The mark says UTF-8, the declaration something else.
        if marked { Err(declared.chars().take(40).collect()) } else { Ok(encoding) }
    }

    /// The character of a byte, in an encoding of one byte a character.
    fn char_of(self, byte: u8) -> char {
        match (self, byte) {
            (Self::Windows1252, 0x80..=0x9f) => WINDOWS_1252[usize::from(byte - 0x80)],
            (Self::Latin9, 0xa4) => '€',
            (Self::Latin9, 0xa6) => 'Š',
            (Self::Latin9, 0xa8) => 'š',
            (Self::Latin9, 0xb4) => 'Ž',
            (Self::Latin9, 0xb8) => 'ž',
            (Self::Latin9, 0xbc) => 'Œ',
            (Self::Latin9, 0xbd) => 'œ',
            (Self::Latin9, 0xbe) => 'Ÿ',
            _ => char::from(byte),
        }
    }

    /// Adds the characters of `bytes` to `text`. Not for UTF-8.
    pub(super) fn decode(self, bytes: &[u8], text: &mut String) {
        text.extend(bytes.iter().map(|byte| self.char_of(*byte)));
    }
}

/// What the XML declaration says, if there is one.
fn declared(body: &[u8]) -> Option<String> {
    let declaration = body.strip_prefix(b"<?xml")?;
    let end = declaration.iter().take(1_000).position(|byte| *byte == b'>')?;
    let declaration = String::from_utf8_lossy(&declaration[..end]);
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|char| matches!(char, '"' | '\''))?;
    value[1..].split(quote).next().map(str::to_owned)
}

/// The text of an encoding of one byte a character, as UTF-8.
pub(super) struct Decoded<R> {
    inner: R,
    encoding: Encoding,
    text: String,
    taken: usize,
}

impl<R> Decoded<R> {
    pub(super) fn new(inner: R, encoding: Encoding) -> Self {
        Self { inner, encoding, text: String::new(), taken: 0 }
    }
}

impl<R: BufRead> BufRead for Decoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken == self.text.len() {
            self.text.clear();
            self.taken = 0;
            let bytes = self.inner.fill_buf()?;
            let read = bytes.len().min(1 << 16);
            self.encoding.decode(&bytes[..read], &mut self.text);
            self.inner.consume(read);
        }
        Ok(&self.text.as_bytes()[self.taken..])
    }

    fn consume(&mut self, amount: usize) {
        self.taken = (self.taken + amount).min(self.text.len());
    }
}

impl<R: BufRead> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        super::content::read_buffered(self, into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_is_one_character() {
        let read = |encoding| {
            let mut text = String::new();
            Decoded::new(&b"caf\xe9 \xa4 \x80"[..], encoding).read_to_string(&mut text).expect("text");
            text
        };
        assert_eq!(read(Encoding::Latin1), "café ¤ \u{80}");
        assert_eq!(read(Encoding::Latin9), "café € \u{80}");
        assert_eq!(read(Encoding::Windows1252), "café ¤ €");
    }

    #[test]
    fn what_is_declared_is_known_or_named() {
        let of = |name: &str| Encoding::of_xml(format!("<?xml version='1.0' encoding='{name}'?><a/>").as_bytes());
        assert_eq!(of("ISO-8859-15"), Ok(Encoding::Latin9));
        assert_eq!(of("Windows-1252"), Ok(Encoding::Windows1252));
        assert_eq!(of("shift_jis"), Err("shift_jis".into()));
        assert_eq!(Encoding::of_xml(b"<a encoding='x'/>"), Ok(Encoding::Utf8));
        assert!(Encoding::of_xml(b"\xef\xbb\xbf<?xml version='1.0' encoding='latin1'?>").is_err());
    }
}
