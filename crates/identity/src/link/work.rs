//! Work in numbered pieces on several threads, the results in the pieces' order.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Does every piece once, on `threads` threads with a state each, and gives the
/// results in order, so that they do not depend on who did what.
pub fn in_pieces<S, T: Send>(
    threads: usize,
    pieces: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut state = state();
        let mut done = Vec::new();
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= pieces {
                return done;
            }
            done.push((piece, work(&mut state, piece)));
        }
    };
    let threads = threads.clamp(1, pieces.max(1));
    let mut done = if threads == 1 {
        run()
    } else {
        thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
            let mut done = run();
            for other in others {
                match other.join() {
                    Ok(more) => done.extend(more),
                    Err(panic) => resume_unwind(panic),
                }
            }
            done
        })
    };
    done.sort_unstable_by_key(|&(piece, _)| piece);
    done.into_iter().map(|(_, result)| result).collect()
}
