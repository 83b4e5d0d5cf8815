//! XML in pieces that a reader can hold: text and CDATA of any length are broken up by what changes
//! nothing, an empty comment or the end and beginning of a CDATA section. Tags, comments and
//! instructions that are longer than any tool writes are refused.

use std::io::{self, BufRead, Read};

/// From this length on, text is broken up where it can be.
const PIECE: usize = 64 << 10;

/// How long anything may be that is not broken up.
const MOST: usize = 8 << 20;

/// A stream of XML.
pub(super) struct Pieces<R> {
    inner: R,
    at: At,
    /// Bytes since the state began.
    run: usize,
    /// How much of the inner buffer has been looked through and may be handed out.
    seen: usize,
    /// What breaks up the text after that.
    breaker: Option<&'static [u8]>,
    /// What of a breaker is yet to be handed out.
    pending: &'static [u8],
}

/// Where in the document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Text,
    /// Inside `&…;`.
    Reference,
    /// After `<`.
    Opening,
    Tag,
    Quoted(u8),
    /// After `<!`, and how many bytes of `--` or `[CDATA[` followed.
    Bang(usize),
    Comment(usize),
    Cdata(usize),
    Instruction(usize),
}

impl<R: BufRead> Pieces<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, at: At::Text, run: 0, seen: 0, breaker: None, pending: b"" }
    }

    /// Looks through what the inner reader has, as far as it is one piece.
    fn look(&mut self) -> io::Result<()> {
        let bytes = self.inner.fill_buf()?;
        let (mut at, mut run, mut seen) = (self.at, self.run, 0);
        while let Some(byte) = bytes.get(seen).copied() {
            if run < PIECE {
                // Most bytes change nothing.
                let most = bytes.len().min(seen + (PIECE - run));
                let same = at.skip(&bytes[seen..most]);
                if same > 0 {
                    (run, seen) = (run + same, seen + same);
                    continue;
                }
            } else if let Some(breaker) = at.breaker(byte) {
                self.breaker = Some(breaker);
                run = 0;
                break;
            } else if run >= MOST {
                return Err(io::Error::other(format!("{} longer than {MOST} bytes", at.name())));
            }
            let next = at.after(byte);
            let same = std::mem::discriminant(&next) == std::mem::discriminant(&at);
            run = if same || at.continues_in(next) { run + 1 } else { 0 };
            at = next;
            seen += 1;
        }
        (self.at, self.run, self.seen) = (at, run, seen);
        Ok(())
    }
}

impl At {
    /// How many of these bytes leave the state as it is.
    fn skip(self, bytes: &[u8]) -> usize {
        let until = |stop: fn(u8) -> bool| bytes.iter().position(|byte| stop(*byte)).unwrap_or(bytes.len());
        match self {
            Self::Text => until(|byte| matches!(byte, b'<' | b'&')),
            Self::Tag => until(|byte| matches!(byte, b'>' | b'"' | b'\'')),
            Self::Quoted(b'"') => until(|byte| byte == b'"'),
            Self::Quoted(_) => until(|byte| byte == b'\''),
            Self::Cdata(0) => until(|byte| byte == b']'),
            Self::Comment(0) => until(|byte| byte == b'-'),
            Self::Instruction(0) => until(|byte| byte == b'?'),
            _ => 0,
        }
    }

    /// The state after one byte more.
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Text | Self::Reference, b'<') => Self::Opening,
            (Self::Text, b'&') => Self::Reference,
            (Self::Opening, b'!') => Self::Bang(0),
            (Self::Opening, b'?') => Self::Instruction(0),
            (Self::Reference, b';')
            | (
                Self::Opening
                | Self::Tag
                | Self::Bang(_)
                | Self::Comment(2..)
                | Self::Cdata(2..)
                | Self::Instruction(1..),
                b'>',
            ) => Self::Text,
            (Self::Tag | Self::Bang(_), b'"' | b'\'') => Self::Quoted(byte),
            (Self::Quoted(quote), _) if byte == quote => Self::Tag,
            (Self::Bang(0), b'-') => Self::Bang(1),
            (Self::Bang(1), b'-') => Self::Comment(0),
            (Self::Bang(0), b'[') => Self::Bang(11),
            (Self::Bang(from @ 11..=16), _) if b"CDATA["[from - 11] == byte => {
                if from == 16 {
                    Self::Cdata(0)
                } else {
                    Self::Bang(from + 1)
                }
            }
            (Self::Opening | Self::Bang(_), _) => Self::Tag,
            (Self::Comment(dashes), b'-') => Self::Comment((dashes + 1).min(2)),
            (Self::Comment(_), _) => Self::Comment(0),
            (Self::Cdata(brackets), b']') => Self::Cdata((brackets + 1).min(2)),
            (Self::Cdata(_), _) => Self::Cdata(0),
            (Self::Instruction(_), b'?') => Self::Instruction(1),
            (Self::Instruction(_), _) => Self::Instruction(0),
            (same, _) => same,
        }
    }

    /// What the text may be broken up by before `byte`; never inside a character.
    fn breaker(self, byte: u8) -> Option<&'static [u8]> {
        match self {
            _ if byte & 0xc0 == 0x80 => None,
            Self::Text if byte != b'<' => Some(b"<!---->"),
            Self::Cdata(0) => Some(b"]]><![CDATA["),
            _ => None,
        }
    }

    /// Whether the reader holds both as one.
    fn continues_in(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Opening | Self::Tag | Self::Quoted(_) | Self::Bang(_), Self::Tag | Self::Quoted(_) | Self::Bang(_))
        )
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Reference => "a reference",
            Self::Opening | Self::Tag | Self::Quoted(_) | Self::Bang(_) => "a tag",
            Self::Comment(_) => "a comment",
            Self::Cdata(_) => "a run of brackets in CDATA",
            Self::Instruction(_) => "a processing instruction",
        }
    }
}

impl<R: BufRead> BufRead for Pieces<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.seen == 0 && self.pending.is_empty() {
            self.look()?;
            if self.seen == 0 {
                self.pending = self.breaker.take().unwrap_or_default();
            }
        }
        if self.pending.is_empty() {
            let seen = self.seen;
            // A reader that has less than a moment ago is not to be trusted, but no reason to panic.
            self.inner.fill_buf().map(|bytes| bytes.get(..seen).unwrap_or(bytes))
        } else {
            Ok(self.pending)
        }
    }

    fn consume(&mut self, amount: usize) {
        if self.pending.is_empty() {
            self.seen = self.seen.saturating_sub(amount);
            self.inner.consume(amount);
            if self.seen == 0 {
                self.pending = self.breaker.take().unwrap_or_default();
            }
        } else {
            self.pending = self.pending.get(amount..).unwrap_or_default();
        }
    }
}

impl<R: BufRead> Read for Pieces<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        super::content::read_buffered(self, into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(text: &str) -> io::Result<String> {
        let mut found = String::new();
        // A buffer of its own, so that states span refills.
        Pieces::new(io::BufReader::with_capacity(7, text.as_bytes())).read_to_string(&mut found)?;
        Ok(found)
    }

    #[test]
    fn what_is_short_passes_as_it_is() {
        let text = "<?xml?><!DOCTYPE a><!-- - -- > --><a b='>' c=\"]]>\"><![CDATA[ ]] > ]]]>t&amp;é</a>\n";
        assert_eq!(through(text).expect("text"), text);
    }

    #[test]
    fn long_text_is_broken_up_by_an_empty_comment_between_characters() {
        let long = format!("{0}&amp;{0}", "é".repeat(100_000));
        let found = through(&format!("<a>{long}</a>")).expect("text");
        assert_eq!(found.matches("<!---->").count(), 6);
        assert_eq!(found.replace("<!---->", ""), format!("<a>{long}</a>"));
    }

    #[test]
    fn long_cdata_is_broken_up_outside_of_its_end() {
        let long = "x]]".repeat(100_000);
        let found = through(&format!("<a><![CDATA[{long}]]></a>")).expect("text");
        assert_eq!(found.matches("]]><![CDATA[").count(), 4);
        assert_eq!(found.replace("]]><![CDATA[", ""), format!("<a><![CDATA[{long}]]></a>"));
    }

    #[test]
    fn what_cannot_be_broken_up_is_bounded() {
        for (start, fill) in [("<a b='", "x"), ("<!-- ", "x"), ("<?p ", "x"), ("<a><![CDATA[", "]"), ("<a>&", "x")] {
            let error = through(&format!("{start}{}", fill.repeat(MOST + 1))).expect_err("too long");
            assert!(error.to_string().contains("longer than"), "{error}");
        }
    }
}
