//! The lines a benchmark prints: `name value unit` on standard output, talk on
//! standard error.

use std::io::{self, Write};

/// Where figures go. Every figure is printed and flushed as soon as it is
/// known, so that a benchmark that is stopped half way has told what it had.
pub(crate) struct Report {
    _private: (),
}

impl Report {
    /// A report on standard output.
    pub(crate) fn new() -> Report {
        Report { _private: () }
    }

    /// Prints one figure. `name` is snake_case and says what was measured, `unit`
    /// is `ms`, `MB/s`, `tasks/s`, `MiB`, `x` and the like.
    pub(crate) fn figure(&mut self, name: &str, value: f64, unit: &str) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{}", line(name, value, unit))?;
        stdout.flush()
    }

    /// Prints how many times `ours` is `theirs`, unit `x`. The caller's `name`
    /// says which of them is better large: `run_rate_per_ninja`.
    pub(crate) fn ratio(&mut self, name: &str, ours: f64, theirs: f64) -> io::Result<()> {
        self.figure(name, ours / theirs, "x")
    }

    /// Tells a person something that is no figure.
    pub(crate) fn note(&mut self, text: &str) -> io::Result<()> {
        writeln!(io::stderr().lock(), "{text}")
    }
}

/// Four significant digits: more would claim what a shared machine cannot give.
fn line(name: &str, value: f64, unit: &str) -> String {
    if !value.is_finite() || value == 0.0 {
        return format!("{name} {value} {unit}");
    }
    let magnitude = value.abs().log10().floor().clamp(-9.0, 9.0) as i32;
    let decimals = usize::try_from(3 - magnitude).unwrap_or(0);
    format!("{name} {value:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn figures_have_four_digits_whatever_their_size() {
        for (value, expect) in [
            (0.0, "n 0 ms"),
            (1234567.8, "n 1234568 ms"),
            (1234.56, "n 1235 ms"),
            (12.3456, "n 12.35 ms"),
            (0.012345, "n 0.01235 ms"),
            (f64::NAN, "n NaN ms"),
        ] {
            assert_eq!(line("n", value, "ms"), expect);
        }
    }
}
