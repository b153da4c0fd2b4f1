//! The crate as its users meet it: bytes in, documents, findings and bytes out.
#![expect(clippy::print_stdout, reason = "a test that has no corpus to read says so")]

mod corpus;
mod differential;
mod edit;
mod hostile;
mod properties;
mod reading;
mod reading_boards;
mod select;
mod truth;

#[test]
fn every_file_of_this_folder_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it");
    let listed = include_str!("main.rs");
    for entry in std::fs::read_dir(folder).expect("the folder of this test") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "rs") && stem != "main" {
            assert!(listed.contains(&format!("mod {stem};")), "{stem}.rs is never compiled");
        }
    }
}
