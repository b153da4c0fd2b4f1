//! Maps that hash fast: ids and paths are short, and a list of a hundred thousand tasks
//! looks each of them up a dozen times.
//!
//! Seeded like the standard ones, so that no list can be written that makes them slow,
//! and like them never iterated where the order could be seen.

use foldhash::fast::RandomState;

pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;
pub(crate) type HashSet<K> = std::collections::HashSet<K, RandomState>;

/// An empty map with room for that many.
pub(crate) fn with_capacity<K, V>(capacity: usize) -> HashMap<K, V> {
    HashMap::with_capacity_and_hasher(capacity, RandomState::default())
}

/// One thing or several: nearly every id is one task's, and then nothing is allocated.
#[derive(Debug, Clone)]
pub(crate) enum Few<T> {
    One([T; 1]),
    Many(Vec<T>),
}

impl<T: Copy> Few<T> {
    /// Adds one more.
    pub(crate) fn push(&mut self, next: T) {
        match self {
            Few::One([first]) => *self = Few::Many(vec![*first, next]),
            Few::Many(all) => all.push(next),
        }
    }

    pub(crate) fn as_slice(&self) -> &[T] {
        match self {
            Few::One(one) => one,
            Few::Many(all) => all,
        }
    }
}

/// Adds one more value under a key.
pub(crate) fn add<K: Eq + std::hash::Hash, T: Copy>(
    map: &mut HashMap<K, Few<T>>,
    key: K,
    value: T,
) {
    map.entry(key).and_modify(|known| known.push(value)).or_insert(Few::One([value]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_in_the_order_they_were_added() {
        let mut map: HashMap<&str, Few<usize>> = HashMap::default();
        for (key, value) in [("a", 3), ("b", 9), ("a", 1), ("a", 2)] {
            add(&mut map, key, value);
        }
        assert_eq!(map["a"].as_slice(), [3, 1, 2]);
        assert_eq!(map["b"].as_slice(), [9]);
    }
}
