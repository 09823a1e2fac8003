//! The score of a rule and of a source, from 0 to 100.

/// One rule as it was measured, for the score of its source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// The rule's own score.
    pub score: f64,
    /// How much it weighs: 1 for a note, 2 for a warning, 4 for a critical rule.
    pub weight: f64,
}

/// The score of a rule: 100 while no more fails than may, falling in a straight
/// line to 0 where everything fails. None where nothing was checked.
pub fn of_rule(checked: u64, failed: u64, allowed: f64) -> Option<f64> {
    if checked == 0 {
        return None;
    }
    let share = failed as f64 / checked as f64;
    let beyond = (share - allowed).max(0.0);
    let room = 1.0 - allowed;
    Some(match room > 0.0 {
        true => 100.0 * (1.0 - beyond / room).clamp(0.0, 1.0),
        false => 100.0,
    })
}

/// The score of a source: the mean of its rules' scores by weight, and at most
/// the score of the worst critical rule. None without a rule that was measured.
pub fn of_source(rules: &[Measured], worst_critical: Option<f64>) -> Option<f64> {
    let weight: f64 = rules.iter().map(|rule| rule.weight).sum();
    let sum: f64 = rules.iter().map(|rule| rule.weight * rule.score).sum();
    let mean = (weight > 0.0).then(|| sum / weight)?;
    Some(worst_critical.map_or(mean, |worst| mean.min(worst)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_falls_from_what_is_allowed_to_nothing() {
        assert_eq!(of_rule(100, 0, 0.0), Some(100.0));
        assert_eq!(of_rule(100, 25, 0.0), Some(75.0));
        assert_eq!(of_rule(100, 10, 0.1), Some(100.0));
        assert_eq!(of_rule(100, 75, 0.5), Some(50.0));
        assert_eq!(of_rule(100, 100, 0.1), Some(0.0));
        assert_eq!(of_rule(100, 100, 1.0), Some(100.0));
        assert_eq!(of_rule(0, 0, 0.0), None);
    }

    #[test]
    fn a_source_is_the_weighted_mean_and_no_better_than_its_worst_critical_rule() {
        let rule = |score, weight| Measured { score, weight };
        let rules = [rule(100.0, 1.0), rule(40.0, 2.0), rule(90.0, 4.0)];
        assert_eq!(of_source(&rules, None), Some((100.0 + 80.0 + 360.0) / 7.0));
        assert_eq!(of_source(&rules, Some(50.0)), Some(50.0));
        assert_eq!(of_source(&[], Some(50.0)), None);
    }
}
