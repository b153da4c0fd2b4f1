//! The dialects: a file each, whose first line says what it is.

use std::fs;

use anyhow::{Context, ensure};
use checkoff_plan::dialect::Dialect;

use crate::repository::root;

const FOLDER: &str = "crates/checkoff-plan/src/dialect";

pub(super) fn page() -> anyhow::Result<String> {
    let mut page = String::from(
        "# Dialects\n\n\
         A dialect sets defaults (what `[~]` means, where the state lives, what an id looks\n\
         like); it never decides what is recognised, because lists mix. It is detected;\n\
         `--profile NAME` overrides that, and `<!-- checkoff: profile=NAME -->` in the first\n\
         line of a file pins it.\n\n\
         | name | what it is |\n|---|---|\n",
    );
    for dialect in Dialect::ALL {
        let file = format!("{FOLDER}/{}.rs", dialect.as_str().replace('-', "_"));
        let source = fs::read_to_string(root().join(&file))
            .with_context(|| format!("the dialect `{dialect}` has no file `{file}`"))?;
        let about = about(&source);
        ensure!(!about.is_empty(), "`{file}` does not say what the dialect is");
        page.push_str(&format!("| `{dialect}` | {} |\n", about.replace('|', "\\|")));
    }
    Ok(page)
}

/// The first paragraph of the `//!` comment, in one line.
fn about(source: &str) -> String {
    let lines: Vec<&str> = source
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    lines.join(" ")
}

#[cfg(test)]
mod tests {
    use super::about;

    #[test]
    fn the_first_paragraph_of_the_comment_is_the_text() {
        assert_eq!(
            about("//! Tables of\n//! tasks.\n//!\n//! More.\n\nuse x;\n"),
            "Tables of tasks."
        );
        assert_eq!(about("use x;\n//! Not this.\n"), "");
    }
}
