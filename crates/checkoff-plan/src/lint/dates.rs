//! Calendar dates as lists write them: `2026-03-15`.

use std::fmt;

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The date a text begins with, if there is such a day.
    pub(super) fn parse(text: &str) -> Option<Date> {
        numbers(text).filter(|date| date.exists())
    }

    /// Whether a text begins like a date but names no day.
    pub(super) fn is_impossible(text: &str) -> bool {
        numbers(text).is_some_and(|date| !date.exists())
    }

    fn exists(self) -> bool {
        let leap = self.year.is_multiple_of(4)
            && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let days = match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        (1..=days).contains(&self.day)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Four digits, two, and two, with hyphens between them and no digit after.
fn numbers(text: &str) -> Option<Date> {
    let text = text.trim_start();
    let (date, rest) = text.split_at_checked(10)?;
    let mut parts = date.split('-');
    let mut part = |digits: usize| {
        let part = parts.next()?;
        (part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())).then_some(part)
    };
    let date = Date {
        year: part(4)?.parse().ok()?,
        month: part(2)?.parse().ok()?,
        day: part(2)?.parse().ok()?,
    };
    (!rest.starts_with(|letter: char| letter.is_ascii_digit())).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn dates_are_checked_against_the_calendar() {
        assert!(Date::parse("2024-02-29 09:00").is_some());
        assert!(Date::parse("2026-03-15") < Date::parse("2026-04-01"));
        for impossible in ["2025-02-29", "2025-13-01", "2025-00-10", "1900-02-29"] {
            assert!(Date::is_impossible(impossible), "{impossible}");
            assert_eq!(Date::parse(impossible), None);
        }
        for other in ["soon", "2025-1-1", "2025-01-011", "", "März 2025-01"] {
            assert!(!Date::is_impossible(other), "{other}");
            assert_eq!(Date::parse(other), None);
        }
    }
}
