//! A run killed at any moment is resumed, and nobody can tell.

use std::time::{Duration, Instant};

use crate::shop::{copy, everything, good, killed, shop};

#[test]
fn a_run_killed_at_twenty_moments_resumes_to_equal_tables() {
    let whole = shop(300, 21);
    // The key must be the same, or pseudonyms differ.
    good(whole.path(), &["run", "--until", "ingest"]);
    let fresh = shop(300, 21);
    std::fs::create_dir_all(fresh.join(".perennial")).unwrap();
    std::fs::copy(whole.join(".perennial/key"), fresh.join(".perennial/key")).unwrap();
    let begun = Instant::now();
    good(whole.path(), &["run"]);
    let full = begun.elapsed().max(Duration::from_millis(200));
    let expected = everything(whole.path());
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut cut = 0;
    for round in 0..4 {
        let project = perennial_testkit::Project::new();
        copy(fresh.path(), project.path());
        // As if killed in the middle of a sort.
        project.write(".perennial/scratch/sort-abc/rows", "half a row");
        for _ in 0..5 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let share = (random >> 11) as f64 / (1_u64 << 53) as f64;
            cut += usize::from(!killed(project.path(), &["run"], full.mul_f64(share)));
        }
        good(project.path(), &["run"]);
        assert_eq!(everything(project.path()), expected, "round {round}");
        let left = std::fs::read_dir(project.join(".perennial/scratch"));
        let left = left.map_or(0, |folder| folder.count());
        assert_eq!(left, 0, "round {round}: scratch files are left");
    }
    assert!(cut >= 4, "only {cut} of 20 runs were cut short");
}
