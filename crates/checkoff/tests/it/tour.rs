//! The tour, taken by the very script that is the first command of the README.

use std::fs;
use std::path::Path;

use crate::test_environment::TestEnvironment;

/// Needs a shell, tar and the toolchain that builds this test; takes seconds,
/// because the tour's project is compiled twice (to build it and to test it).
#[test]
fn the_tour_ends_with_every_box_checked_and_nothing_else_changed() {
    let tour = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/tour");
    let toolchain = Path::new(env!("CARGO")).parent().expect("cargo lies in a folder");
    let environment = TestEnvironment::new();

    let outcome = environment.shell(&format!(
        "PATH='{}':$PATH TOUR=$PWD/tour exec sh '{}'",
        toolchain.display(),
        tour.join("run").display()
    ));

    let outcome = outcome.ended(0);
    assert!(outcome.stdout.contains("All 11 tasks are checked off"), "{outcome}");
    assert!(outcome.stderr.contains("there is no page [sprnig]"), "{outcome}");
    let before = fs::read_to_string(tour.join("TASKS.md")).expect("the list of the tour");
    assert_eq!(environment.read("tour/TASKS.md"), before.replace("- [ ]", "- [x]"));
    for product in ["site/index.html", "dist/almanac.tar.gz", "dist/NOTES.txt", "dist/CHECKSUMS"] {
        assert!(environment.path("tour").join(product).exists(), "{product} is missing");
    }
}
