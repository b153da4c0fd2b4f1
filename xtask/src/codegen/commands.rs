//! The commands, as the binary's own help tells them.

use anyhow::ensure;

pub(super) fn page() -> anyhow::Result<String> {
    let overview = super::checkoff(&["help"])?;
    let names = names(&overview);
    ensure!(!names.is_empty(), "`checkoff help` names no command:\n{overview}");
    let mut page = format!("# Commands\n\n```text\n{}\n```\n", trim_lines(&overview));
    for name in names {
        let help = super::checkoff(&["help", name])?;
        page.push_str(&format!("\n## checkoff {name}\n\n```text\n{}\n```\n", trim_lines(&help)));
    }
    Ok(page)
}

/// The commands of the overview: the first word of each indented line under the
/// groups, which end where the options begin.
fn names(overview: &str) -> Vec<&str> {
    overview
        .lines()
        .take_while(|line| !line.starts_with("Options"))
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect()
}

fn trim_lines(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn commands_are_the_indented_words_before_the_options() {
        let overview = "About.\n\nUsage: checkoff COMMAND\n\nLook at a list:\n  \
            check   Find what is wrong\n          and more\n  show    Show it\n\nOptions:\n  -h  Help\n";
        assert_eq!(names(overview), ["check", "show"]);
    }
}
