//! Work on independent pieces, a few threads at a time, results in order.

use std::sync::Mutex;

use crate::Error;

/// Calls `work` on every item, up to `threads` at a time, and returns the
/// results in the order of the items, or the first failure in that order. The
/// result does not depend on `threads`.
pub fn map<T: Send, R: Send, E: Send + From<Error>>(
    items: Vec<T>,
    threads: usize,
    work: impl Fn(T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let threads = threads.clamp(1, items.len().max(1));
    if threads == 1 {
        return items.into_iter().map(work).collect();
    }
    let slots: Vec<Mutex<Option<Result<R, E>>>> = items.iter().map(|_| Mutex::new(None)).collect();
    // The largest pieces tend to come last; `pop` takes from the end, so turn round.
    let queue = Mutex::new(items.into_iter().enumerate().rev().collect::<Vec<_>>());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().ok().and_then(|mut queue| queue.pop());
                    let Some((index, item)) = next else { break };
                    let result = work(item);
                    if let Ok(mut slot) = slots[index].lock() {
                        *slot = Some(result);
                    }
                }
            });
        }
    });
    slots
        .into_iter()
        .map(|slot| {
            let lost = || Error::Caller("a thread stopped before its piece was done".into());
            slot.into_inner()
                .ok()
                .flatten()
                .unwrap_or_else(|| Err(lost().into()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whatever_the_threads() {
        for threads in [1, 2, 7] {
            let squares: Result<Vec<u64>, Error> =
                map((0..50_u64).collect(), threads, |i| Ok(i * i));
            assert_eq!(squares.unwrap(), (0..50).map(|i| i * i).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_first_failure_is_returned() {
        let result: Result<Vec<u64>, Error> = map((0..10_u64).collect(), 3, |i| {
            if i >= 4 {
                Err(Error::ReadOnly(i.to_string()))
            } else {
                Ok(i)
            }
        });
        assert_eq!(result.unwrap_err().to_string(), "`query` only reads: 4");
    }
}
