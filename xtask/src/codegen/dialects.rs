//! The dialects, from their table.

use checkoff_plan::dialect::Dialect;

pub(super) fn page() -> anyhow::Result<String> {
    let mut page = String::from(
        "# Dialects\n\n\
         A dialect sets defaults (what `[~]` means, where the state lives, what an id looks\n\
         like); it never decides what is recognised, because lists mix. It is detected;\n\
         `--profile NAME` overrides that, and `<!-- checkoff: profile=NAME -->` in the first\n\
         line of a file pins it.\n\n",
    );
    for dialect in Dialect::ALL {
        page.push_str(&format!("- `{dialect}`\n"));
    }
    Ok(page)
}
