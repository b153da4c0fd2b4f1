//! From names to tasks: which one «T004» means, said here.
//!
//! Nearest first: the section the ids restart in, the file, files of the same
//! folder, all files. How the id is compared, strictest first: as written, as
//! the base of a suffixed id (`T031` for `T031-MIN`), without regard to case,
//! `#` and leading zeros, by its number (Backlog.md, where the prefix may change),
//! as a key (`Phase 2/T1`, `path#T1`), as the name of a phase.

use crate::map::{Few, HashMap, add, with_capacity};
use std::borrow::Cow;
use std::cell::OnceCell;

use checkoff_core::graph::TaskIx;

use super::PlanTask;
use crate::attribute::Key;
use crate::dialect::Dialect;
use crate::document::{Document, Task};

/// Every task of every document, with a key that is unique in the plan.
pub(super) fn plan_tasks(documents: &[Document]) -> Vec<PlanTask> {
    let mut owners: HashMap<&str, Owners> = HashMap::default();
    for (index, document) in documents.iter().enumerate().filter(|_| documents.len() > 1) {
        for task in &document.tasks {
            let owners = owners.entry(&task.key).or_insert(Owners { document: index, many: false });
            owners.many |= owners.document != index;
        }
    }
    let count: usize = documents.iter().map(|it| it.tasks.len()).sum();
    let mut seen: HashMap<Cow<'_, str>, u32> = with_capacity(count);
    let mut tasks = Vec::with_capacity(count);
    for (index, document) in documents.iter().enumerate() {
        for (at, task) in document.tasks.iter().enumerate() {
            let key = match owners.get(task.key.as_str()) {
                Some(Owners { many: true, .. }) => {
                    Cow::Owned(format!("{}#{}", document.path, task.key))
                }
                _ => Cow::Borrowed(task.key.as_str()),
            };
            let count = seen.entry(key.clone()).or_insert(0);
            *count += 1;
            let key = match *count {
                1 => key.into_owned(),
                count => format!("{key}@{count}"),
            };
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

/// From where an id is named.
#[derive(Debug, Clone, Copy)]
pub(super) struct From<'a> {
    pub(super) document: usize,
    pub(super) scope: Option<&'a str>,
}

/// What an id means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Resolved {
    /// These: one, or all that share a base id.
    Tasks(Vec<TaskIx>),
    /// All of these have the id, in one scope of one file.
    Duplicates(Vec<TaskIx>),
    /// Any of these, in different scopes or files.
    Ambiguous(Vec<TaskIx>),
    /// The phase under this heading of this document.
    Phase(usize, usize),
    /// Nothing known.
    Nothing,
}

type Index = HashMap<String, Few<TaskIx>>;

/// Who is called what.
pub(super) struct Names<'a> {
    documents: &'a [Document],
    tasks: &'a [PlanTask],
    /// Global index of the first task of each document.
    first: Vec<usize>,
    ids: HashMap<&'a str, Few<TaskIx>>,
    bases: HashMap<&'a str, Few<TaskIx>>,
    /// Only built when an id is not found as written.
    folded: OnceCell<Index>,
    numbers: OnceCell<Index>,
    keys: OnceCell<HashMap<&'a str, Few<TaskIx>>>,
}

impl<'a> Names<'a> {
    pub(super) fn new(documents: &'a [Document], tasks: &'a [PlanTask]) -> Names<'a> {
        let mut first = Vec::with_capacity(documents.len());
        let mut count = 0;
        let mut ids: HashMap<&str, Few<TaskIx>> = with_capacity(tasks.len());
        let mut bases: HashMap<&str, Few<TaskIx>> = HashMap::default();
        for document in documents {
            first.push(count);
            for (at, task) in document.tasks.iter().enumerate() {
                let index = TaskIx::from(count + at);
                if let Some(id) = &task.id {
                    add(&mut ids, id.as_str(), index);
                }
                if let Some(alias) = &task.alias {
                    add(&mut bases, alias.as_str(), index);
                }
            }
            count += document.tasks.len();
        }
        Names {
            documents,
            tasks,
            first,
            ids,
            bases,
            folded: OnceCell::new(),
            numbers: OnceCell::new(),
            keys: OnceCell::new(),
        }
    }

    /// The plan's index of a task of a document.
    pub(super) fn at(&self, document: usize, task: usize) -> TaskIx {
        TaskIx::from(self.first[document] + task)
    }

    /// What an id means, said from a place.
    pub(super) fn resolve(&self, from: From<'_>, id: &str) -> Resolved {
        if let Some(found) = self.ids.get(id) {
            return self.nearest_of(from, found.as_slice(), false);
        }
        if let Some(found) = self.bases.get(id) {
            return self.nearest_of(from, found.as_slice(), true);
        }
        if let Some(found) = self.folded().get(&fold(id)) {
            return self.nearest_of(from, found.as_slice(), false);
        }
        if self.documents[from.document].detection.dialect == Dialect::Backlogmd
            && let Some(number) = number_of(id)
            && let Some(found) = self.numbers().get(number)
        {
            return self.nearest_of(from, found.as_slice(), false);
        }
        if let Some(found) = self.keys().get(id) {
            return self.nearest_of(from, found.as_slice(), false);
        }
        match self.phase_called(from.document, id) {
            Some(heading) => Resolved::Phase(from.document, heading),
            None => Resolved::Nothing,
        }
    }

    /// Of those that have the id, those nearest to where it is said.
    fn nearest_of(&self, from: From<'_>, found: &[TaskIx], base: bool) -> Resolved {
        if let [only] = found {
            return Resolved::Tasks(vec![*only]);
        }
        let here: Vec<TaskIx> = self.only(found, |task| task.document == from.document);
        let in_scope = self.only(&here, |task| self.scope(task) == from.scope);
        let folder = folder(&self.documents[from.document].path);
        let beside =
            || self.only(found, |task| self::folder(&self.documents[task.document].path) == folder);
        let nearest = [in_scope, here]
            .into_iter()
            .find(|found| !found.is_empty())
            .or_else(|| Some(beside()).filter(|found| !found.is_empty()))
            .unwrap_or_else(|| found.to_vec());
        if nearest.len() == 1 || base && self.one_place(&nearest) {
            return Resolved::Tasks(nearest);
        }
        match self.one_place(&nearest) {
            true => Resolved::Duplicates(nearest),
            false => Resolved::Ambiguous(nearest),
        }
    }

    fn only(&self, found: &[TaskIx], is: impl Fn(&PlanTask) -> bool) -> Vec<TaskIx> {
        found.iter().copied().filter(|task| is(&self.tasks[task.index()])).collect()
    }

    fn scope(&self, task: &PlanTask) -> Option<&'a str> {
        self.documents[task.document].tasks[task.task].scope.as_deref()
    }

    /// Whether all are in one scope of one document.
    fn one_place(&self, found: &[TaskIx]) -> bool {
        let place = |task: &TaskIx| {
            let at = &self.tasks[task.index()];
            (at.document, self.scope(at))
        };
        found.windows(2).all(|pair| place(&pair[0]) == place(&pair[1]))
    }

    fn folded(&self) -> &Index {
        self.folded.get_or_init(|| self.index(|_, task| task.id.as_deref().map(fold)))
    }

    fn numbers(&self) -> &Index {
        self.numbers.get_or_init(|| {
            self.index(|document, task| {
                let backlog = document.detection.dialect == Dialect::Backlogmd;
                let id = task.id.as_deref().filter(|_| backlog)?;
                number_of(id).map(str::to_owned)
            })
        })
    }

    fn index(&self, name: impl Fn(&Document, &Task) -> Option<String>) -> Index {
        let mut index = Index::default();
        for (at, task) in self.tasks.iter().enumerate() {
            let document = &self.documents[task.document];
            if let Some(name) = name(document, &document.tasks[task.task]) {
                add(&mut index, name, TaskIx::from(at));
            }
        }
        index
    }

    fn keys(&self) -> &HashMap<&'a str, Few<TaskIx>> {
        self.keys.get_or_init(|| {
            let mut keys: HashMap<&str, Few<TaskIx>> = HashMap::default();
            for (at, task) in self.tasks.iter().enumerate() {
                add(&mut keys, task.key.as_str(), TaskIx::from(at));
                let own = self.documents[task.document].tasks[task.task].key.as_str();
                if own != task.key {
                    add(&mut keys, own, TaskIx::from(at));
                }
            }
            keys
        })
    }

    /// The heading of a document that begins with these words.
    fn phase_called(&self, document: usize, name: &str) -> Option<usize> {
        let name = name.trim().to_lowercase();
        let starts_with_a_letter = name.starts_with(char::is_alphabetic);
        if !starts_with_a_letter {
            return None;
        }
        self.documents[document].headings.iter().position(|heading| {
            let text = heading.text.to_lowercase();
            text.strip_prefix(&name).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        })
    }

    /// The known id that looks most like one that is not known.
    pub(super) fn nearest(&self, document: usize, id: &str) -> Option<String> {
        let first = self.first[document];
        let own = &self.documents[document].tasks;
        // Beyond this, comparing costs more than the hint is worth.
        own.iter()
            .take(5_000)
            .zip(first..)
            .filter_map(|(task, _)| task.id.as_deref())
            .map(|known| (strsim::damerau_levenshtein(known, id), known))
            .filter(|(distance, known)| *distance <= 1 + known.len() / 4)
            .min()
            .map(|(_, known)| known.to_owned())
    }
}

/// The folder of a path, without its last part.
fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |end| &path[..end])
}

/// Without case, a leading `#`, and zeros that lead a number.
fn fold(id: &str) -> String {
    let mut folded = String::with_capacity(id.len());
    let mut in_number = false;
    let text = id.trim().trim_start_matches('#').trim_end_matches(['.', ':']);
    for (at, c) in text.char_indices() {
        let next_is_digit = text[at + c.len_utf8()..].starts_with(|c: char| c.is_ascii_digit());
        if c == '0' && !in_number && next_is_digit {
            continue;
        }
        in_number = c.is_ascii_digit();
        folded.extend(c.to_lowercase());
    }
    folded
}

/// `100.4` of `task-100.4`.
fn number_of(id: &str) -> Option<&str> {
    let at = id.rfind('-').map_or(0, |dash| dash + 1);
    let number = &id[at..];
    let digits = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (digits && number.starts_with(|c: char| c.is_ascii_digit()))
        .then(|| number.trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_fold_to_what_people_mean() {
        for (one, other) in [("T001", "t1"), ("#602", "602"), ("T-01.", "t-1"), ("1.0", "1.0")] {
            assert_eq!(fold(one), fold(other));
        }
        assert_ne!(fold("T10"), fold("T1"));
        assert_ne!(fold("T0"), fold("T"));
        assert_eq!(number_of("task-100.4"), Some("100.4"));
        assert_eq!(number_of("BACK-7"), Some("7"));
        assert_eq!(number_of("task"), None);
    }
}
