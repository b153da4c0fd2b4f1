//! The ids of a document, to expand ranges and find what a mention means.

use std::collections::{BTreeMap, HashMap};

use crate::document::Task;
use crate::grammar::id;
use crate::grammar::mention::{Mention, split_number};

/// Ids by text and by number.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Lower-case id → the tasks with it.
    by_id: HashMap<String, Vec<usize>>,
    /// Prefix → number → ids, each once, in file order.
    by_number: HashMap<String, BTreeMap<u64, Vec<String>>>,
}

/// More ids than this from all ranges of one file are no longer expanded.
const EXPANDED_MAX: usize = 4_000_000;

impl Index {
    pub(crate) fn new(tasks: &[Task]) -> Index {
        let mut index = Index::default();
        for (position, task) in tasks.iter().enumerate() {
            let Some(id) = &task.id else { continue };
            let known = index.by_id.entry(id.to_lowercase()).or_default();
            known.push(position);
            if known.len() > 1 {
                continue;
            }
            let base = task.alias.as_deref().or_else(|| id::alias(id)).unwrap_or(id);
            if let Some((prefix, number)) = split_number(base) {
                let numbers = index.by_number.entry(prefix.to_lowercase()).or_default();
                numbers.entry(number).or_default().push(id.clone());
            }
        }
        index
    }

    pub(crate) fn tasks(&self, id: &str) -> &[usize] {
        self.by_id.get(&id.to_lowercase()).map_or(&[], Vec::as_slice)
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
        let found: Vec<String> = match self.by_number.get(&prefix.to_lowercase()) {
            Some(numbers) if *spent < EXPANDED_MAX => {
                numbers.range(first..=last).flat_map(|(_, ids)| ids.iter().cloned()).collect()
            }
            _ => Vec::new(),
        };
        *spent += found.len();
        if found.is_empty() { vec![mention.from.clone(), to.clone()] } else { found }
    }

    /// `T013+`: every id with this prefix from this number on.
    fn and_later(&self, id: &str, spent: &mut usize) -> Vec<String> {
        let numbers = split_number(id)
            .and_then(|(prefix, first)| Some((self.by_number.get(&prefix.to_lowercase())?, first)));
        let found: Vec<String> = match numbers {
            Some((numbers, first)) if *spent < EXPANDED_MAX => {
                numbers.range(first..).flat_map(|(_, ids)| ids.iter().cloned()).collect()
            }
            _ => Vec::new(),
        };
        *spent += found.len();
        if found.is_empty() { vec![self.canonical(id)] } else { found }
    }

    /// An id as the file writes it: `T31` finds `T031-MIN` by its base when nothing else fits.
    fn canonical(&self, id: &str) -> String {
        if !self.tasks(id).is_empty() {
            return id.to_owned();
        }
        let suffixed = split_number(id).and_then(|(prefix, number)| {
            let ids = self.by_number.get(&prefix.to_lowercase())?.get(&number)?;
            match ids.as_slice() {
                [only] if id::alias(only).is_some_and(|base| base == id) => Some(only.clone()),
                _ => None,
            }
        });
        suffixed.unwrap_or_else(|| id.to_owned())
    }
}
