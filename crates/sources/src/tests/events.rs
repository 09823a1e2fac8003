//! Which files are events, and which column says what happened.

use super::super::{Role, TableKind};
use super::shop::csv;
use super::{Lcg, guessed};

/// Clicks of `people`, as columns: who, what, item, group of items, seconds.
fn clicks(people: u64, rows: usize, names: [&str; 4]) -> Vec<Vec<String>> {
    let mut random = Lcg(11);
    (0..rows)
        .map(|_| {
            let item = random.below(400);
            let what = names[[0, 0, 0, 0, 0, 1, 2, 3][random.below(8) as usize]];
            vec![
                (100_000 + random.below(people) * 37).to_string(),
                what.to_owned(),
                (5_000 + item * 11).to_string(),
                (4_000_000 + item % 23 * 9_973).to_string(),
                (1_511_500_000 + random.below(800_000)).to_string(),
            ]
        })
        .collect()
}

#[test]
fn clicks_are_events_whatever_their_headers_and_words() {
    let telling = [
        "user_id",
        "behavior_type",
        "item_id",
        "item_category",
        "timestamp",
    ];
    let silent = ["k1", "k2", "k3", "k4", "k5"];
    let words = [
        (["pv", "cart", "fav", "buy"], vec!["buy"]),
        (["浏览", "加购", "收藏", "购买"], vec!["购买"]),
        (["play", "pause", "skip", "like"], vec![]),
    ];
    for (names, purchases) in words {
        let rows = clicks(60, 3_000, names);
        for (headers, customer, name) in
            [(telling, "user_id", "behavior_type"), (silent, "k1", "k2")]
        {
            let guess = guessed(&csv(&rows, &[0, 1, 2, 3, 4], &headers));
            assert_eq!(guess.kind, TableKind::Events, "{headers:?} {names:?}");
            assert_eq!(guess.column(Role::CustomerId), Some(customer));
            assert_eq!(guess.column(Role::EventName), Some(name));
            assert_eq!(guess.column(Role::Time), Some(headers[4]));
            assert_eq!(guess.column(Role::ProductId), Some(headers[2]));
            assert_eq!(guess.column(Role::OrderId), None);
            assert_eq!(guess.purchases, purchases, "{headers:?}");
        }
    }
}

#[test]
fn a_short_number_of_a_category_is_no_price() {
    let numbered = |names| {
        let mut rows = clicks(60, 3_000, names);
        for row in &mut rows {
            let item: u64 = row[2].parse().unwrap();
            row[3] = (4_000 + item % 29).to_string();
        }
        rows
    };
    let telling = ["user_id", "what", "item_id", "category_id", "ts"];
    let chinese = ["用户编号", "行为", "商品编号", "类目编号", "时间"];
    let silent = ["k1", "k2", "k3", "k4", "k5"];
    for headers in [telling, chinese, silent] {
        let guess = guessed(&csv(
            &numbered(["pv", "cart", "fav", "buy"]),
            &[0, 1, 2, 3, 4],
            &headers,
        ));
        assert_eq!(guess.kind, TableKind::Events, "{headers:?}");
        assert_eq!(guess.column(Role::EventName), Some(headers[1]));
        assert_eq!(guess.column(Role::ProductId), Some(headers[2]));
    }
    // Whatever the words for what was done, the name says that it is no price.
    let other = numbered(["a", "b", "c", "d"]);
    let guess = guessed(&csv(&other, &[0, 1, 2, 3, 4], &telling));
    assert_eq!(guess.column(Role::UnitPrice), None);
    assert_eq!(guess.kind, TableKind::Events);
    // A price by its name is money, also in whole numbers beside such words.
    let priced = ["user_id", "what", "item_id", "price", "ts"];
    let rows = numbered(["pv", "cart", "fav", "buy"]);
    let guess = guessed(&csv(&rows, &[0, 1, 2, 3, 4], &priced));
    assert_eq!(guess.column(Role::UnitPrice), Some("price"));
}

#[test]
fn texts_that_the_customer_settles_are_no_names_of_events() {
    let rows: Vec<Vec<String>> = clicks(60, 2_000, ["a", "b", "c", "d"])
        .into_iter()
        .map(|mut row| {
            let person: u64 = row[0].parse().unwrap();
            row[1] = ["north", "south", "east"][(person / 37 % 3) as usize].to_owned();
            row
        })
        .collect();
    let guess = guessed(&csv(
        &rows,
        &[0, 1, 2, 3, 4],
        &["k1", "k2", "k3", "k4", "k5"],
    ));
    assert_eq!(guess.kind, TableKind::Events);
    assert_eq!(guess.column(Role::EventName), None);
    assert_eq!(guess.columns(Role::Trait), ["k2"]);
}
