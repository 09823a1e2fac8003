//! Events: what is found as for order lines, but for the money, and which column
//! says what happened.

use super::super::infer::Kind;
use super::orders::Draft;
use super::relations::{Fact, Facts};
use super::{Guess, Question, QuestionKind, Reason, Role, TableKind};

/// Different names of events, at most.
const NAMES_MAX: usize = 200;
/// Words for what customers do, in small letters, without signs.
#[rustfmt::skip]
const EVENT_WORDS: &[&str] = &[
    "pv", "view", "pageview", "pageviews", "page", "screen", "screenview", "click", "clicks", "tap", "impression", "scroll", "search", "visit",
    "buy", "purchase", "purchased", "order", "ordercompleted", "checkout", "pay", "payment", "cart", "addtocart", "removefromcart", "fav", "favorite", "wishlist", "like", "share",
    "comment", "rate", "review", "login", "logout", "signin", "signup", "register", "install", "uninstall", "open", "close", "start", "stop", "play", "pause", "resume", "skip", "watch",
    "listen", "download", "upload", "read", "send", "receive", "call", "sms", "refund", "return", "topup", "recharge", "redeem", "subscribe", "unsubscribe", "session", "sessionstart", "identify", "track",
    "get", "post", "put", "delete", "head",
    "浏览", "点击", "曝光", "搜索", "访问", "购买", "下单", "支付", "付款", "加购", "加入购物车", "购物车", "收藏", "喜欢", "分享", "评论", "登录", "登陆", "注册", "退出", "安装", "卸载", "打开", "播放", "下载", "充值", "退款", "签到", "领券", "关注",
];
/// Those of them that say that something was bought.
#[rustfmt::skip]
const PURCHASE_WORDS: &[&str] = &[
    "buy", "bought", "purchase", "purchased", "ordercompleted", "pay", "payment", "paid", "transaction", "sale",
    "购买", "下单", "支付", "付款", "成交",
];
/// Parts that events do not have.
const NOT_OF_EVENTS: [Role; 7] = [
    Role::OrderId,
    Role::Quantity,
    Role::UnitPrice,
    Role::Amount,
    Role::Cost,
    Role::Discount,
    Role::ProductTrait,
];

/// Makes a table of events of what was found as order lines.
pub(super) fn guess(mut draft: Draft<'_, '_>, structure: f64) -> Guess {
    let order = draft.column(Role::OrderId);
    draft
        .taken
        .retain(|(role, _)| !NOT_OF_EVENTS.contains(role));
    draft
        .roles
        .retain(|guess| !NOT_OF_EVENTS.contains(&guess.role));
    let is_asked = |question: &Question| !NOT_OF_EVENTS.contains(&question.role);
    draft.unsure.retain(is_asked);
    give_up_customer(&mut draft);
    find_name(&mut draft);
    find_id(&mut draft, order);
    let has = |role| draft.column(role).is_some();
    let mut confidence = 0.05;
    for (is_there, weight) in [
        (has(Role::Time), 0.3),
        (has(Role::CustomerId), 0.3 * structure),
        (has(Role::ProductId), 0.15),
        (has(Role::EventName), 0.15),
    ] {
        confidence += if is_there { weight } else { 0.0 };
    }
    if !has(Role::Time) {
        confidence *= 0.5;
    }
    Guess {
        kind: TableKind::Events,
        kind_confidence: confidence,
        purchases: purchases(&draft),
        roles: draft.roles,
        lost_when: None,
        value_amount: None,
        value_amount_per: None,
        relative_days: false,
        unsure: draft.unsure,
    }
}

/// Whether a column has mostly words for what customers do.
pub(super) fn has_words(facts: &Facts<'_>) -> bool {
    facts.columns.iter().any(|fact| known_share(fact) >= 0.5)
}

/// What is called an event, or holds names of events, is no customer.
fn give_up_customer(draft: &mut Draft<'_, '_>) {
    let Some(column) = draft.column(Role::CustomerId) else {
        return;
    };
    let facts = draft.facts;
    let share = facts.column(column).map_or(0.0, known_share);
    let is_name = facts.name_score(Role::CustomerId, column) < 0.5
        && (facts.name_score(Role::EventName, column) >= 0.9 || share >= 0.5);
    if is_name {
        draft.taken.retain(|(role, _)| *role != Role::CustomerId);
        draft.roles.retain(|guess| guess.role != Role::CustomerId);
        draft
            .unsure
            .retain(|question| question.role != Role::CustomerId);
        draft.ask(Role::CustomerId, QuestionKind::Missing, None, &[]);
    }
}

/// The column that says what happened: by its name, by its words, or as the only
/// one of few texts that neither the customer nor the product settles.
fn find_name(draft: &mut Draft<'_, '_>) {
    let mut scored: Vec<(f64, usize, Reason)> = (0..draft.facts.columns.len())
        .filter_map(|column| {
            let (score, reason) = name_score(draft, column)?;
            Some((score, column, reason))
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut scored = scored.into_iter();
    let Some((score, column, reason)) = scored.next() else {
        return;
    };
    draft.assign(Role::EventName, column, 0.35 + 0.6 * score, vec![reason]);
    let near: Vec<usize> = scored
        .filter(|(other, ..)| score - other < 0.2)
        .map(|(_, column, _)| column)
        .collect();
    if !near.is_empty() {
        draft.ask(
            Role::EventName,
            QuestionKind::Alternatives,
            Some(column),
            &near,
        );
    }
}

/// How well a column fits as names of events, from 0 to 1, and why; none where
/// it cannot be one.
fn name_score(draft: &Draft<'_, '_>, column: usize) -> Option<(f64, Reason)> {
    let facts = draft.facts;
    let fact = facts.column(column)?;
    let named = facts.name_score(Role::EventName, column);
    let is_few = (2..=NAMES_MAX).contains(&fact.distinct())
        && (fact.distinct() * 5 <= fact.present() || named >= 0.9);
    let is_taken = draft.is_taken(column);
    if is_taken || !is_few || fact.profile.kind != Kind::Text || fact.profile.looks.free_text {
        return None;
    }
    let is_settled = |role| {
        let key: Option<usize> = draft.column(role);
        key.is_some_and(|key| {
            let settle = facts.settle(key, column);
            settle.support >= 5 && settle.beyond_chance > 0.9
        })
    };
    if named < 0.9 && (is_settled(Role::CustomerId) || is_settled(Role::ProductId)) {
        return None;
    }
    let share = known_share(fact);
    let reason = match share {
        share if share >= 0.3 => Reason::NamesEvents { share },
        _ => Reason::FewTexts,
    };
    Some(((0.1 + 0.6 * named + 0.7 * share).min(1.0), reason))
}

/// Share of the different values that are words for what customers do.
fn known_share(fact: &Fact<'_>) -> f64 {
    let known = fact.values.iter().filter(|value| is_of(value, EVENT_WORDS));
    known.count() as f64 / fact.values.len().max(1) as f64
}

/// Whether a value is one of the words, but for signs and capitals.
fn is_of(value: &str, words: &[&str]) -> bool {
    let letters = value.chars().filter(|letter| letter.is_alphanumeric());
    let plain: String = letters.flat_map(char::to_lowercase).collect();
    words.contains(&plain.as_str())
}

/// The names that say that something was bought.
fn purchases(draft: &Draft<'_, '_>) -> Vec<String> {
    let fact = draft.column(Role::EventName);
    let values = fact.and_then(|column| Some(&draft.facts.column(column)?.values));
    let mut found: Vec<String> = (values.into_iter().flat_map(|values| values.iter()))
        .filter(|value| is_of(value, PURCHASE_WORDS))
        .cloned()
        .collect();
    found.sort();
    found
}

/// The event's own id: a column named so, or one that was found to identify each
/// row.
fn find_id(draft: &mut Draft<'_, '_>, order: Option<usize>) {
    let facts = draft.facts;
    let is_unique = |column: usize| {
        !draft.is_taken(column) && facts.column(column).is_some_and(Fact::is_unique)
    };
    let found = facts
        .best_named(Role::MessageId, 0.6, is_unique)
        .map(|(column, _)| column)
        .or(order.filter(|column| is_unique(*column)));
    if let Some(column) = found {
        draft.assign(Role::MessageId, column, 0.7, vec![Reason::Unique]);
    }
}
