//! The file begins with a byte order mark.
//!
//! ## What it finds
//!
//! The bytes EF BB BF at the start of the file.
//!
//! ## Why it matters
//!
//! UTF-8 needs no such mark. Programs that do not expect it see a first line
//! that is not `---` and miss the front matter, or a first heading that does not
//! begin with `#`.
//!
//! ```text
//! \xEF\xBB\xBF---
//! status: open
//! ```
//!
//! ## How to fix it
//!
//! `--fix=bom` takes it away, or save the file as «UTF-8» instead of «UTF-8 with
//! BOM».

use crate::document::Span;
use crate::edit::TextEdit;
use crate::lint::{Consent, Context, Finding, Fix};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if !context.document().encoding.bom {
        return;
    }
    let fix = Fix {
        title: "take it away".to_owned(),
        edits: vec![TextEdit::delete(Span::new(0, 3))],
        consent: Consent::Named("bom"),
    };
    let message = "the file begins with a byte order mark".to_owned();
    findings.push(context.finding(context.first_line(), message).with_fix(fix));
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("\u{feff}# Tasks\n\n- [ ] One\n", &[1]).fixed("# Tasks\n\n- [ ] One\n"),
    super::tests::Case::quiet("# Tasks\n\n- [ ] One\n"),
];
