//! Which purchase a return gives back: the newest earlier one of the same customer
//! and product of which enough is left.

use std::collections::HashMap;

/// Purchases of one product looked back upon for one return.
const LOOKED_BACK_MAX: usize = 10_000;

/// One line of a customer's history. Codes are any numbers that are equal where
/// the texts behind them are; 0 stands for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Line {
    /// The product.
    pub product: u32,
    /// The order.
    pub order: u32,
    /// The order that the file says it gives back.
    pub return_of: u32,
    /// When, UTC microseconds.
    pub time_us: i64,
    /// How many, in any unit; below 0 for a return.
    pub quantity: i64,
}

/// A return and its purchase, by their places among the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The return.
    pub returned: usize,
    /// What it gives back.
    pub bought: usize,
}

/// What is left of a purchase.
struct Left {
    line: usize,
    quantity: i64,
}

/// Links the returns of one customer, whose lines come in the order of time. A
/// return that names an order is linked within that order alone. A purchase must
/// be earlier, and is given back once: what a return took is not left for the
/// next. A return of more than any one purchase has left is not linked.
pub fn link(lines: &[Line]) -> Vec<Link> {
    let mut bought: HashMap<u32, Vec<Left>> = HashMap::new();
    let mut links = Vec::new();
    for (place, line) in lines.iter().enumerate().filter(|(_, l)| l.product != 0) {
        let of_product = bought.entry(line.product).or_default();
        if line.quantity > 0 {
            of_product.push(Left {
                line: place,
                quantity: line.quantity,
            });
            continue;
        }
        let wanted = line.quantity.saturating_neg();
        let fits = |left: &Left| {
            let purchase = &lines[left.line];
            let named = line.return_of == 0 || line.return_of == purchase.order;
            named && purchase.time_us < line.time_us && left.quantity >= wanted
        };
        let newest = of_product.iter().rev().take(LOOKED_BACK_MAX).position(fits);
        let Some(back) = newest.filter(|_| wanted > 0) else {
            continue;
        };
        let at = of_product.len() - 1 - back;
        links.push(Link {
            returned: place,
            bought: of_product[at].line,
        });
        of_product[at].quantity -= wanted;
        if of_product[at].quantity == 0 {
            of_product.remove(at);
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(product: u32, time_us: i64, quantity: i64) -> Line {
        Line {
            product,
            time_us,
            quantity,
            ..Line::default()
        }
    }

    fn pairs(lines: &[Line]) -> Vec<(usize, usize)> {
        link(lines).iter().map(|l| (l.returned, l.bought)).collect()
    }

    #[test]
    fn the_newest_purchase_with_enough_left_is_given_back() {
        let lines = [
            line(1, 10, 5),
            line(1, 20, 2),
            line(2, 25, 9),
            line(1, 30, -2), // the one of time 20, whole
            line(1, 31, -3), // nothing left there: the one of time 10
            line(1, 32, -3), // two are left, three are not
            line(1, 33, -2),
            line(3, 34, -1), // never bought
        ];
        assert_eq!(pairs(&lines), [(3, 1), (4, 0), (6, 0)]);
    }

    #[test]
    fn what_was_bought_at_the_same_moment_or_later_is_not_given_back() {
        let lines = [line(1, 10, -1), line(1, 10, 1), line(1, 12, 4)];
        assert_eq!(pairs(&lines), []);
        assert_eq!(pairs(&[line(0, 1, 4), line(0, 2, -4)]), []);
    }

    #[test]
    fn a_named_order_is_the_only_one_looked_into() {
        let of_order = |order, l: Line| Line { order, ..l };
        let back = Line {
            return_of: 7,
            ..line(1, 30, -1)
        };
        let lines = [
            of_order(7, line(1, 10, 2)),
            of_order(8, line(1, 20, 2)),
            back,
            Line {
                return_of: 9,
                ..back
            },
        ];
        assert_eq!(pairs(&lines), [(2, 0)]);
    }

    /// A second opinion: the rule as a reader would check it, by brute force.
    #[test]
    fn brute_force_finds_the_same() {
        let mut state = 12_345_u64;
        let mut next = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        for _ in 0..200 {
            let mut lines: Vec<Line> = (0..40)
                .map(|_| {
                    let quantity = next(9) as i64 - 3;
                    line(1 + next(3) as u32, next(30) as i64, quantity)
                })
                .collect();
            lines.sort_by_key(|l| l.time_us);
            let mut left: Vec<i64> = lines.iter().map(|l| l.quantity.max(0)).collect();
            let mut expected = Vec::new();
            for (at, back) in lines.iter().enumerate().filter(|(_, l)| l.quantity < 0) {
                let fits = |i: &usize| {
                    let same = lines[*i].product == back.product && lines[*i].quantity > 0;
                    same && lines[*i].time_us < back.time_us && left[*i] >= -back.quantity
                };
                if let Some(i) = (0..at).rev().find(fits) {
                    left[i] += back.quantity;
                    expected.push((at, i));
                }
            }
            assert_eq!(pairs(&lines), expected);
        }
    }
}
