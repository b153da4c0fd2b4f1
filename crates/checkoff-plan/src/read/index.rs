//! The ids of a document, to expand ranges and find what a mention means.

use crate::map::{Few, HashMap, with_capacity};

use std::collections::hash_map::Entry;

use crate::document::Task;
use crate::grammar::id;
use crate::grammar::mention::{Mention, split_number};

/// Ids by text and by number.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Lower-case id → the tasks with it.
    by_id: HashMap<String, Few<usize>>,
    /// Lower-case prefix → place in `numbers`.
    prefixes: HashMap<String, usize>,
    /// Numbers of one prefix with the ids that have them: by number, then in file order.
    numbers: Vec<Vec<(u64, String)>>,
}

/// More ids than this from all ranges of one file are no longer expanded.
const EXPANDED_MAX: usize = 4_000_000;

impl Index {
    pub(crate) fn new(tasks: &[Task]) -> Index {
        let mut index = Index { by_id: with_capacity(tasks.len()), ..Index::default() };
        // Neighbours nearly always share their prefix.
        let mut last: Option<(&str, usize)> = None;
        for (position, task) in tasks.iter().enumerate() {
            let Some(id) = &task.id else { continue };
            match index.by_id.entry(id.to_lowercase()) {
                Entry::Occupied(mut known) => {
                    known.get_mut().push(position);
                    continue;
                }
                Entry::Vacant(free) => free.insert(Few::One([position])),
            };
            let base = task.alias.as_deref().or_else(|| id::alias(id)).unwrap_or(id);
            if let Some((prefix, number)) = split_number(base) {
                let place = match last {
                    Some((known, place)) if known == prefix => place,
                    _ => index.place(prefix),
                };
                last = Some((prefix, place));
                index.numbers[place].push((number, id.clone()));
            }
        }
        for numbers in &mut index.numbers {
            numbers.sort_by_key(|(number, _)| *number);
        }
        index
    }

    fn place(&mut self, prefix: &str) -> usize {
        let next = self.numbers.len();
        let place = *self.prefixes.entry(prefix.to_lowercase()).or_insert(next);
        if place == next {
            self.numbers.push(Vec::new());
        }
        place
    }

    /// The ids with this prefix whose numbers are in the range, by number.
    fn between(&self, prefix: &str, first: u64, last: u64) -> &[(u64, String)] {
        let Some(&place) = self.prefixes.get(&prefix.to_lowercase()) else { return &[] };
        let numbers = &self.numbers[place];
        let from = numbers.partition_point(|(number, _)| *number < first);
        let to = numbers.partition_point(|(number, _)| *number <= last);
        numbers.get(from..to).unwrap_or_default()
    }

    pub(crate) fn tasks(&self, id: &str) -> &[usize] {
        self.by_id.get(&id.to_lowercase()).map_or(&[], Few::as_slice)
    }

    /// The ids a mention means: itself, or every id of the range that exists.
    pub(crate) fn expand(&self, mention: &Mention, spent: &mut usize) -> Vec<String> {
        if mention.open_end {
            return self.and_later(&mention.from, spent);
        }
        let Some(to) = &mention.to else { return vec![self.canonical(&mention.from)] };
        if mention.maybe_one {
            let whole = format!("{}-{to}", mention.from);
            if !self.tasks(&whole).is_empty() {
                return vec![whole];
            }
        }
        let (Some((prefix, first)), Some((_, last))) =
            (split_number(&mention.from), split_number(to))
        else {
            return vec![mention.from.clone(), to.clone()];
        };
        let found = self.expanded(prefix, first, last, spent);
        if found.is_empty() { vec![mention.from.clone(), to.clone()] } else { found }
    }

    /// `T013+`: every id with this prefix from this number on.
    fn and_later(&self, id: &str, spent: &mut usize) -> Vec<String> {
        let found = split_number(id)
            .map_or_else(Vec::new, |(prefix, first)| self.expanded(prefix, first, u64::MAX, spent));
        if found.is_empty() { vec![self.canonical(id)] } else { found }
    }

    fn expanded(&self, prefix: &str, first: u64, last: u64, spent: &mut usize) -> Vec<String> {
        if *spent >= EXPANDED_MAX {
            return Vec::new();
        }
        let found = self.between(prefix, first, last);
        *spent += found.len();
        found.iter().map(|(_, id)| id.clone()).collect()
    }

    /// An id as the file writes it: `T31` finds `T031-MIN` by its base when nothing else fits.
    fn canonical(&self, id: &str) -> String {
        if !self.tasks(id).is_empty() {
            return id.to_owned();
        }
        let suffixed = split_number(id).and_then(|(prefix, number)| {
            match self.between(prefix, number, number) {
                [(_, only)] if id::alias(only).is_some_and(|base| base == id) => Some(only.clone()),
                _ => None,
            }
        });
        suffixed.unwrap_or_else(|| id.to_owned())
    }
}
