//! The exit codes, as the binary itself tells them.

use anyhow::ensure;

pub(super) fn page() -> anyhow::Result<String> {
    let text = super::checkoff(&["help", "exit-codes"])?;
    let rows = rows(&text);
    ensure!(!rows.is_empty(), "`checkoff help exit-codes` tells no code:\n{text}");
    let mut page = String::from(
        "# Exit codes\n\n\
         What a command ends with, for scripts. All answers are below 64.\n\n\
         | code | meaning |\n|---|---|\n",
    );
    for (code, meaning) in rows {
        page.push_str(&format!("| {code} | {meaning} |\n"));
    }
    Ok(page)
}

/// Lines that open with a number, as code and meaning.
fn rows(text: &str) -> Vec<(u8, &str)> {
    text.lines()
        .filter_map(|line| {
            let (code, meaning) = line.trim().split_once(' ')?;
            Some((code.parse().ok()?, meaning.trim()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn only_lines_that_open_with_a_number_are_codes() {
        let text = "Codes:\n  0  all went well; done\n 70  an error\n999  too large\nend\n";
        assert_eq!(rows(text), [(0, "all went well; done"), (70, "an error")]);
    }
}
