//! A test of a model on later time, made up.

use jiff::civil::date;
use perennial_web::Text;
use perennial_web::report::*;

/// A ROC curve that bends by `power`, and its precision-recall curve.
fn curves(model: ModelKind, power: f64, base: f64) -> (Curve, Curve) {
    let roc: Vec<(f64, f64)> = (0..=400)
        .map(|at| f64::from(at) / 400.0)
        .map(|x| (x, x.powf(power)))
        .collect();
    let pr = roc.iter().skip(1).map(|&(fpr, tpr)| {
        let named = base * tpr + (1.0 - base) * fpr;
        (tpr, base * tpr / named)
    });
    (
        Curve {
            model,
            points: roc.clone(),
        },
        Curve {
            model,
            points: pr.collect(),
        },
    )
}

fn model(model: ModelKind, in_use: bool, auc: f64) -> ModelMetrics {
    let around = |v: f64| Some(Estimate::between(v, v - 0.019, v + 0.019));
    ModelMetrics {
        model,
        in_use,
        roc_auc: around(auc),
        pr_auc: around(auc - 0.06),
        log_loss: (model != ModelKind::PlainRule).then(|| Estimate::between(0.594, 0.571, 0.617)),
        brier: (model != ModelKind::PlainRule).then(|| Estimate::between(0.204, 0.196, 0.213)),
        ece: (model != ModelKind::PlainRule).then(|| Estimate::exact(0.021)),
        accuracy: around(auc - 0.06),
        precision: around(auc - 0.12),
        recall: around(auc - 0.09),
        f1: around(auc - 0.1),
    }
}

pub fn trust() -> Trust {
    let base = 0.449;
    let (rule_roc, rule_pr) = curves(ModelKind::PlainRule, 0.50, base);
    let (roc, pr) = curves(ModelKind::LogisticRegression, 0.34, base);
    let split = |role, month: i8, customers, lost| Split {
        role,
        as_of: Some(date(2025, month, 9)),
        label_until: Some(date(2025, month + 3, 8)),
        customers,
        lost,
    };
    Trust {
        evaluation: Evaluation::LaterTime { gap_days: 0.0 },
        plain: PlainTrust {
            customers: 2_670,
            named: 912,
            named_that_left: Estimate::between(0.624, 0.592, 0.655),
            base_rate: base,
            found: Estimate::between(0.475, 0.447, 0.503),
        },
        models: vec![
            model(ModelKind::PlainRule, false, 0.667),
            model(ModelKind::LogisticRegression, true, 0.741),
        ],
        roc: vec![rule_roc, roc],
        precision_recall: vec![rule_pr, pr],
        calibration: calibration(),
        lift: lift(base),
        confusion: Some(Confusion {
            threshold: 0.6,
            reason: ThresholdReason::Profit,
            true_positives: 569,
            false_positives: 343,
            false_negatives: 630,
            true_negatives: 1_128,
        }),
        profit: (0..=100)
            .map(|at| f64::from(at) / 100.0)
            .map(|share| ProfitPoint {
                share,
                profit: 9_000.0 * share.powf(0.45) - 7_400.0 * share,
            })
            .collect(),
        weights: weights(),
        splits: vec![
            split(SplitRole::Train, 3, 1_840, 861),
            split(SplitRole::Train, 4, 2_077, 958),
            split(SplitRole::Train, 5, 2_301, 1_049),
            split(SplitRole::Train, 6, 2_455, 1_130),
            split(SplitRole::Test, 9, 2_670, 1_199),
        ],
        active_only: false,
        small_data: None,
        leaks: Vec::new(),
    }
}

fn calibration() -> Vec<CalibrationBin> {
    let calibration = [
        (0.07, 0.09, 310),
        (0.16, 0.15, 402),
        (0.27, 0.25, 377),
        (0.38, 0.40, 340),
        (0.49, 0.47, 310),
        (0.61, 0.63, 322),
        (0.74, 0.71, 344),
        (0.86, 0.88, 265),
    ];
    calibration
        .map(|(predicted, observed, customers)| CalibrationBin {
            predicted,
            observed: Estimate::between(observed, observed - 0.045, observed + 0.045),
            customers,
        })
        .into()
}

fn lift(base: f64) -> Vec<LiftDecile> {
    let lift = [1.92, 1.71, 1.49, 1.28, 1.06, 0.84, 0.66, 0.48, 0.34, 0.21];
    lift.iter()
        .zip(1..)
        .map(|(&lift, decile)| LiftDecile {
            decile,
            customers: 267,
            lost: (267.0 * base * lift) as u64,
            lift: Estimate::between(lift, lift - 0.12, lift + 0.12),
        })
        .collect()
}

fn weights() -> Vec<Weight> {
    let weights = [
        (
            "silence_ratio",
            "silence against the own rhythm",
            "未购买时间与自身节奏之比",
            0.82,
        ),
        (
            "orders_365d",
            "orders in the last year",
            "近一年订单数",
            -0.61,
        ),
        (
            "tenure_days",
            "days since the first purchase",
            "首次购买至今天数",
            -0.33,
        ),
        (
            "returns_share",
            "share of orders returned",
            "退货订单占比",
            0.21,
        ),
        ("basket_mean", "mean basket", "平均客单价", -0.12),
        (
            "weekend_share",
            "share of purchases on weekends",
            "周末购买占比",
            0.03,
        ),
    ];
    weights
        .map(|(feature, en, zh, w)| Weight {
            feature: feature.into(),
            label: Text::new(en, zh),
            coefficient: Estimate::between(w, w - 0.09, w + 0.09),
        })
        .into()
}
