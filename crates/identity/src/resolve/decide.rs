//! What people decided about pairs of subjects.

use crate::normalise::Kind;

/// What a person says of two subjects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Nothing any more: an earlier decision is taken back.
    Open,
    /// These two are one.
    Same,
    /// That these two were seen together is no evidence: a merge taken back.
    /// They may still be joined by other evidence.
    Rejected,
    /// These two are never one, whatever the evidence.
    Apart,
}

/// One decision. Of several about one pair the latest holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The two subjects, in any order.
    pub pair: (i64, i64),
    /// Their kinds, in the same order: a subject may have no evidence that tells.
    pub kinds: (Kind, Kind),
    /// What was decided.
    pub verdict: Verdict,
    /// When, UTC microseconds.
    pub made_us: i64,
    /// The decision's number in the ledger, which orders decisions of one moment.
    pub number: u64,
}

/// The decisions that hold, each list sorted by pair.
#[derive(Debug, Default)]
pub struct Decided {
    pub same: Vec<(i64, i64)>,
    /// Subjects decided about that are customer ids, sorted.
    pub ids: Vec<i64>,
    pub rejected: Vec<(i64, i64)>,
    pub apart: Vec<(i64, i64)>,
}

/// A pair in one order.
pub fn ordered((a, b): (i64, i64)) -> (i64, i64) {
    (a.min(b), a.max(b))
}

/// Keeps the latest decision of each pair.
pub fn latest(decisions: &[Decision]) -> Decided {
    let mut all: Vec<_> = decisions
        .iter()
        .filter(|decision| decision.pair.0 != decision.pair.1)
        .map(|d| (ordered(d.pair), d.made_us, d.number, d.verdict))
        .collect();
    all.sort_unstable();
    let mut decided = Decided {
        ids: customer_ids(decisions),
        ..Decided::default()
    };
    for (i, &(pair, _, _, verdict)) in all.iter().enumerate() {
        if all.get(i + 1).is_some_and(|next| next.0 == pair) {
            continue;
        }
        match verdict {
            Verdict::Open => {}
            Verdict::Same => decided.same.push(pair),
            Verdict::Rejected => decided.rejected.push(pair),
            Verdict::Apart => decided.apart.push(pair),
        }
    }
    decided
}

fn customer_ids(decisions: &[Decision]) -> Vec<i64> {
    let mut ids: Vec<i64> = decisions
        .iter()
        .flat_map(|d| [(d.pair.0, d.kinds.0), (d.pair.1, d.kinds.1)])
        .filter(|&(_, kind)| kind == Kind::CustomerId)
        .map(|(subject, _)| subject)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
