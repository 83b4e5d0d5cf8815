//! How severe a vulnerability is: one scale for the words, scores and vectors of all tools.

use cvss::Cvss;

/// The longest CVSS vector that is read, in bytes; one with every metric has about 200.
const MAX_VECTOR: usize = 500;

/// What a base vector of CVSS 3 has to say; the parser would take what is missing for harmless.
const BASE: [&str; 8] = ["/AV:", "/AC:", "/PR:", "/UI:", "/S:", "/C:", "/I:", "/A:"];

/// How severe a vulnerability is, on the scale of the records; the severest last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Not said.
    #[default]
    Unknown,
    /// CVSS below 4.0.
    Low,
    /// CVSS 4.0 to 6.9.
    Medium,
    /// CVSS 7.0 to 8.9.
    High,
    /// CVSS 9.0 and above.
    Critical,
}

impl Severity {
    /// As the scale writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
            Self::Critical => "CRITICAL",
        }
    }

    /// From a tool's word, in any case. A word that is not on the scale is unknown, which counts.
    pub(in crate::ingest) fn from_word(word: &str) -> Self {
        match word.trim().to_ascii_lowercase().as_str() {
            "critical" => Self::Critical,
            "high" => Self::High,
            "medium" | "moderate" => Self::Medium,
            "low" | "info" | "informational" | "negligible" | "none" => Self::Low,
            _ => Self::Unknown,
        }
    }

    /// From a CVSS base score of version 3 or 4.
    pub(in crate::ingest) fn from_cvss(score: f64) -> Self {
        match score {
            9.0..=10.0 => Self::Critical,
            7.0..9.0 => Self::High,
            4.0..7.0 => Self::Medium,
            0.0..4.0 => Self::Low,
            _ => Self::Unknown,
        }
    }

    /// From a CVSS vector of version 3.0, 3.1 or 4.0. Any other one is unknown: version 2 has no critical.
    pub(in crate::ingest) fn from_vector(vector: &str) -> Self {
        if vector.len() > MAX_VECTOR {
            return Self::Unknown;
        }
        match vector.trim().parse::<Cvss>() {
            Ok(Cvss::CvssV30(_) | Cvss::CvssV31(_)) if !BASE.iter().all(|metric| vector.contains(metric)) => {
                Self::Unknown
            }
            Ok(vector) => Self::from_cvss(vector.score()),
            Err(_) => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_scored_by_their_version() {
        for (vector, severity) in [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Severity::Critical),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", Severity::High),
            ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:L", Severity::Medium),
            ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N", Severity::Low),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", Severity::Critical),
        ] {
            assert_eq!(Severity::from_vector(vector), severity, "{vector}");
        }
    }

    #[test]
    fn what_is_no_whole_vector_is_unknown() {
        let whole = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        for end in 0..whole.len() {
            assert_eq!(Severity::from_vector(&whole[..end]), Severity::Unknown, "{}", &whole[..end]);
        }
        for vector in ["AV:N/AC:L/Au:N/C:P/I:P/A:P", "CVSS:9.0/AV:N", "9.8", "", "CVSS:3.1/AV:N/AV:N"] {
            assert_eq!(Severity::from_vector(vector), Severity::Unknown, "{vector}");
        }
        assert_eq!(Severity::from_vector(&format!("{whole}{}", "/E:X".repeat(1_000))), Severity::Unknown);
        assert_eq!(Severity::from_cvss(f64::NAN), Severity::Unknown);
    }
}
