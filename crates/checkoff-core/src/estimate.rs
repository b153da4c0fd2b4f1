//! Estimates and durations, as people write them, in milliseconds.
//!
//! An *estimate* is working time: a day is eight hours, a week five days.
//! A *duration* (`timeout`, `heartbeat`) is time on the clock: a day is 24 hours.
//!
//! | written | estimate |
//! |---|---|
//! | `30m`, `30 min`, `15 minutes` | minutes |
//! | `2h`, `3 hrs`, `0.5 hours`, `1,5 h` | hours |
//! | `5d`, `5 days`, `1 day` | 8 hours each |
//! | `1w`, `2 weeks` | 5 days each |
//! | `1 month` | 20 days each |
//! | `1d 4h`, `2h30m`, `1 hour and 30 minutes` | the sum |
//! | `2-3 hours`, `17–24 days`, `1 to 2h` | the middle |
//! | `~3 hours`, `<1 day`, `5+ days`, `about 2h` | the number |
//! | `half a day`, `an hour` | as it says |
//! | `XS` `S` `M` `L` `XL` `XXL`, `small`, `medium`, `large` | 1 h, 4 h, 1 d, 3 d, 5 d, 10 d |
//! | `3 pts`, `5 points`, `2 SP` | half a day a point |
//!
//! A size may explain itself: `S (1-2h)` is an hour and a half. A bare number is
//! no estimate (hours? points?), and neither is prose.

/// Milliseconds in an hour.
pub const HOUR_MS: u64 = 3_600_000;
/// Milliseconds of work in a day: eight hours.
pub const WORKING_DAY_MS: u64 = 8 * HOUR_MS;
/// What a task without an estimate is taken for when no other task has one either.
pub const DEFAULT_ESTIMATE_MS: u64 = HOUR_MS;

/// Nobody plans beyond this; it keeps sums far from overflow (a thousand years of work).
const LONGEST_MS: f64 = 1000.0 * 250.0 * 8.0 * 3_600_000.0;

/// Milliseconds of working time, or `None` when the text is no estimate.
pub fn parse(text: &str) -> Option<u64> {
    let text = text.trim().trim_matches(['`', '*', '_']);
    let lower = text.to_lowercase();
    if let Some((size, explained)) = lower.split_once('(')
        && size_ms(size.trim()).is_some()
        && let Some(explained) = amount(explained.trim_end_matches(')'), working_unit_ms)
    {
        return Some(explained);
    }
    let plain = lower.split(['(', ';']).next().unwrap_or(&lower).trim();
    size_ms(plain).or_else(|| amount(plain, working_unit_ms))
}

/// Milliseconds on the clock: `90s`, `10m`, `1h30m`, `500ms`, `2 hours`. A bare number is
/// seconds, as in every tool that takes a timeout.
pub fn parse_duration(text: &str) -> Option<u64> {
    let lower = text.trim().trim_matches('`').to_lowercase();
    if !lower.is_empty() && lower.bytes().all(|byte| byte.is_ascii_digit()) {
        return lower.parse::<u64>().ok()?.checked_mul(1000);
    }
    amount(&lower, clock_unit_ms)
}

/// For people: `2d 3h`, `45m`, `1h 30m`, in working time; seconds only below a minute.
pub fn format(ms: u64) -> String {
    let minutes = (ms + 30_000) / 60_000;
    if minutes == 0 {
        return format!("{}s", ms.div_ceil(1000));
    }
    let (days, hours, minutes) = (minutes / 480, minutes / 60 % 8, minutes % 60);
    let parts = [(days, "d"), (hours, "h"), (minutes, "m")];
    let shown = parts.iter().skip_while(|(count, _)| *count == 0).take(2);
    let words: Vec<String> = shown
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    words.join(" ")
}

/// The estimate of a task that has none: the median of those that have one, so that the
/// guess has the scale of the list.
pub fn guess_ms(known_ms: &mut [u64]) -> u64 {
    if known_ms.is_empty() {
        return DEFAULT_ESTIMATE_MS;
    }
    let middle = known_ms.len() / 2;
    *known_ms.select_nth_unstable(middle).1
}

fn size_ms(word: &str) -> Option<u64> {
    Some(match word {
        "xs" | "extra small" | "tiny" | "trivial" => HOUR_MS,
        "s" | "small" => HOUR_MS * 4,
        "m" | "medium" => WORKING_DAY_MS,
        "l" | "large" => WORKING_DAY_MS * 3,
        "xl" | "extra large" => WORKING_DAY_MS * 5,
        "xxl" => WORKING_DAY_MS * 10,
        _ => return None,
    })
}

fn working_unit_ms(unit: &str) -> Option<f64> {
    let day = WORKING_DAY_MS as f64;
    Some(match unit {
        "d" | "day" | "days" | "workday" | "workdays" => day,
        "w" | "wk" | "wks" | "week" | "weeks" => day * 5.0,
        "mo" | "month" | "months" => day * 20.0,
        "pt" | "pts" | "point" | "points" | "sp" => day / 2.0,
        unit => return small_unit_ms(unit),
    })
}

fn clock_unit_ms(unit: &str) -> Option<f64> {
    Some(match unit {
        "ms" | "millisecond" | "milliseconds" => 1.0,
        "d" | "day" | "days" => 86_400_000.0,
        unit => return small_unit_ms(unit),
    })
}

fn small_unit_ms(unit: &str) -> Option<f64> {
    Some(match unit {
        "s" | "sec" | "secs" | "second" | "seconds" => 1000.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000.0,
        _ => return None,
    })
}

/// What an amount is made of.
#[derive(Debug, PartialEq)]
enum Word<'a> {
    Number(f64),
    Unit(&'a str),
    /// Between the two ends of a range.
    To,
}

/// A sum of `number unit`, each number possibly a range. Every word must be understood.
fn amount(text: &str, unit_ms: fn(&str) -> Option<f64>) -> Option<u64> {
    let mut total = 0.0;
    let mut numbers: Vec<f64> = Vec::new();
    let mut range = false;
    let mut found = false;
    for word in words(text)? {
        match word {
            Word::To if !numbers.is_empty() && !range => range = true,
            Word::To => return None,
            Word::Number(number) => {
                if !numbers.is_empty() && !range {
                    return None;
                }
                numbers.push(number);
            }
            Word::Unit(unit) => {
                let unit = unit_ms(unit)?;
                // `30m-1h`: the first end has its own unit, so the second starts anew.
                let value = match numbers[..] {
                    [only] if !range => only,
                    [low, high] => f64::midpoint(low, high),
                    _ => return None,
                };
                total += value * unit;
                numbers.clear();
                (range, found) = (false, true);
            }
        }
    }
    (found && numbers.is_empty() && !range && total <= LONGEST_MS).then_some(total.round() as u64)
}

fn words(text: &str) -> Option<Vec<Word<'_>>> {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '~', '≈', '<', '>', '≤', '≥', '+', ',', '.']);
        let Some(first) = rest.chars().next() else { return Some(words) };
        let end = |is: fn(char) -> bool| rest.find(|c| !is(c)).unwrap_or(rest.len());
        let (word, length) = match first {
            '0'..='9' => {
                let length = end(|c| c.is_ascii_digit() || c == '.' || c == ',');
                let digits = rest[..length].trim_end_matches(['.', ',']);
                (Some(Word::Number(digits.replace(',', ".").parse().ok()?)), digits.len())
            }
            '½' => (Some(Word::Number(0.5)), first.len_utf8()),
            '-' | '–' | '—' => (Some(Word::To), first.len_utf8()),
            first if first.is_alphabetic() => {
                let length = end(char::is_alphabetic);
                let word = match &rest[..length] {
                    "to" | "bis" => Some(Word::To),
                    "half" => Some(Word::Number(0.5)),
                    "an" | "a" if words.last() == Some(&Word::Number(0.5)) => None,
                    "an" | "a" | "one" => Some(Word::Number(1.0)),
                    "two" => Some(Word::Number(2.0)),
                    "three" => Some(Word::Number(3.0)),
                    "about" | "around" | "approx" | "ca" | "and" | "est" | "of" => None,
                    "working" | "person" | "work" | "story" => None,
                    unit => Some(Word::Unit(unit)),
                };
                (word, length)
            }
            _ => return None,
        };
        words.extend(word);
        rest = &rest[length..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000;

    #[test]
    fn estimates_read_as_the_table_says() {
        for (text, minutes) in [
            ("30m", 30),
            ("15 minutes", 15),
            ("2h", 120),
            ("4 hrs", 240),
            ("0.5h", 30),
            ("1,5 h", 90),
            ("5 days", 5 * 480),
            ("1 week", 5 * 480),
            ("2 weeks", 10 * 480),
            ("1 month", 20 * 480),
            ("1d 4h", 720),
            ("1d4h", 720),
            ("2h30m", 150),
            ("1 hour and 30 minutes", 90),
            ("2-3 hours", 150),
            ("17-24 days", 41 * 240),
            ("1–2h", 90),
            ("1 to 2 hours", 90),
            ("~3 hours", 180),
            ("~30 minutes", 30),
            ("about 2h", 120),
            ("<1 day", 480),
            ("5+ days", 2400),
            ("half a day", 240),
            ("½ day", 240),
            ("an hour", 60),
            ("S", 240),
            ("M", 480),
            ("L", 1440),
            ("XL", 2400),
            ("xs", 60),
            ("**Large**", 1440),
            ("S (1-2h)", 90),
            ("M (see notes)", 480),
            ("2 days (with review)", 960),
            ("3 pts", 720),
            ("5 story points", 1200),
            ("3 person days", 1440),
            ("0h", 0),
        ] {
            assert_eq!(parse(text), Some(minutes * MINUTE), "{text}");
        }
    }

    #[test]
    fn what_is_no_estimate_is_none() {
        for text in ["", "3", "soon", "-", "—", "2 apples", "h", "2-", "1-2-3 h", "2 3 h", "1e9 h"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("99999999999999 weeks"), None, "nobody plans that far");
    }

    #[test]
    fn durations_are_clock_time() {
        for (text, ms) in [
            ("10m", 600_000),
            ("90s", 90_000),
            ("90", 90_000),
            ("1h30m", 5_400_000),
            ("500ms", 500),
            ("1.5s", 1500),
            ("1d", 86_400_000),
            ("2 hours", 7_200_000),
            ("`30s`", 30_000),
        ] {
            assert_eq!(parse_duration(text), Some(ms), "{text}");
        }
        for text in ["", "soon", "10 parsecs", "1 week", "S", "99999999999999999999"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_shown_with_two_units() {
        for (ms, text) in [
            (0, "0s"),
            (1, "1s"),
            (20_000, "20s"),
            (45 * MINUTE, "45m"),
            (90 * MINUTE, "1h 30m"),
            (480 * MINUTE, "1d"),
            (485 * MINUTE, "1d"),
            (10 * WORKING_DAY_MS + 3 * HOUR_MS, "10d 3h"),
        ] {
            assert_eq!(format(ms), text);
        }
    }

    #[test]
    fn a_guess_is_the_median() {
        assert_eq!(guess_ms(&mut []), DEFAULT_ESTIMATE_MS);
        assert_eq!(guess_ms(&mut [5, 1, 9]), 5);
        assert_eq!(guess_ms(&mut [1, 9]), 9);
    }
}
