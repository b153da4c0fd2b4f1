//! The command as a user meets it: the real binary, in a sealed environment.
//!
//! These tests check wiring, wording and exit codes; logic is tested in the
//! crate it lives in. One file per command or theme, each listed here; the last
//! test sees to it that none is forgotten.

mod chaos;
mod checking;
mod first_errors;
mod help;
mod plan_views;
mod running;
mod set;
mod starting;
mod test_environment;
mod tour;

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
