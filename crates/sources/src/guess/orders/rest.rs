//! The columns beside the keys and the money: cost, discount, channel, traits
//! of the customer or the product, and what identifies a person.

use super::super::super::infer::Kind;
use super::super::relations::Facts;
use super::super::{Reason, Role};
use super::Draft;

/// Assigns what can be said of the remaining columns.
pub(super) fn find(draft: &mut Draft) {
    for role in [Role::Cost, Role::Discount, Role::Channel] {
        let number = role != Role::Channel;
        let fits = |column: usize| {
            !draft.is_taken(column)
                && draft.facts.column(column).is_some_and(|fact| {
                    fact.profile.kind.is_number() == number && fact.distinct() > 0
                })
        };
        if let Some((column, score)) = draft.facts.best_named(role, 0.6, fits) {
            draft.assign(role, column, 0.5 + 0.45 * score, Vec::new());
        }
    }
    cost_by_value(draft);
    channel_by_value(draft);
    for column in 0..draft.facts.columns.len() {
        if !draft.is_taken(column) {
            describe(draft, column);
        }
    }
}

/// A number that the product settles and that stays below the price.
fn cost_by_value(draft: &mut Draft) {
    let (Some(product), Some(price), None) = (
        draft.column(Role::ProductId),
        draft.column(Role::UnitPrice),
        draft.column(Role::Cost),
    ) else {
        return;
    };
    let facts = draft.facts;
    let found = (0..facts.columns.len()).find(|column| {
        let Some(fact) = facts.column(*column) else {
            return false;
        };
        let settled = facts.settle(product, *column);
        !draft.is_taken(*column)
            && matches!(fact.profile.kind, Kind::Decimal { .. })
            && settled.support >= 10
            && settled.beyond_chance > 0.9
            && fact.share_zero() < 0.2
            && facts.at_most(*column, price) > 0.95
    });
    if let Some(column) = found {
        let settled = facts.settle(product, column).share;
        let reason = Reason::SettledBy {
            column: draft.name(product),
            share: settled,
        };
        draft.assign(Role::Cost, column, 0.5, vec![reason]);
    }
}

/// Few values, most of them words for places to buy at.
fn channel_by_value(draft: &mut Draft) {
    const WORDS: [&str; 22] = [
        "web",
        "website",
        "online",
        "app",
        "mobile",
        "phone",
        "telephone",
        "store",
        "shop",
        "retail",
        "offline",
        "email",
        "mail",
        "post",
        "pos",
        "catalog",
        "线上",
        "线下",
        "门店",
        "网店",
        "小程序",
        "电话",
    ];
    if draft.column(Role::Channel).is_some() {
        return;
    }
    let facts = draft.facts;
    let found = (0..facts.columns.len()).find(|column| {
        let Some(fact) = facts.column(*column) else {
            return false;
        };
        let known = fact
            .values
            .iter()
            .filter(|value| WORDS.contains(&value.to_lowercase().as_str()))
            .count();
        !draft.is_taken(*column)
            && fact.profile.kind == Kind::Text
            && (2..=12).contains(&fact.distinct())
            && known * 2 >= fact.distinct()
    });
    if let Some(column) = found {
        draft.assign(Role::Channel, column, 0.65, Vec::new());
    }
}

/// A personal column, a trait of the customer or one of the product.
fn describe(draft: &mut Draft, column: usize) {
    let facts = draft.facts;
    let Some(fact) = facts.column(column) else {
        return;
    };
    if fact.distinct() == 0 {
        return;
    }
    if let Some(confidence) = personal(facts, column) {
        draft.assign(
            Role::Personal,
            column,
            confidence,
            vec![Reason::LooksPersonal],
        );
        return;
    }
    let settled = |role| {
        let key: Option<usize> = draft.column(role);
        key.map(|key| (key, facts.settle(key, column)))
            .filter(|(_, settle)| settle.support >= 5)
    };
    let by_customer = settled(Role::CustomerId);
    let by_product = settled(Role::ProductId);
    if by_customer.is_some_and(|(key, settle)| {
        settle.beyond_chance > 0.95 && names_the_same(facts, key, column)
    }) {
        // Another name of the customer: it says nothing of them, and kept in
        // clear it would say who they are.
        return;
    }
    let customer_share = by_customer.map_or(0.0, |(_, s)| s.beyond_chance);
    let product_share = by_product.map_or(0.0, |(_, s)| s.beyond_chance);
    let product_named = facts.name_score(Role::ProductTrait, column);
    if let Some((key, settle)) = by_customer
        && customer_share > 0.95
        && customer_share >= product_share
        && product_named < 0.8
    {
        let reason = Reason::SettledBy {
            column: draft.name(key),
            share: settle.share,
        };
        draft.assign(
            Role::Trait,
            column,
            0.5 + 0.45 * customer_share,
            vec![reason],
        );
    } else if let Some((key, settle)) = by_product
        && (product_share > 0.8 || (product_named >= 0.5 && product_share > 0.3))
    {
        let reason = Reason::SettledBy {
            column: draft.name(key),
            share: settle.share,
        };
        draft.assign(
            Role::ProductTrait,
            column,
            0.5 + 0.45 * product_share,
            vec![reason],
        );
    }
}

/// Whether nearly every customer has a value of their own in `column`.
fn names_the_same(facts: &Facts, customer: usize, column: usize) -> bool {
    const CUSTOMERS_MIN: usize = 20;
    let distinct = |at| facts.column(at).map_or(0, |fact| fact.distinct());
    let customers = distinct(customer);
    customers >= CUSTOMERS_MIN && distinct(column) * 10 >= customers * 9
}

/// How sure it is that a column identifies persons directly, if it does.
pub(crate) fn personal(facts: &Facts, column: usize) -> Option<f64> {
    let fact = facts.column(column)?;
    let looks = fact.profile.looks;
    let named = facts.name_score(Role::Personal, column);
    if looks.email || looks.phone {
        return Some(0.95);
    }
    // A telephone or address column holds text or long numbers, not flags.
    let varied = fact.distinct() > 5 && fact.distinct() * 20 > fact.present();
    let bare =
        fact.profile.kind.is_number() && !fact.values.iter().take(20).any(|value| value.len() >= 6);
    if named >= 0.85 && varied && !bare && fact.profile.kind.time_format().is_none() {
        return Some(0.9);
    }
    if looks.person && (named >= 0.5 || fact.distinct() > 20) {
        return Some(if named >= 0.5 { 0.9 } else { 0.6 });
    }
    None
}
