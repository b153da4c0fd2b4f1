//! The keys of the task language, from their table.

use checkoff_plan::attribute::KEYS;

pub(super) fn page() -> anyhow::Result<String> {
    let mut page = String::from(
        "# Attributes\n\n\
         A bullet directly under a task whose text is `key: value`, `**Key**: value` or\n\
         `_Key: value_` says something about the task. Case does not matter, and blanks,\n\
         `-` and `_` between words are the same. A value may go on in a fenced block under\n\
         the bullet. An unknown key is prose, never an error.\n\n\
         | key | also | meaning |\n|---|---|---|\n",
    );
    for row in KEYS {
        let aliases: Vec<String> = row.aliases.iter().map(|alias| format!("`{alias}`")).collect();
        page.push_str(&format!("| `{}` | {} | {} |\n", row.name, aliases.join(", "), row.meaning));
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_its_row_of_three_cells() {
        let page = page().unwrap();
        for row in KEYS {
            let line = page
                .lines()
                .find(|line| line.starts_with(&format!("| `{}` |", row.name)))
                .unwrap_or_else(|| panic!("no row for `{}`", row.name));
            assert_eq!(line.matches('|').count(), 4, "{line}");
        }
    }
}
