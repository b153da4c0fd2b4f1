//! After the walk: one task for what several lines name, states from steps,
//! scopes, keys, children, and references resolved against all ids.

use crate::map::{HashMap, HashSet, with_capacity};

use crate::dialect::{Dialect, Profile};
use crate::document::{Carrier, CheckKind, Document, Reference, Span, State, Task};

use crate::grammar::mention::split_number;

use super::index::Index;
use super::walk::{Detail, Pending, PendingKind};

pub(crate) fn finish(
    document: &mut Document,
    mut pending: Vec<Pending>,
    details: &[Detail],
    profile: &'static Profile,
) -> Index {
    merge(document, &mut pending);
    attach_details(document, details);
    document.tasks.iter_mut().for_each(super::fields::drop_repeated_files);
    states_from_steps(document);
    if !profile.one_file {
        scopes(document);
    }
    children(document);
    keys(document);
    close_columns(document);
    let index = Index::new(&document.tasks);
    resolve(document, pending, &index);
    index
}

/// Which line a task stays at when several carry its id: boxes before rows before headings.
fn ranks(document: &Document) -> Vec<u8> {
    let mut ranks: Vec<u8> = document
        .tasks
        .iter()
        .map(|task| match task.carrier {
            Carrier::Box => 3,
            Carrier::CellBox | Carrier::CellWord | Carrier::CellPrefix | Carrier::Column => 2,
            _ => 1,
        })
        .collect();
    // In a column stand rows and cards.
    for heading in &document.headings {
        if let Some(task) = heading.task.filter(|&task| document.tasks[task].line == heading.line) {
            ranks[task] = 1;
        }
    }
    ranks
}

/// Makes one task of a row, a heading and a box with one id.
fn merge(document: &mut Document, pending: &mut [Pending]) {
    let groups = same_ids(&document.tasks);
    if groups.is_empty() {
        return;
    }
    let ranks = ranks(document);
    let mut target: Vec<usize> = (0..document.tasks.len()).collect();
    for group in groups {
        let best = group.iter().map(|&task| ranks[task]).max().unwrap_or(0);
        let (keep, rest): (Vec<usize>, Vec<usize>) =
            group.into_iter().partition(|&task| ranks[task] == best);
        let mut first_in: HashMap<Option<&str>, usize> = HashMap::default();
        for &kept in keep.iter().filter(|_| !rest.is_empty()) {
            first_in.entry(document.tasks[kept].phase.as_deref()).or_insert(kept);
        }
        for other in rest {
            let same = first_in.get(&document.tasks[other].phase.as_deref()).copied();
            if let Some(kept) = same.or_else(|| (keep.len() == 1).then(|| keep[0])) {
                target[other] = kept;
            }
        }
    }
    if target.iter().enumerate().all(|(from, to)| from == *to) {
        return;
    }
    for (from, &to) in target.iter().enumerate() {
        if to != from {
            let other = document.tasks[from].clone();
            absorb(&mut document.tasks[to], &other);
        }
    }
    compact(document, pending, &target);
}

/// The tasks of each id that several have, in file order.
fn same_ids(tasks: &[Task]) -> Vec<Vec<usize>> {
    let mut group_of: HashMap<&str, (usize, usize)> = with_capacity(tasks.len());
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (position, task) in tasks.iter().enumerate() {
        let Some(id) = &task.id else { continue };
        let (first, group) = group_of.entry(id).or_insert((position, usize::MAX));
        if *first == position {
            continue;
        }
        if *group == usize::MAX {
            *group = groups.len();
            groups.push(vec![*first]);
        }
        groups[*group].push(position);
    }
    groups.sort_unstable();
    groups
}

/// Removes merged tasks and moves every index to where its task is now.
fn compact(document: &mut Document, pending: &mut [Pending], target: &[usize]) {
    let mut place = vec![0; target.len()];
    let mut next = 0;
    for (from, to) in target.iter().enumerate() {
        if *to == from {
            place[from] = next;
            next += 1;
        }
    }
    let moved = |task: usize| place[target[task]];
    let mut position = 0;
    document.tasks.retain(|_| {
        position += 1;
        target[position - 1] == position - 1
    });
    for task in &mut document.tasks {
        task.parent = task.parent.map(moved);
    }
    for (position, task) in document.tasks.iter_mut().enumerate() {
        task.parent = task.parent.filter(|&parent| parent != position);
    }
    for check in &mut document.checks {
        check.owner = check.owner.map(moved);
    }
    for heading in &mut document.headings {
        heading.task = heading.task.map(moved);
    }
    for entry in pending {
        entry.task = moved(entry.task);
    }
}

/// Takes over what another line knows of the same task.
fn absorb(task: &mut Task, other: &Task) {
    task.detail_line = task.detail_line.or(Some(other.line));
    let fill = |mine: &mut Option<String>, theirs: &Option<String>| {
        if mine.is_none() {
            mine.clone_from(theirs);
        }
    };
    fill(&mut task.estimate, &other.estimate);
    fill(&mut task.priority, &other.priority);
    fill(&mut task.assignee, &other.assignee);
    fill(&mut task.due, &other.due);
    fill(&mut task.depends_on_text, &other.depends_on_text);
    fill(&mut task.story, &other.story);
    if task.files.is_empty() {
        task.files.clone_from(&other.files);
    }
    if task.labels.is_empty() {
        task.labels.clone_from(&other.labels);
    }
    if task.title.is_empty() {
        task.title.clone_from(&other.title);
        task.spans.title = other.spans.title;
    }
    task.parallel |= other.parallel;
    task.verify.extend(other.verify.iter().cloned());
    task.acceptance.extend(other.acceptance.iter().cloned());
    task.attributes.extend(other.attributes.iter().cloned());
    for (key, value) in &other.extra {
        if task.extra.len() < 64 && !task.extra.iter().any(|(known, _)| known == key) {
            task.extra.push((key.clone(), value.clone()));
        }
    }
}

/// Rows that restate a task tell its estimate and the like.
fn attach_details(document: &mut Document, details: &[Detail]) {
    if details.is_empty() {
        return;
    }
    let index = Index::new(&document.tasks);
    for detail in details {
        if let [only] = index.tasks(&detail.id) {
            let task = &mut document.tasks[*only];
            if task.line != detail.task.line {
                let (title, files) = (task.spans.title, std::mem::take(&mut task.files));
                absorb(task, &detail.task);
                task.spans.title = title;
                task.files = files;
            }
        }
    }
}

/// A heading without a mark of its own is as far as its steps are.
fn states_from_steps(document: &mut Document) {
    let mut counts: HashMap<usize, [usize; 4]> = HashMap::default();
    for check in &document.checks {
        if let Some(owner) = check.owner {
            let entry = counts.entry(owner).or_default();
            let at = if check.kind == CheckKind::Step { 0 } else { 2 };
            entry[at] += 1;
            entry[at + 1] += usize::from(check.checked);
        }
    }
    for (position, task) in document.tasks.iter_mut().enumerate() {
        if task.carrier != Carrier::HeadingWord || task.spans.state_text.is_some() {
            continue;
        }
        let Some([steps, steps_done, others, others_done]) = counts.get(&position).copied() else {
            continue;
        };
        let (all, done) = if steps > 0 { (steps, steps_done) } else { (others, others_done) };
        task.carrier = Carrier::Steps;
        task.state = match done {
            0 => State::Todo,
            _ if done == all => State::Done,
            _ => State::Doing,
        };
    }
}

/// Ids that restart per phase are qualified by it; two in one phase stay true duplicates.
fn scopes(document: &mut Document) {
    let mut seen: HashMap<&str, ()> = with_capacity(document.tasks.len());
    let ids = document.tasks.iter().filter_map(|task| task.id.as_deref());
    let repeated = ids.filter(|id| seen.insert(id, ()).is_some()).count();
    if repeated < 2 {
        return;
    }
    // In spec-kit numbers run through the whole list: a second T001 is a second plan, or a mistake.
    let speckit = matches!(document.detection.dialect, Dialect::Speckit | Dialect::SpeckitTemplate);
    if speckit || !restarts(document) {
        return;
    }
    if let Some(headings) = (1..=5).find_map(|level| restarts_at(document, level)) {
        for (position, heading) in headings {
            document.tasks[position].scope = Some(document.headings[heading].text.clone());
        }
        return;
    }
    for task in &mut document.tasks {
        if task.id.is_some() {
            task.scope.clone_from(&task.phase);
        }
    }
}

/// Tasks with an id and the heading of this level above each, when numbering begins again below
/// these headings: `## Spec A` with waves and `T1`, `T2`, … below it, `## Spec B` likewise.
fn restarts_at(document: &Document, level: u8) -> Option<Vec<(usize, usize)>> {
    let mut lowest: HashMap<&str, u64> = HashMap::default();
    let mut above: Vec<(usize, usize)> = Vec::new();
    let mut headings = document.headings.iter().enumerate().peekable();
    let mut current = None;
    for (position, task) in document.tasks.iter().enumerate() {
        while let Some((index, heading)) = headings.next_if(|(_, next)| next.line < task.line) {
            if heading.level <= level {
                current = (heading.level == level).then_some(index);
            }
        }
        let Some(id) = task.id.as_deref() else { continue };
        above.push((position, current?));
        if let Some((prefix, number)) = split_number(id) {
            let least = lowest.entry(prefix).or_insert(number);
            *least = number.min(*least);
        }
    }
    let id = |position: usize| document.tasks[position].id.as_deref().unwrap_or_default();
    let mut names: HashMap<&str, usize> = HashMap::default();
    let mut seen: HashSet<(usize, &str)> = HashSet::default();
    let mut starts = 0;
    for &(position, heading) in &above {
        let first = !names.contains_key(document.headings[heading].text.as_str());
        let name = names.entry(&document.headings[heading].text).or_insert(heading);
        if *name != heading || !seen.insert((heading, id(position))) {
            return None;
        }
        let is_lowest = split_number(id(position))
            .is_none_or(|(prefix, number)| lowest.get(prefix) == Some(&number));
        starts += usize::from(first && is_lowest);
    }
    (starts >= 2 && above.len() >= names.len() * 2).then_some(above)
}

/// Whether numbering began again: the lowest id is used once more, as the first of another phase,
/// and the id after it is one used before too. What is told a second time is a duplicate.
fn restarts(document: &Document) -> bool {
    let named: Vec<(&str, &str)> = document
        .tasks
        .iter()
        .filter_map(|task| Some((task.id.as_deref()?, task.phase.as_deref()?)))
        .collect();
    let lowest = lowest(document);
    let mut used: HashSet<&str> = HashSet::default();
    for (at, (id, phase)) in named.iter().enumerate() {
        let opens = at == 0 || named[at - 1].1 != *phase;
        let again = !used.insert(id);
        if again
            && opens
            && named.get(at + 1).is_some_and(|(next, _)| used.contains(next))
            && is_lowest(&lowest, id)
        {
            return true;
        }
    }
    false
}

fn is_lowest(lowest: &HashMap<&str, u64>, id: &str) -> bool {
    split_number(id).is_none_or(|(prefix, number)| lowest.get(prefix) == Some(&number))
}

/// The lowest number of each prefix.
fn lowest(document: &Document) -> HashMap<&str, u64> {
    let mut lowest: HashMap<&str, u64> = HashMap::default();
    let ids = document.tasks.iter().filter_map(|task| split_number(task.id.as_deref()?));
    for (prefix, number) in ids {
        let least = lowest.entry(prefix).or_insert(number);
        *least = number.min(*least);
    }
    lowest
}

fn children(document: &mut Document) {
    for position in 0..document.tasks.len() {
        if let Some(parent) = document.tasks[position].parent {
            document.tasks[parent].children.push(position);
        }
    }
}

fn keys(document: &mut Document) {
    // Only the keys of tasks without ids need to be told apart.
    let all_named = document.tasks.iter().all(|task| task.id.is_some());
    let mut seen: HashMap<String, usize> = HashMap::default();
    for position in 0..document.tasks.len() {
        let task = &document.tasks[position];
        let (key, named) = match (&task.id, &task.scope) {
            (Some(id), Some(scope)) => (format!("{scope}/{id}"), true),
            (Some(id), None) => (id.clone(), true),
            (None, _) => (title_path(document, position), false),
        };
        if all_named {
            document.tasks[position].key = key;
            continue;
        }
        let count = seen.entry(key.clone()).or_default();
        *count += 1;
        document.tasks[position].key =
            if *count > 1 && !named { format!("{key} ({count})") } else { key };
    }
}

/// `Phase 1/Set up/Install`; a parent's key is already known, for parents come first or have ids.
fn title_path(document: &Document, position: usize) -> String {
    let task = &document.tasks[position];
    let before = match task.parent.map(|parent| &document.tasks[parent]) {
        Some(parent) if !parent.key.is_empty() && parent.key.len() < 512 => {
            Some(parent.key.as_str())
        }
        _ => task.phase.as_deref(),
    };
    match before {
        Some(before) => format!("{before}/{}", task.title),
        None => task.title.clone(),
    }
}

/// A column reaches to the next heading that is not deeper.
fn close_columns(document: &mut Document) {
    for column in 0..document.columns.len() {
        let heading = document.columns[column].heading;
        let level = document.headings[heading].level;
        let next = document.headings[heading + 1..]
            .iter()
            .find(|other| other.level <= level)
            .map(|other| other.line - 1);
        let last = next.unwrap_or(document.lines.len());
        let first = document.headings[heading].line;
        document.columns[column].block = super::whole_lines(document, first, last.max(first));
    }
}

fn resolve(document: &mut Document, pending: Vec<Pending>, index: &Index) {
    let mut spent = 0;
    for entry in pending {
        for mention in &entry.mentions {
            let span = Span::new(entry.base + mention.span.start, entry.base + mention.span.end);
            for id in index.expand(mention, &mut spent) {
                let reference = Reference {
                    id,
                    line: entry.line,
                    span,
                    source: entry.source,
                    optional: mention.optional,
                    strict: mention.strict,
                };
                let task = &mut document.tasks[entry.task];
                match entry.kind {
                    PendingKind::Needs => push_once(&mut task.depends_on, reference),
                    PendingKind::Blocks => push_once(&mut task.blocks, reference),
                    PendingKind::Conflicts => push_once(&mut task.conflicts_with, reference),
                }
            }
        }
    }
}

/// Adds a reference unless the same id is there; long lists skip the search.
fn push_once(references: &mut Vec<Reference>, reference: Reference) {
    let known = references.iter().rev().take(64).any(|other| other.id == reference.id);
    if !known {
        references.push(reference);
    }
}
