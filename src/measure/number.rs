//! Numbers that cannot be anything but numbers: whole counts, divided. No floats, and nothing is divided by zero.

/// `numerator / denominator`; the denominator is never zero.
#[derive(Debug, Clone, Copy)]
pub struct Number {
    numerator: u64,
    denominator: u64,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A part of a whole, from 0 to 1.
    Share,
    /// Seconds.
    Seconds,
    /// How many of these.
    Count(&'static str),
    /// How many for each of these.
    Per(&'static str),
}

impl Unit {
    /// The word in JSON and CSV.
    pub fn name(self) -> String {
        match self {
            Self::Share => "share".into(),
            Self::Seconds => "seconds".into(),
            Self::Count(what) => what.into(),
            Self::Per(what) => format!("per {what}"),
        }
    }
}

impl Number {
    /// So many.
    pub fn whole(number: u64) -> Self {
        Self { numerator: number, denominator: 1 }
    }

    /// One divided by the other; of nothing there is none.
    pub fn ratio(numerator: u64, denominator: u64) -> Option<Self> {
        (denominator > 0).then_some(Self { numerator, denominator })
    }

    /// What is divided.
    pub fn numerator(self) -> u64 {
        self.numerator
    }

    /// By what.
    pub fn denominator(self) -> u64 {
        self.denominator
    }

    /// Half of both together.
    #[must_use]
    pub fn between(self, other: Self) -> Self {
        if self.denominator == other.denominator {
            let sum = u128::from(self.numerator) + u128::from(other.numerator);
            return Self::reduced(sum, u128::from(self.denominator) * 2);
        }
        let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
        let denominator = product(self.denominator, other.denominator);
        let (left, right) = (product(self.numerator, other.denominator), product(other.numerator, self.denominator));
        // Halved beforehand where it would not fit: half of a unit of 2^-64 is lost.
        match (left.checked_add(right), denominator.checked_mul(2)) {
            (Some(sum), Some(twice)) => Self::reduced(sum, twice),
            _ => Self::reduced(left / 2 + right / 2, denominator),
        }
    }

    /// In 64 bits, with what does not fit shifted out of both.
    fn reduced(mut numerator: u128, mut denominator: u128) -> Self {
        while let (Err(_), _) | (_, Err(_)) = (u64::try_from(numerator), u64::try_from(denominator)) {
            numerator >>= 1;
            denominator = (denominator >> 1).max(1);
        }
        let fits = |value| u64::try_from(value).unwrap_or(u64::MAX);
        Self { numerator: fits(numerator), denominator: fits(denominator) }
    }

    /// In ten-thousandths, rounded half up.
    pub fn ten_thousandths(self) -> u128 {
        let (numerator, denominator) = (u128::from(self.numerator) * 10_000, u128::from(self.denominator));
        (numerator * 2 + denominator) / (denominator * 2)
    }

    /// As a decimal with up to four places: `0.1429`.
    pub fn decimal(self) -> String {
        let all = self.ten_thousandths();
        let (whole, rest) = (all / 10_000, all % 10_000);
        if rest == 0 {
            return whole.to_string();
        }
        format!("{whole}.{rest:04}").trim_end_matches('0').to_owned()
    }

    /// For people: `14.3 %`, `2 d 4 h`, `3.5`.
    pub fn shown(self, unit: Unit) -> String {
        match unit {
            Unit::Share => {
                let tenths = (self.ten_thousandths() + 5) / 10;
                // What is not all is not shown as all, and what is not nothing not as nothing.
                let tenths = match tenths {
                    1_000.. if self.numerator < self.denominator => 999,
                    0 if self.numerator > 0 => 1,
                    tenths => tenths,
                };
                format!("{}.{} %", tenths / 10, tenths % 10)
            }
            Unit::Seconds => duration(self.numerator / self.denominator),
            // What is rare is not nothing.
            Unit::Per(_) if self.ten_thousandths() < 1_000 => self.decimal(),
            Unit::Count(_) | Unit::Per(_) => {
                let hundredths = (self.ten_thousandths() + 50) / 100;
                let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            }
        }
    }
}

/// Compared exactly, however each is written.
impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
        product(self.numerator, other.denominator).cmp(&product(other.numerator, self.denominator))
    }
}

/// `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`.
pub(super) fn duration(seconds: u64) -> String {
    let parts = |large: u64, word: &str, small: u64, rest: &str| match small {
        0 => format!("{large} {word}"),
        _ => format!("{large} {word} {small} {rest}"),
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => parts(seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => parts(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => parts(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}
