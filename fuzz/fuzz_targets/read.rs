//! Any bytes, under the detected dialect and one chosen by the first byte:
//! nothing panics, nothing is lost, every index and span is in bounds.
#![no_main]

use checkoff_plan::dialect::Dialect;
use checkoff_plan::document::Document;
use checkoff_plan::read::{Options, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    check(bytes, &read("", bytes, &Options::default()));
    let chosen = bytes.first().map_or(0, |&byte| usize::from(byte) % Dialect::ALL.len());
    check(bytes, &read("", bytes, &Options { profile: Some(Dialect::ALL[chosen]) }));
});

fn check(bytes: &[u8], document: &Document) {
    assert_eq!(document.print(), bytes);
    for task in &document.tasks {
        let own = task.spans;
        let parts = [own.mark, own.bracket, own.state_text, own.cell, own.id, own.parallel];
        for span in parts.into_iter().flatten().chain([own.title, own.block]) {
            assert!(span.start <= span.end && span.end <= bytes.len());
        }
        assert!(task.parent.is_none_or(|parent| parent < document.tasks.len()));
        assert!(task.heading.is_none_or(|heading| heading < document.headings.len()));
    }
    for check in &document.checks {
        assert!(check.owner.is_none_or(|owner| owner < document.tasks.len()));
    }
}
