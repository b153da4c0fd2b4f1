//! From names to tasks.

use std::collections::HashMap;

use super::PlanTask;
use crate::attribute::Key;
use crate::document::{Document, Task};

/// Every task of every document, with a key that is unique in the plan.
pub(super) fn plan_tasks(documents: &[Document]) -> Vec<PlanTask> {
    let mut owners: HashMap<&str, Owners> = HashMap::new();
    for (index, document) in documents.iter().enumerate() {
        for task in &document.tasks {
            let owners = owners.entry(&task.key).or_insert(Owners { document: index, many: false });
            owners.many |= owners.document != index;
        }
    }
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut tasks = Vec::with_capacity(documents.iter().map(|it| it.tasks.len()).sum());
    for (index, document) in documents.iter().enumerate() {
        for (at, task) in document.tasks.iter().enumerate() {
            let mut key = match owners.get(task.key.as_str()) {
                Some(Owners { many: true, .. }) => format!("{}#{}", document.path, task.key),
                _ => task.key.clone(),
            };
            let count = seen.entry(key.clone()).or_insert(0);
            *count += 1;
            if *count > 1 {
                key = format!("{key}@{count}");
            }
            let container = !task.children.is_empty() && !has_something_to_run(task);
            tasks.push(PlanTask { document: index, task: at, key, container });
        }
    }
    tasks
}

struct Owners {
    document: usize,
    many: bool,
}

/// Whether doing the task means something beyond doing its children.
fn has_something_to_run(task: &Task) -> bool {
    task.attributes.iter().any(|it| matches!(it.key, Key::Run | Key::Uses | Key::Prompt))
}
