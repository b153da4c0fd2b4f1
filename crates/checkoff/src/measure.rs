//! Times, sizes and texts as people read them.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A duration in microseconds: `8ms`, `1.2s`, `42s`, `3m 05s`, `1h 02m`, `2d 03h`.
pub(crate) fn duration(us: u64) -> String {
    let seconds = us / 1_000_000;
    match seconds {
        0 if us < 1_000 => format!("{us}µs"),
        0 => format!("{}ms", us / 1_000),
        1..=9 => format!("{}.{}s", seconds, us / 100_000 % 10),
        10..=59 => format!("{seconds}s"),
        60..=3_599 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        3_600..=86_399 => format!("{}h {:02}m", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{}d {:02}h", seconds / 86_400, seconds / 3_600 % 24),
    }
}

/// A duration that is still growing: below ten seconds in tenths, as less only flickers.
pub(crate) fn growing(us: u64) -> String {
    if us < 10_000_000 {
        return format!("{}.{}s", us / 1_000_000, us / 100_000 % 10);
    }
    duration(us)
}

/// A number of bytes: `512 B`, `1.5 KiB`, `12 MiB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = count;
    let mut rest = 0;
    let mut unit = 0;
    while value >= 1024 && unit + 1 < UNITS.len() {
        rest = value % 1024;
        value /= 1024;
        unit += 1;
    }
    if unit > 0 && value < 10 {
        format!("{value}.{} {}", rest * 10 / 1024, UNITS[unit])
    } else {
        format!("{value} {}", UNITS[unit])
    }
}

/// A text in at most `columns`, its end replaced by `…` where it is longer.
pub(crate) fn shortened(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut used = 0;
    let mut short = String::new();
    for letter in text.chars() {
        let width = letter.width().unwrap_or(0);
        if used + width + 1 > columns {
            break;
        }
        used += width;
        short.push(letter);
    }
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_figures_that_matter() {
        let cases = [
            (0, "0µs"),
            (999, "999µs"),
            (8_200, "8ms"),
            (1_250_000, "1.2s"),
            (59_999_999, "59s"),
            (185_000_000, "3m 05s"),
            (3_720_000_000, "1h 02m"),
            (183_600_000_000, "2d 03h"),
        ];
        for (us, expected) in cases {
            assert_eq!(duration(us), expected);
        }
    }

    #[test]
    fn sizes_use_the_largest_unit_that_leaves_a_whole_number() {
        let cases = [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (12 << 20, "12 MiB")];
        for (count, expected) in cases {
            assert_eq!(bytes(count), expected);
        }
    }

    #[test]
    fn long_text_is_cut_by_columns_not_by_bytes() {
        assert_eq!(shortened("plain", 5), "plain");
        assert_eq!(shortened("plainer", 5), "plai…");
        assert_eq!(shortened("日本語です", 5), "日本…");
    }
}
