//! The same thing for many items, on all cores, results in order.

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Below this many items per thread, starting the thread costs more than it saves.
const ITEMS_PER_THREAD_MIN: usize = 8;

/// `work` applied to each item; in the order of the items.
pub(crate) fn map<Item: Sync, Made: Send>(
    items: &[Item],
    work: impl Fn(&Item) -> Made + Sync,
) -> Vec<Made> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let threads = cores.min(items.len() / ITEMS_PER_THREAD_MIN);
    if threads < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let made = Mutex::new(Vec::with_capacity(items.len()));
    let take = || {
        let mut own = Vec::new();
        while let index = next.fetch_add(1, Ordering::Relaxed)
            && let Some(item) = items.get(index)
        {
            own.push((index, work(item)));
        }
        // A poisoned lock means another thread panicked; the scope passes that on.
        if let Ok(mut made) = made.lock() {
            made.extend(own);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(take);
        }
        take();
    });
    let mut made = made.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    made.sort_by_key(|(index, _)| *index);
    made.into_iter().map(|(_, made)| made).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_however_many_threads() {
        for count in [0, 1, 7, 16, 1000] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(
                map(&items, |item| item * 2),
                (0..count).map(|it| it * 2).collect::<Vec<_>>()
            );
        }
    }
}
