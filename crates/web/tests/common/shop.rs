//! A typical shop, made up.

use jiff::civil::date;
use perennial_web::Text;
use perennial_web::report::*;

/// A typical shop of some 4,300 customers and half a million order lines.
pub fn shop() -> Report {
    Report {
        project: "Corner Shop 街角小店".into(),
        as_of: Some(date(2025, 12, 10).at(0, 0, 0, 0)),
        time_zone: Some("Europe/London".into()),
        run_id: "7f3a9c21d84be05577aa31f0c2e96b4d7f3a9c21d84be05577aa31f0c2e96b4d".into(),
        made_at: date(2025, 12, 10).at(7, 42, 0, 0),
        currency: Some("GBP".into()),
        interval_level: 0.95,
        sources: sources(),
        activity: Activity::Purchases,
        business: Ok(business(1.0)),
        risk: Ok(risk(4_338, 20)),
        actions: Ok(actions()),
        value: Ok(value()),
        trust: Ok(super::trust::trust()),
        features: features(),
        trace: trace(),
    }
}

fn quality() -> Quality {
    let score = |source: &str, score, before, failed| SourceScore {
        source: source.into(),
        score: Some(score),
        before,
        rules: 14,
        failed,
    };
    Quality {
        scores: vec![
            score("orders.csv", 91.4, Some(96.0), 1),
            score("returns.csv", 100.0, None, 0),
        ],
        failed: vec![FailedRule {
            rule: Text::new("missing values", "缺失值"),
            place: "orders.csv: customer_id".into(),
            failed: 250,
            checked: 1_000,
            allowed: 0.05,
            detail: String::new(),
        }],
    }
}

fn sources() -> Sources {
    let period = Some((
        date(2024, 12, 1).at(8, 26, 0, 0),
        date(2025, 12, 9).at(12, 50, 0, 0),
    ));
    let total = |column: &str, total: &str, empty, not_numeric| ColumnTotal {
        column: column.into(),
        total: total.into(),
        empty,
        not_numeric,
    };
    let orders = SourceFile {
        name: "data/orders.csv.gz".into(),
        table: "order_lines".into(),
        rows_read: 541_909,
        rows_kept: 534_129,
        rows_quarantined: 2_512,
        rows_duplicate: 5_268,
        rows_without_customer: Some(133_600),
        period,
        totals: vec![
            total("Quantity", "5176450", 0, 0),
            total("UnitPrice", "2498803.974", 0, 3),
        ],
        quarantined: vec![
            (Text::new("the price is zero", "单价为零"), 2_509),
            (Text::new("the date cannot be read", "日期无法识别"), 3),
        ],
    };
    let returns = SourceFile {
        name: "data/returns-2025.csv".into(),
        rows_read: 9_288,
        rows_kept: 9_251,
        rows_quarantined: 0,
        rows_duplicate: 37,
        rows_without_customer: Some(383),
        totals: Vec::new(),
        quarantined: Vec::new(),
        ..orders.clone()
    };
    Sources {
        files: vec![orders, returns],
        quality: Some(quality()),
        warnings: vec![
            Warning {
                code: "quality/customer-missing".into(),
                message: Text::new(
                    "A quarter of the order lines name no customer.",
                    "四分之一的订单行没有客户标识。",
                ),
                hint: Some(Text::new(
                    "Ask for the loyalty card at the till; until then, figures about customers cover three quarters of revenue.",
                    "请在收银时记录会员卡；在此之前，有关客户的数字只覆盖四分之三的收入。",
                )),
                serious: true,
            },
            Warning {
                code: "quality/outlier".into(),
                message: Text::new(
                    "Two order lines are above 70,000 pieces and were returned within minutes.",
                    "有两行订单超过 7万件，并在几分钟内退货。",
                ),
                hint: None,
                serious: false,
            },
        ],
        customers: 4_338,
    }
}

pub fn business(scale: f64) -> Business {
    let mut sequence = Sequence::new(7);
    let months = (0..25).map(|at| {
        let first_day = date(2023, 12, 1).saturating_add(jiff::Span::new().months(at));
        let season = 1.0 + 0.5 * f64::from(u8::from(first_day.month() >= 10));
        let buyers = (820.0 * scale * season * (0.9 + 0.2 * sequence.next())) as u64;
        Month {
            first_day,
            buyers: if at == 24 { buyers / 3 } else { buyers },
            new: buyers / if at == 24 { 20 } else { 6 },
            came_back: if at < 5 || at == 24 { 0 } else { buyers / 14 },
            ended: None,
            orders: buyers * 8 / 5,
            net_revenue: Some(buyers as f64 * (560.0 + 90.0 * sequence.next())),
            complete: at != 24,
        }
    });
    Business {
        months: months.collect(),
        retention: Ok(Retention {
            from: date(2025, 9, 11),
            until: date(2025, 12, 10),
            at_start: (2_190.0 * scale) as u64,
            kept: (1_362.0 * scale) as u64,
            new: (604.0 * scale) as u64,
            came_back: (287.0 * scale) as u64,
            window_days: 90.0,
            rate: Estimate::between(0.6219, 0.6014, 0.6421),
            rate_before: Some(Estimate::between(0.6482, 0.6270, 0.6689)),
        }),
    }
}

pub fn risk(customers: u64, listed: usize) -> Risk {
    let counts = [0.08, 0.11, 0.13, 0.12, 0.10, 0.09, 0.10, 0.11, 0.10, 0.06];
    let distribution = counts.iter().enumerate().map(|(at, share)| {
        let low = at as f64 / 10.0;
        let n = (customers as f64 * share) as u64;
        let stake = n as f64 * (low + 0.05) * (420.0 - 300.0 * low);
        ProbabilityBin {
            low,
            high: low + 0.1,
            customers: n,
            margin_at_stake: Some(stake),
        }
    });
    Risk {
        lost: LostDefinition::NoPurchase {
            horizon_days: 90.0,
            choice: HorizonChoice::FromRhythm {
                customers: 2_845,
                gap_median_days: 33.0,
                share_of_gaps_within: 0.872,
                candidates: vec![
                    (30.0, 0.47),
                    (60.0, 0.74),
                    (90.0, 0.872),
                    (120.0, 0.931),
                    (180.0, 0.978),
                ],
            },
        },
        customers_scored: customers,
        lost_already: 0,
        customers_at_risk: customers * 37 / 100,
        threshold: 0.6,
        threshold_reason: ThresholdReason::Profit,
        expected_losses: Some(Estimate::between(
            customers as f64 * 0.47,
            customers as f64 * 0.45,
            customers as f64 * 0.49,
        )),
        margin_at_stake: Ok(Estimate::between(184_300.0, 161_200.0, 208_900.0)),
        distribution: distribution.collect(),
        top: at_risk(listed),
        list_files: vec!["at-risk.xlsx".into(), "at-risk.csv".into()],
    }
}

fn actions() -> Actions {
    let frontier = (0..=40).map(|at| {
        let spend = 500.0 * f64::from(at);
        let net = 9_400.0 * (1.0 - (-spend / 3_300.0).exp()) - 0.32 * spend;
        FrontierPoint {
            spend,
            net: Estimate::between(net, 0.45 * net - 0.05 * spend, 1.5 * net + 0.05 * spend),
            customers: (spend / 10.0) as u64,
        }
    });
    let why = Text::new(
        "Of customers like this one, 88 of 100 leave; a voucher that keeps a tenth of them is worth 3.4 times its cost.",
        "这类客户每 100 位会流失 88 位；优惠券若能留住其中一成，收益是成本的 3.4 倍。",
    );
    let top = (0..20).map(|at| {
        let value = 4_000.0 / (1.0 + 0.25 * f64::from(at));
        let cost = if at % 4 == 1 { 25.0 } else { 10.0 };
        Action {
            customer: format!("{:06}", 12_346 + 97 * at * at),
            offer: if at % 4 == 1 {
                "call".into()
            } else {
                "voucher".into()
            },
            channel: Some(if at % 4 == 1 {
                "telephone".into()
            } else {
                "e-mail".into()
            }),
            churn_probability: 0.88,
            value,
            cost,
            net: 0.88 * value * 0.1 - cost,
            why: why.clone(),
        }
    });
    let offer = |name: &str, cost: f64, effect: f64, chosen: u64, net: f64| Offer {
        name: name.into(),
        cost_per_use: cost,
        effect: Estimate::exact(effect),
        effect_measured: false,
        effect_lasts_days: 90.0,
        chosen,
        spend: cost * chosen as f64,
        expected_net: Estimate::between(net, 0.4 * net, 1.6 * net),
    };
    Actions {
        offers: vec![
            offer("voucher", 10.0, 0.10, 387, 4_730.0),
            offer("call", 25.0, 0.18, 43, 1_120.0),
        ],
        budget: Some(5_000.0),
        spend: 4_945.0,
        considered: 4_112,
        lost_already: 0,
        chosen: 430,
        held_out: 23,
        hold_out_share: 0.05,
        test: Some(HoldOutTest {
            expected: 0.077,
            detectable: 0.271,
        }),
        expected_net: Estimate::between(5_850.0, 2_210.0, 9_480.0),
        baseline_churn: 0.714,
        value_horizon_days: 365.0,
        frontier: frontier.collect(),
        top: top.collect(),
        list_files: vec!["actions.xlsx".into(), "actions.csv".into()],
    }
}

fn value() -> Value {
    let curve = (1..=50).map(|at| {
        let x = f64::from(at) / 50.0;
        (x, x.powf(0.22))
    });
    let by = |formula, mean: f64, used| LifetimeValue {
        formula,
        mean: Estimate::between(mean, mean * 0.93, mean * 1.08),
        total: Estimate::between(mean * 4_338.0, mean * 4_034.0, mean * 4_685.0),
        used,
    };
    Value {
        margin_share: 0.30,
        horizon_days: 365.0,
        discount_rate_per_year: 0.10,
        customers: 4_338,
        historic_total: Estimate::exact(2_473_000.0),
        historic_mean: Estimate::exact(570.1),
        lifetime: vec![
            by(LifetimeFormula::PlainSum, 431.0, false),
            by(LifetimeFormula::CompoundingInArrears, 352.0, true),
        ],
        concentration: Some(curve.collect()),
    }
}

fn at_risk(listed: usize) -> Vec<CustomerAtRisk> {
    let mut sequence = Sequence::new(11);
    let reasons = [
        Text::new(
            "silent for 2.8 times the own usual gap",
            "未购买时间是自身通常间隔的 2.8 倍",
        ),
        Text::new(
            "bought 62 % less in the last 90 days than before",
            "近 90 天购买额比此前下降 62%",
        ),
        Text::new("returned 3 of the last 5 orders", "最近 5 笔订单退了 3 笔"),
        Text::new("only one product bought so far", "迄今只买过一种商品"),
    ];
    let top = (0..listed).map(|at| {
        let probability = 0.93 - 0.02 * at as f64 * sequence.next();
        let value = 4_100.0 / (1.0 + 0.3 * at as f64);
        CustomerAtRisk {
            customer: format!("{:06}", 12_346 + 97 * at * at),
            churn_probability: probability,
            value: Some(value),
            margin_at_stake: Some(probability * value),
            silence_days: Some(62.0 + (120.0 * sequence.next()).round()),
            gap_mean_days: (at % 7 != 3).then(|| 9.0 + 20.0 * sequence.next()),
            days_left: None,
            tenure_days: None,
            reasons: reasons
                .iter()
                .cycle()
                .skip(at)
                .take(1 + at % 3)
                .cloned()
                .collect(),
        }
    });
    top.collect()
}

fn features() -> Vec<FeatureDefinition> {
    let all = [
        (
            "silence_days",
            "days",
            "天",
            "days since the last purchase",
            "距上次购买的天数",
        ),
        (
            "orders_365d",
            "orders",
            "笔",
            "orders in the last 365 days",
            "近 365 天的订单数",
        ),
        (
            "gap_mean_days",
            "days",
            "天",
            "mean gap between purchases",
            "购买间隔的平均值",
        ),
    ];
    all.map(|(name, unit, unit_zh, en, zh)| FeatureDefinition {
        name: name.into(),
        unit: Text::new(unit, unit_zh),
        description: Text::new(en, zh),
    })
    .into()
}

fn trace() -> Trace {
    let table = |name: &str, version, rows| TableVersion {
        name: name.into(),
        version,
        rows,
    };
    Trace {
        tables: vec![
            table("order_lines", 3, 543_380),
            table("features", 1, 21_690),
            table("scores", 1, 4_338),
            table("decisions", 0, 4_112),
        ],
        settings: vec![
            ("lost.horizon".into(), "auto".into()),
            ("value.margin".into(), "0.30".into()),
            ("value.discount_rate_per_year".into(), "0.10".into()),
            ("policy.budget".into(), "5000".into()),
            ("policy.hold_out".into(), "0.05".into()),
        ],
        settings_hash: "b41f7720c9aa".into(),
        model_version: Some("logistic_regression-7f3a9c21".into()),
        code_version: "0.1.0".into(),
        seed: 42,
    }
}

/// A small deterministic sequence in [0, 1).
pub struct Sequence(u64);

impl Sequence {
    pub fn new(seed: u64) -> Sequence {
        Sequence(seed)
    }

    pub fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}
