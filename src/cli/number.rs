//! Numbers on the command line.

/// Reads how many, or which of several.
pub fn from_one<T: TryFrom<u64>>(text: &str) -> Result<T, String> {
    let number = text.parse::<u64>().ok().filter(|number| *number > 0);
    number.and_then(|number| T::try_from(number).ok()).ok_or_else(|| "expected a whole number, from 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_whole_number_from_one_is_read() {
        assert_eq!(from_one::<u32>("25"), Ok(25));
        for other in ["0", "-1", "x", "", "2.5", "4294967296"] {
            assert_eq!(from_one::<u32>(other), Err("expected a whole number, from 1".to_owned()), "{other}");
        }
    }
}
