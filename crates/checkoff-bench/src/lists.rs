//! Task lists of any length, of our own writing, the same at every run.

use std::fmt::Write as _;

/// Tasks in one phase of a generated list.
const PHASE: usize = 50;

/// A list of `count` tasks in phases of fifty: ids, `[P]` on every third, a
/// file each, `needs` on two earlier tasks of the same phase, nothing checked.
///
/// Edges stay within the phase, so that a list of a hundred thousand has a
/// graph of bounded depth per phase, like lists that people write.
pub(crate) fn with_tasks(count: usize) -> String {
    let mut list = String::with_capacity(count * 110 + 64);
    list.push_str("# Tasks\n");
    for number in 1..=count {
        let place = (number - 1) % PHASE;
        if place == 0 {
            let phase = (number - 1) / PHASE + 1;
            let _ = write!(list, "\n## Phase {phase}: part {phase}\n\n");
        }
        let parallel = if place % 3 == 1 { "[P] " } else { "" };
        let _ = writeln!(
            list,
            "- [ ] T{number:06} {parallel}Write part {number} in src/part_{number}.rs"
        );
        if place >= 2 && parallel.is_empty() {
            let _ = writeln!(list, "  - needs: T{:06}, T{:06}", number - 1, number - 2);
        }
        let _ = writeln!(list, "  - run: `true`");
    }
    list
}

#[cfg(test)]
mod tests {
    use super::with_tasks;

    #[test]
    fn a_list_has_as_many_boxes_as_asked_for() {
        for count in [1, 50, 51, 1000] {
            let list = with_tasks(count);
            assert_eq!(list.matches("- [ ] T").count(), count);
            assert_eq!(list.matches("## Phase").count(), count.div_ceil(50));
        }
    }
}
