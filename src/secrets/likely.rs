//! What tells a secret from a text of the same form.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The form says enough.
pub(super) fn by_form(_: &[u8]) -> bool {
    true
}

/// Not a stand-in, and of many different characters: random, not words.
pub(super) fn is_random(secret: &[u8]) -> bool {
    !is_stand_in(secret) && entropy(secret) >= 3.0
}

/// As [`is_random`], with letters and digits.
pub(super) fn is_random_mix(secret: &[u8]) -> bool {
    is_random(secret) && is_mix(secret)
}

fn is_mix(secret: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| secret.iter().any(class);
    has(u8::is_ascii_alphabetic) && has(u8::is_ascii_digit)
}

/// What a person would set as a password: no variable, no call, no stand-in.
pub(super) fn is_password(secret: &[u8]) -> bool {
    let is_variable = matches!(secret, [b'$' | b'{' | b'<' | b'%' | b'[', ..]);
    !is_variable && !is_stand_in(secret)
}

/// A password where the name before it might as well stand in a program.
pub(super) fn is_set_password(secret: &[u8]) -> bool {
    let is_code = secret.iter().any(|byte| b"(){}[]$".contains(byte)) || secret.windows(2).any(|pair| pair == b"::");
    is_password(secret) && !is_code && is_mix(secret) && entropy(secret) >= 2.5
}

/// The last six characters are the CRC-32 of those before, in base 62.
///
/// Source: "Behind GitHub's new authentication token formats", github.blog, 2021-04-05.
pub(super) fn has_checksum(secret: &[u8]) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((random, sum)) = secret.split_last_chunk::<6>() else { return false };
    let mut rest = crc32(random);
    let mut expected = [b'0'; 6];
    for digit in expected.iter_mut().rev() {
        *digit = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    *sum == expected
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

/// Its first part is the header of a JSON Web Token. Source: RFC 7515, section 4.1.1.
pub(super) fn is_jwt(secret: &[u8]) -> bool {
    let header = secret.split(|byte| *byte == b'.').next().unwrap_or_default();
    URL_SAFE_NO_PAD.decode(header).is_ok_and(|header| header.windows(5).any(|part| part == b"\"alg\""))
}

/// Shannon's, in bits a character.
#[expect(clippy::cast_precision_loss, reason = "a secret is short")]
fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0_usize; 256];
    for byte in text {
        counts[usize::from(*byte)] += 1;
    }
    let shares = counts.iter().filter(|count| **count > 0).map(|count| *count as f64 / text.len() as f64);
    -shares.map(|share| share * share.log2()).sum::<f64>()
}

/// What stands in documentation and logs for a secret.
fn is_stand_in(secret: &[u8]) -> bool {
    const WORDS: [&[u8]; 8] =
        [b"example", b"xxxx", b"****", b"....", b"redacted", b"placeholder", b"masked", b"changeme"];
    let lower = secret.to_ascii_lowercase();
    let all_one = lower.iter().all(|byte| Some(byte) == lower.first());
    all_one || WORDS.iter().any(|word| lower.windows(word.len()).any(|part| part == *word))
}
