//! The task a person means: what may be typed where a command takes a TASK.
//!
//! In this order, the first that matches anything decides: the key, the id (in any
//! case, without leading zeros), `scope/id`, `line:N`, `PATH:N`, `PATH#ID`, the
//! title, a part of the title.

use checkoff_core::graph::TaskIx;

use super::Plan;
use super::resolve::fold;
use crate::document::Task;

/// Nobody, or too many, answer to a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FindTaskError {
    /// No task; the name that looks most like it.
    Unknown(Option<String>),
    /// Any of these.
    Ambiguous(Vec<TaskIx>),
}

impl Plan {
    /// The task that a person means by `name`.
    pub fn find(&self, name: &str) -> Result<TaskIx, FindTaskError> {
        let name = name.trim();
        if let Some(found) = self.tasks.iter().position(|task| task.key == name) {
            return Ok(TaskIx::from(found));
        }
        let folded = fold(name);
        let lower = name.to_lowercase();
        let line = name.strip_prefix("line:").and_then(|line| line.parse::<usize>().ok());
        let at = name.rsplit_once(':').and_then(|(path, line)| Some((path, line.parse().ok()?)));
        let qualified = name.split_once('#');
        let in_path = |index: TaskIx, path: &str| {
            self.document(index).is_some_and(|it| is_tail_of(path, &it.path))
        };
        let id = |task: &Task| task.id.as_deref().is_some_and(|id| fold(id) == folded);
        let ways: [&dyn Fn(TaskIx, &Task) -> bool; 7] = [
            &|_, task| id(task),
            &|_, task| fold(&task.key) == folded,
            &|_, task| line.is_some_and(|line| task.line == line),
            &|index, task| {
                at.is_some_and(|(path, line): (&str, usize)| {
                    task.line == line && in_path(index, path)
                })
            },
            &|index, task| {
                qualified.is_some_and(|(path, id)| {
                    task.name().eq_ignore_ascii_case(id) && in_path(index, path)
                })
            },
            &|_, task| task.title.to_lowercase() == lower,
            &|_, task| !lower.is_empty() && task.title.to_lowercase().contains(&lower),
        ];
        for way in ways {
            let mut found = self.indexed().filter(|(index, task)| way(*index, task));
            match (found.next(), found.next()) {
                (None, _) => {}
                (Some((only, _)), None) => return Ok(only),
                (Some(_), Some(_)) => {
                    let all = self.indexed().filter(|(index, task)| way(*index, task));
                    return Err(FindTaskError::Ambiguous(all.map(|(index, _)| index).collect()));
                }
            }
        }
        Err(FindTaskError::Unknown(self.nearest_name(name)))
    }

    fn nearest_name(&self, name: &str) -> Option<String> {
        let lower = name.to_lowercase();
        self.indexed()
            .filter_map(|(_, task)| task.id.as_deref())
            .map(|known| (strsim::damerau_levenshtein(&known.to_lowercase(), &lower), known))
            .filter(|(distance, known)| *distance <= 1 + known.len() / 4)
            .min()
            .map(|(_, known)| known.to_owned())
    }
}

/// Whether `tail` names the end of a path, whole parts only.
fn is_tail_of(tail: &str, path: &str) -> bool {
    let tail = tail.trim_start_matches("./");
    path.strip_suffix(tail).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}
