//! Quantity, unit price and amount among columns of numbers.

use super::super::super::infer::Kind;
use super::super::relations::Facts;
use super::super::{QuestionKind, Reason, Role};
use super::Draft;

/// Columns weighed, at most.
const NUMBERS_MAX: usize = 10;
/// Share of rows in which an amount equals quantity times price.
const PRODUCT_SHARE: f64 = 0.85;

#[derive(Clone, Copy)]
struct Choice {
    quantity: Option<usize>,
    price: Option<usize>,
    amount: Option<usize>,
    score: f64,
}

/// Assigns quantity, unit price and amount.
pub(super) fn find(draft: &mut Draft) {
    let numbers = numbers(draft);
    let weigh = Weigh {
        facts: draft.facts,
        product: draft.column(Role::ProductId),
        customer: draft.column(Role::CustomerId),
    };
    let optional = || std::iter::once(None).chain(numbers.iter().copied().map(Some));
    let mut choices = Vec::new();
    for quantity in optional() {
        let first = weigh.quantity(quantity);
        for price in optional().filter(|price| price.is_none() || *price != quantity) {
            let second = weigh.price(price);
            for amount in optional()
                .filter(|amount| amount.is_none() || (*amount != quantity && *amount != price))
            {
                let score = first + second + weigh.amount(amount, quantity, price);
                choices.push(Choice {
                    quantity,
                    price,
                    amount,
                    score,
                });
            }
        }
    }
    choices.sort_by(|a, b| b.score.total_cmp(&a.score));
    let Some(best) = choices.first().copied() else {
        return;
    };
    let verdict = Verdict {
        facts: draft.facts,
        product: draft.column(Role::ProductId),
        best,
        choices: &choices,
    };
    verdict.quantity(draft);
    verdict.price(draft);
    verdict.amount(draft);
}

/// Columns of numbers without a role, those with telling names first.
fn numbers(draft: &Draft) -> Vec<usize> {
    let facts = draft.facts;
    let customer = draft.column(Role::CustomerId);
    let mut numbers: Vec<(f64, usize)> = (0..facts.columns.len())
        .filter(|column| !draft.is_taken(*column))
        .filter_map(|column| {
            let fact = facts.column(column)?;
            let named = [Role::Quantity, Role::UnitPrice, Role::Amount]
                .iter()
                .map(|role| facts.name_score(*role, column))
                .fold(0.0, f64::max);
            // A category of products can be a number; it is no price.
            let other = [Role::Cost, Role::Discount, Role::ProductTrait]
                .iter()
                .map(|role| facts.name_score(*role, column))
                .fold(0.0, f64::max);
            // What the customer settles is a trait, such as an age.
            let settled = customer
                .map(|customer| facts.settle(customer, column))
                .unwrap_or_default();
            let is_trait = settled.support >= 10 && settled.beyond_chance > 0.97;
            let fits = fact.profile.kind.is_number()
                && (fact.distinct() > 2 || named >= 0.8 || facts.rows < 10);
            // `category_id` is no price, however well a product settles it.
            let is_other = other >= 0.8 || (other >= 0.5 && named < 0.5);
            (fits && !is_other && (!is_trait || named >= 0.8)).then_some((named, column))
        })
        .collect();
    numbers.sort_by(|a, b| b.0.total_cmp(&a.0));
    numbers.truncate(NUMBERS_MAX);
    numbers.into_iter().map(|(_, column)| column).collect()
}

struct Weigh<'f, 'p> {
    facts: &'f Facts<'p>,
    product: Option<usize>,
    customer: Option<usize>,
}

/// What a missing role is worth: a candidate must be better.
const NO_QUANTITY: f64 = 0.7;
const NO_PRICE: f64 = 0.9;
const NO_AMOUNT: f64 = 0.75;

impl Weigh<'_, '_> {
    fn by_product(&self, column: usize) -> f64 {
        let settled = self
            .product
            .map(|product| self.facts.settle(product, column))
            .unwrap_or_default();
        if settled.support >= 5 {
            settled.beyond_chance
        } else {
            0.0
        }
    }

    fn quantity(&self, column: Option<usize>) -> f64 {
        let Some((column, fact)) = column.and_then(|c| Some((c, self.facts.column(c)?))) else {
            return NO_QUANTITY;
        };
        let whole = if fact.profile.kind == Kind::Integer {
            0.5
        } else {
            -0.8
        };
        let small = if fact.looks_like_quantity() {
            0.7
        } else {
            -0.3
        };
        3.0 * self.facts.name_score(Role::Quantity, column) + whole + small
            - 0.6 * self.by_product(column)
    }

    fn price(&self, column: Option<usize>) -> f64 {
        let Some((column, fact)) = column.and_then(|c| Some((c, self.facts.column(c)?))) else {
            return NO_PRICE;
        };
        let name = self.facts.name_score(Role::UnitPrice, column);
        // Whole numbers that a product settles are as often its category, all
        // the more so when they are long.
        let shape = match fact.profile.kind {
            Kind::Decimal { .. } => 0.3,
            _ if name < 0.5 && fact.median() >= 100_000.0 => -1.5,
            _ => -0.3,
        };
        let positive = if fact.share_negative() < 0.001 {
            0.2
        } else {
            -0.2
        };
        let telling = if fact.distinct() > 4 {
            self.by_product(column)
        } else {
            0.0
        };
        3.0 * name + shape + positive + 1.5 * telling
    }

    fn amount(&self, column: Option<usize>, quantity: Option<usize>, price: Option<usize>) -> f64 {
        let Some((column, fact)) = column.and_then(|c| Some((c, self.facts.column(c)?))) else {
            return NO_AMOUNT;
        };
        let decimal = if matches!(fact.profile.kind, Kind::Decimal { .. }) {
            0.5
        } else {
            0.0
        };
        let money = if fact.profile.looks.money { 0.3 } else { 0.0 };
        let moves = quantity.map_or(0.0, |quantity| {
            self.facts.correlation(quantity, column).max(0.0)
        });
        let free = if self.product.is_some() {
            -0.8 * self.by_product(column)
        } else {
            0.0
        };
        let product = match (quantity, price) {
            (Some(quantity), Some(price))
                if self.facts.is_product(quantity, price, column) >= PRODUCT_SHARE =>
            {
                4.0
            }
            _ => 0.0,
        };
        let varied = if fact.distinct() >= 10 || self.facts.rows < 30 {
            0.0
        } else {
            -0.5
        };
        let rating = if self.customer.is_some() && fact.looks_like_quantity() {
            -0.5
        } else {
            0.0
        };
        3.0 * self.facts.name_score(Role::Amount, column)
            + decimal
            + money
            + moves
            + free
            + product
            + varied
            + rating
    }
}

/// How the best choice becomes roles, reasons and questions.
struct Verdict<'m, 'f, 'p> {
    facts: &'f Facts<'p>,
    product: Option<usize>,
    best: Choice,
    choices: &'m [Choice],
}

impl Verdict<'_, '_, '_> {
    fn name_of(&self, column: usize) -> String {
        let fact = self.facts.column(column);
        fact.map_or_else(String::new, |fact| fact.profile.name.clone())
    }

    /// How sure, by the name and by how much worse the best other choice is.
    fn confidence(&self, role: Role, column: usize, differs: impl Fn(&Choice) -> bool) -> f64 {
        let rival = self.choices.iter().find(|choice| differs(choice));
        let margin = rival.map_or(2.0, |choice| self.best.score - choice.score);
        0.4 + 0.35 * self.facts.name_score(role, column) + 0.4 * (margin / 0.8).clamp(0.0, 1.0)
    }

    fn quantity(&self, draft: &mut Draft) {
        let Some(quantity) = self.best.quantity else {
            return;
        };
        let confidence = self.confidence(Role::Quantity, quantity, |choice| {
            choice.quantity != self.best.quantity
        });
        let small = self
            .facts
            .column(quantity)
            .is_some_and(|fact| fact.looks_like_quantity());
        let reasons = if small {
            vec![Reason::SmallWholeNumbers]
        } else {
            Vec::new()
        };
        draft.assign(Role::Quantity, quantity, confidence, reasons);
    }

    fn price(&self, draft: &mut Draft) {
        let Some(price) = self.best.price else { return };
        let confidence = self.confidence(Role::UnitPrice, price, |choice| {
            choice.price != self.best.price
        });
        let settled = self
            .product
            .map(|product| (product, self.facts.settle(product, price)));
        let reason = match settled {
            Some((product, settle)) if settle.beyond_chance > 0.3 => Reason::SettledBy {
                column: self.name_of(product),
                share: settle.share,
            },
            _ => Reason::Money,
        };
        draft.assign(Role::UnitPrice, price, confidence, vec![reason]);
    }

    fn amount(&self, draft: &mut Draft) {
        let Some(amount) = self.best.amount else {
            if self.best.price.is_none() {
                draft.ask(Role::Amount, QuestionKind::Missing, None, &[]);
            }
            return;
        };
        let facts = self.facts;
        let confidence = self.confidence(Role::Amount, amount, |choice| {
            choice.amount != self.best.amount
        });
        let factors = self.best.quantity.zip(self.best.price);
        let identity = factors.map(|(q, p)| (q, p, facts.is_product(q, p, amount)));
        let identity = identity.filter(|(_, _, share)| *share >= PRODUCT_SHARE);
        let moves = self
            .best
            .quantity
            .map(|quantity| (quantity, facts.correlation(quantity, amount)));
        let reason = match (identity, moves) {
            (Some((q, p, share)), _) => Reason::ProductOf {
                columns: [self.name_of(q), self.name_of(p)],
                share,
            },
            (None, Some((quantity, correlation))) if correlation > 0.2 => Reason::Correlates {
                column: self.name_of(quantity),
                correlation,
            },
            _ => Reason::Money,
        };
        draft.assign(Role::Amount, amount, confidence, vec![reason]);
        // It would do as the unit price nearly as well.
        let is_swapped = |choice: &&Choice| {
            choice.amount != self.best.amount && choice.price == self.best.amount
        };
        let swapped = self.choices.iter().find(is_swapped);
        if identity.is_none() && swapped.is_some_and(|choice| self.best.score - choice.score < 0.3)
        {
            draft.ask(Role::Amount, QuestionKind::Weak, Some(amount), &[]);
        }
    }
}
