//! The order, the customer and the product among columns that identify.

use super::super::super::infer::Kind;
use super::super::relations::{Facts, Settle};
use super::super::{QuestionKind, Reason, Role};
use super::Draft;

/// Columns weighed as keys, at most.
const KEYS_MAX: usize = 12;
/// Agreement beyond chance that counts as "settles".
const SETTLED: f64 = 0.9;

/// Columns that could identify something: whole numbers and short texts with
/// more than two values.
pub(super) fn candidates(facts: &Facts) -> Vec<usize> {
    let mut keys: Vec<(usize, f64, usize)> = (0..facts.columns.len())
        .filter(|index| !facts.is_changed(*index))
        .filter_map(|index| {
            let fact = facts.column(index)?;
            let kind = matches!(fact.profile.kind, Kind::Integer | Kind::Text);
            let named = named(facts, index);
            let personal = fact.profile.looks.email || fact.profile.looks.phone;
            let long = fact.profile.looks.free_text && named < 0.7;
            // What is called an amount identifies nothing, whatever its values are like.
            let is_money = named < 0.5
                && [Role::Amount, Role::UnitPrice]
                    .iter()
                    .any(|role| facts.name_score(*role, index) >= 0.8);
            // A telling name is enough where the file has one customer only.
            let fewest = match named {
                named if named >= 0.6 => 1,
                _ => 3,
            };
            (kind && !long && !personal && !is_money && fact.distinct() >= fewest).then_some((
                index,
                named,
                fact.distinct(),
            ))
        })
        .collect();
    keys.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.2.cmp(&a.2)));
    keys.truncate(KEYS_MAX);
    let mut keys: Vec<usize> = keys.into_iter().map(|(index, ..)| index).collect();
    keys.sort_unstable();
    keys
}

fn named(facts: &Facts, index: usize) -> f64 {
    [Role::CustomerId, Role::OrderId, Role::ProductId]
        .iter()
        .map(|role| facts.name_score(*role, index))
        .fold(0.0, f64::max)
}

/// What the candidates settle.
struct Matrix<'f, 'p> {
    facts: &'f Facts<'p>,
    keys: Vec<usize>,
    time: Option<usize>,
    /// Per key and column.
    settles: Vec<Vec<Settle>>,
    /// Per key how far the time settles it.
    by_time: Vec<Settle>,
    contiguity: Vec<f64>,
}

impl Matrix<'_, '_> {
    fn settle(&self, key: Option<usize>, column: usize) -> Settle {
        let row = key
            .and_then(|key| self.keys.iter().position(|k| *k == key))
            .and_then(|at| self.settles.get(at));
        row.and_then(|row| row.get(column))
            .copied()
            .unwrap_or_default()
    }

    fn at<T: Copy + Default>(&self, values: &[T], key: usize) -> T {
        self.keys
            .iter()
            .position(|k| *k == key)
            .and_then(|at| values.get(at))
            .copied()
            .unwrap_or_default()
    }

    /// Logarithm of the distinct values as a share of that of the rows.
    fn fineness(&self, key: usize) -> f64 {
        let fact = self.facts.column(key);
        fact.map_or(0.0, |fact| {
            (fact.distinct() as f64).ln() / (fact.present().max(2) as f64).ln()
        })
    }

    fn is_unique(&self, key: usize) -> bool {
        self.facts
            .column(key)
            .is_some_and(super::super::relations::Fact::is_unique)
    }

    /// The column of numbers that a key settles best, key columns aside.
    fn best_number(&self, key: usize) -> (usize, f64) {
        let numbers = (0..self.facts.columns.len()).filter(|column| {
            *column != key
                && self.facts.column(*column).is_some_and(|f| {
                    f.profile.kind.is_number() && f.distinct() > 4 && !f.looks_like_quantity()
                })
        });
        best(numbers.map(|column| (column, self.telling(key, column))))
    }

    /// The text that a key settles best.
    fn best_text(&self, key: usize) -> (usize, f64) {
        let texts = (0..self.facts.columns.len()).filter(|column| {
            *column != key
                && self
                    .facts
                    .column(*column)
                    .is_some_and(|f| matches!(f.profile.kind, Kind::Text) && f.distinct() > 1)
        });
        best(texts.map(|column| (column, self.telling(key, column))))
    }

    fn telling(&self, key: usize, column: usize) -> f64 {
        let settle = self.settle(Some(key), column);
        if settle.support >= 5 {
            settle.beyond_chance
        } else {
            0.0
        }
    }

    /// Another key that settles this one and is settled by it.
    fn is_alias(&self, a: usize, b: usize) -> bool {
        let (there, back) = (self.settle(Some(a), b), self.settle(Some(b), a));
        let distinct = |key| {
            self.facts
                .column(key)
                .map_or(0, super::super::relations::Fact::distinct) as f64
        };
        let (x, y) = (distinct(a), distinct(b));
        x.max(y) <= 1.02 * x.min(y)
            && there.support >= 3
            && back.support >= 3
            && there.share > 0.98
            && back.share > 0.98
    }
}

fn best(scores: impl Iterator<Item = (usize, f64)>) -> (usize, f64) {
    scores.fold(
        (usize::MAX, 0.0),
        |most, next| if next.1 > most.1 { next } else { most },
    )
}

/// One way to assign the three keys.
#[derive(Clone, Copy)]
struct Choice {
    order: Option<usize>,
    customer: usize,
    product: Option<usize>,
    score: f64,
}

/// Assigns order, customer and product; how well the customer's rows hang
/// together, from 0 to 1.
pub(super) fn find(draft: &mut Draft, time: Option<usize>) -> f64 {
    let facts = draft.facts;
    let keys: Vec<usize> = candidates(facts)
        .into_iter()
        .filter(|key| Some(*key) != time)
        .collect();
    let settles = keys
        .iter()
        .map(|key| {
            (0..facts.columns.len())
                .map(|column| facts.settle(*key, column))
                .collect()
        })
        .collect();
    let by_time = keys
        .iter()
        .map(|key| {
            time.map(|time| facts.settle(time, *key))
                .unwrap_or_default()
        })
        .collect();
    let contiguity = keys.iter().map(|key| facts.contiguity(*key)).collect();
    let matrix = Matrix {
        facts,
        keys,
        time,
        settles,
        by_time,
        contiguity,
    };
    let mut choices = all_choices(&matrix);
    choices.sort_by(|a, b| b.score.total_cmp(&a.score));
    let Some(best) = choices.first().copied() else {
        draft.ask(Role::CustomerId, QuestionKind::Missing, None, &[]);
        return 0.0;
    };
    let verdict = Verdict {
        matrix: &matrix,
        best,
        choices: &choices,
    };
    verdict.customer(draft);
    verdict.order(draft);
    verdict.product(draft);
    let repeats = facts
        .column(best.customer)
        .map_or(0.0, |fact| fact.rows_per_value());
    let named = facts.name_score(Role::CustomerId, best.customer);
    ((repeats - 1.0) / 0.3).clamp(0.0, 1.0).max(named * 0.5)
}

fn all_choices(matrix: &Matrix) -> Vec<Choice> {
    let optional = || std::iter::once(None).chain(matrix.keys.iter().copied().map(Some));
    let orders: Vec<(Option<usize>, f64)> = optional()
        .map(|order| (order, order_score(matrix, order)))
        .filter(|(_, score)| score.is_finite())
        .collect();
    let mut out = Vec::new();
    for (order, order_score) in orders {
        for customer in matrix
            .keys
            .iter()
            .copied()
            .filter(|key| Some(*key) != order)
        {
            let customer_score = customer_score(matrix, order, customer);
            if !customer_score.is_finite() {
                continue;
            }
            for product in
                optional().filter(|key| key.is_none() || (*key != order && *key != Some(customer)))
            {
                let score =
                    order_score + customer_score + product_score(matrix, order, customer, product);
                if score.is_finite() {
                    out.push(Choice {
                        order,
                        customer,
                        product,
                        score,
                    });
                }
            }
        }
    }
    out
}

/// What a missing order is worth: a candidate must be better.
const NO_ORDER: f64 = 1.0;
/// What a missing product is worth.
const NO_PRODUCT: f64 = 1.4;
const NEVER: f64 = f64::NEG_INFINITY;

fn order_score(matrix: &Matrix, order: Option<usize>) -> f64 {
    let Some(order) = order else { return NO_ORDER };
    let name = matrix.facts.name_score(Role::OrderId, order);
    let Some(fact) = matrix.facts.column(order) else {
        return NEVER;
    };
    if matrix.is_unique(order) {
        // One row per order, or a number of the line.
        let id_like = !fact.profile.looks.free_text;
        return 3.0 * name + if id_like { 1.1 } else { 0.0 };
    }
    let time = matrix
        .time
        .map_or(0.0, |time| matrix.settle(Some(order), time).beyond_chance);
    if (time < 0.8 && name < 0.6) || fact.rows_per_value() < 1.005 {
        return if name >= 0.6 { 3.0 * name } else { NEVER };
    }
    let missing = fact.profile.missing_share();
    3.0 * name + 2.0 * time - missing + 0.3 * matrix.fineness(order)
}

fn customer_score(matrix: &Matrix, order: Option<usize>, customer: usize) -> f64 {
    let facts = matrix.facts;
    let Some(fact) = facts.column(customer) else {
        return NEVER;
    };
    let name = facts.name_score(Role::CustomerId, customer);
    let mut score = 3.0 * name;
    // Another column is called the customer: whatever the values are like, that
    // one has the better claim.
    let is_beside = name < 0.5
        && (matrix.keys.iter()).any(|key| facts.name_score(Role::CustomerId, *key) >= 0.7);
    score -= if is_beside { 1.5 } else { 0.0 };
    let is_order = facts.is_order_beside_customer(customer);
    let is_number = name < 0.5
        && [Role::Quantity, Role::UnitPrice, Role::Amount]
            .iter()
            .any(|role| facts.name_score(*role, customer) >= 0.6);
    if is_order || is_number || (matrix.is_unique(customer) && name < 0.7) {
        return NEVER;
    }
    if let Some(order) = order.filter(|order| !matrix.is_unique(*order)) {
        let settled = matrix.settle(Some(order), customer);
        if settled.share < 0.9 && name < 0.7 {
            return NEVER;
        }
        score += settled.beyond_chance;
        // As fine as the order itself: another name of the order.
        if matrix.is_alias(order, customer) && name < 0.7 {
            return NEVER;
        }
    }
    if let Some(time) = matrix.time {
        let moment = matrix.settle(Some(customer), time);
        // What settles the moment is an order.
        score -= if moment.support >= 10 && moment.beyond_chance > 0.97 {
            1.0
        } else {
            0.0
        };
        let same_time = matrix.at(&matrix.by_time, customer);
        score += if same_time.support >= 10 {
            same_time.beyond_chance
        } else {
            0.0
        };
    }
    score += 2.0 * matrix.fineness(customer) + matrix.at(&matrix.contiguity, customer);
    score -= matrix.best_number(customer).1;
    score -= if fact.looks_like_quantity() && name < 0.5 {
        0.8
    } else {
        0.0
    };
    score -= if fact.profile.looks.person { 0.3 } else { 0.0 };
    score += if fact.profile.looks.code || fact.profile.kind == Kind::Integer {
        0.2
    } else {
        0.0
    };
    // A price, not a person.
    score -= if fact.profile.looks.money { 0.5 } else { 0.0 };
    score
}

/// Agreement beyond chance, where enough rows speak of it.
fn settled(settle: Settle) -> f64 {
    if settle.support >= 5 {
        settle.beyond_chance
    } else {
        0.0
    }
}

/// Whether most values are several words.
fn has_words(fact: &super::super::relations::Fact) -> bool {
    let head = fact.values.get(..100).unwrap_or(fact.values);
    head.iter().filter(|value| value.contains(' ')).count() * 2 > head.len()
}

fn product_score(
    matrix: &Matrix,
    order: Option<usize>,
    customer: usize,
    product: Option<usize>,
) -> f64 {
    let Some(product) = product else {
        return NO_PRODUCT;
    };
    let facts = matrix.facts;
    let Some(fact) = facts.column(product) else {
        return NEVER;
    };
    let name = facts.name_score(Role::ProductId, product);
    let by_customer = settled(matrix.settle(Some(customer), product));
    let priced = matrix.best_number(product).1;
    let (text, described) = matrix.best_text(product);
    // A text that the customer settles too says nothing of products.
    let described = if described > 0.0 && settled(matrix.settle(Some(customer), text)) > SETTLED {
        0.0
    } else {
        described
    };
    let line_order = order.filter(|order| !matrix.is_unique(*order));
    if matrix.is_unique(product) && name < 0.7 {
        return NEVER;
    }
    if name < 0.6 {
        let aside = line_order.map_or(by_customer, |order| {
            settled(matrix.settle(Some(order), product))
        });
        // Without an order to set it apart, many long values are enough.
        let many = order.is_none() && !fact.looks_like_quantity() && fact.distinct() >= 20;
        let evidence = priced >= 0.4 || described >= 0.6 || many;
        let unlikely = order.is_some() && line_order.is_none() && priced < 0.4;
        if aside > SETTLED || by_customer > SETTLED || !evidence || unlikely {
            return NEVER;
        }
    }
    let mut score = 3.0 * name + priced + 0.5 * described;
    score +=
        0.5 * (1.0 - line_order.map_or(0.0, |order| settled(matrix.settle(Some(order), product))));
    score += 0.5 * (1.0 - settled(matrix.at(&matrix.by_time, product)));
    score += 0.3 * (1.0 - by_customer) + 0.5 * matrix.fineness(product);
    let words = has_words(fact);
    score -= if words && name < 0.7 { 0.5 } else { 0.0 };
    score -= if fact.looks_like_quantity() && name < 0.5 {
        0.6
    } else {
        0.0
    };
    score
}

/// How the best choice becomes roles, reasons and questions.
struct Verdict<'m, 'f, 'p> {
    matrix: &'m Matrix<'f, 'p>,
    best: Choice,
    choices: &'m [Choice],
}

impl Verdict<'_, '_, '_> {
    fn name_of(&self, column: usize) -> String {
        let fact = self.matrix.facts.column(column);
        fact.map_or_else(String::new, |fact| fact.profile.name.clone())
    }

    /// The best choice that differs so from the one taken.
    fn rival(&self, differs: impl Fn(&Choice) -> bool) -> Option<Choice> {
        self.choices.iter().copied().find(|choice| differs(choice))
    }

    /// By how much that one is worse.
    fn margin(&self, differs: impl Fn(&Choice) -> bool) -> f64 {
        self.rival(differs)
            .map_or(3.0, |choice| self.best.score - choice.score)
    }

    fn confidence(&self, role: Role, column: usize, margin: f64) -> f64 {
        let facts = self.matrix.facts;
        let few = if facts.rows < super::ROWS_FEW {
            0.3
        } else {
            0.0
        };
        0.45 + 0.35 * facts.name_score(role, column) + 0.35 * (margin / 0.8).clamp(0.0, 1.0) - few
    }

    fn repeats(&self, column: usize) -> Reason {
        let fact = self.matrix.facts.column(column);
        Reason::Repeats {
            rows_per_value: fact.map_or(0.0, |fact| fact.rows_per_value()),
        }
    }

    fn customer(&self, draft: &mut Draft) {
        let (role, customer, matrix) = (Role::CustomerId, self.best.customer, self.matrix);
        let other = |choice: &Choice| choice.customer != customer;
        let margin =
            self.margin(|choice| other(choice) && !matrix.is_alias(choice.customer, customer));
        let mut reasons = vec![self.repeats(customer)];
        if let Some(order) = self.best.order.filter(|order| !matrix.is_unique(*order)) {
            let share = matrix.settle(Some(order), customer).share;
            reasons.push(Reason::SettledBy {
                column: self.name_of(order),
                share,
            });
        }
        draft.assign(
            role,
            customer,
            self.confidence(role, customer, margin),
            reasons,
        );
        let is_alias = |key: &usize| {
            *key != customer && Some(*key) != self.best.order && matrix.is_alias(*key, customer)
        };
        let aliases: Vec<usize> = matrix.keys.iter().copied().filter(is_alias).collect();
        if !aliases.is_empty() {
            draft.ask(role, QuestionKind::OneToOne, Some(customer), &aliases);
        } else if margin < 0.25
            && let Some(other) = self.rival(other)
        {
            draft.ask(
                role,
                QuestionKind::Alternatives,
                Some(customer),
                &[other.customer],
            );
        }
    }

    fn order(&self, draft: &mut Draft) {
        let Some(order) = self.best.order else { return };
        let margin = self.margin(|choice| choice.order != self.best.order);
        let reason = match self.matrix.time {
            _ if self.matrix.is_unique(order) => Reason::Unique,
            Some(time) => {
                let share = self.matrix.settle(Some(order), time).share;
                Reason::Settles {
                    column: self.name_of(time),
                    share,
                }
            }
            None => self.repeats(order),
        };
        draft.assign(
            Role::OrderId,
            order,
            self.confidence(Role::OrderId, order, margin),
            vec![reason],
        );
    }

    fn product(&self, draft: &mut Draft) {
        let Some(product) = self.best.product else {
            return;
        };
        let other = |choice: &Choice| choice.product != self.best.product;
        let margin = self.margin(other);
        let (number, priced) = self.matrix.best_number(product);
        let (text, described) = self.matrix.best_text(product);
        let (column, share) = if priced >= 0.4 {
            (number, priced)
        } else {
            (text, described)
        };
        let mut reasons = Vec::new();
        if share > 0.4 {
            reasons.push(Reason::Settles {
                column: self.name_of(column),
                share,
            });
        }
        draft.assign(
            Role::ProductId,
            product,
            self.confidence(Role::ProductId, product, margin),
            reasons,
        );
        if margin < 0.2
            && let Some(other) = self.rival(other).and_then(|choice| choice.product)
        {
            draft.ask(
                Role::ProductId,
                QuestionKind::Alternatives,
                Some(product),
                &[other],
            );
        }
    }
}
