//! Customers with contracts, made up: a gym in China with monthly and yearly
//! memberships.

use jiff::civil::date;
use perennial_web::Text;
use perennial_web::report::*;

use super::shop::Sequence;

/// A gym of some 1,900 members; no money.
pub fn contracts() -> Report {
    let shop = super::shop();
    Report {
        project: "晨光健身 Gym".into(),
        currency: None,
        time_zone: Some("Asia/Shanghai".into()),
        sources: sources(),
        activity: Activity::Contracts,
        business: Ok(business()),
        risk: Ok(risk()),
        actions: Err(Missing::NoAmounts),
        value: Err(Missing::NoAmounts),
        features: Vec::new(),
        trace: trace(),
        ..shop
    }
}

fn trace() -> Trace {
    Trace {
        tables: vec![TableVersion {
            name: "subscriptions".into(),
            version: 1,
            rows: 6_118,
        }],
        settings: vec![("lost.kind".into(), "contract".into())],
        ..super::shop().trace
    }
}

fn sources() -> Sources {
    Sources {
        files: vec![SourceFile {
            name: "data/members.csv".into(),
            table: "subscriptions".into(),
            rows_read: 6_120,
            rows_kept: 6_118,
            rows_quarantined: 2,
            rows_duplicate: 0,
            rows_without_customer: Some(0),
            period: Some((
                date(2023, 12, 1).at(0, 0, 0, 0),
                date(2025, 12, 9).at(0, 0, 0, 0),
            )),
            totals: Vec::new(),
            quarantined: vec![(Text::new("it ends before it begins", "结束早于开始"), 2)],
        }],
        warnings: Vec::new(),
        quality: None,
        customers: 2_412,
    }
}

/// Months in which under contract at the end = at the start + new + came back
/// - ended.
fn business() -> Business {
    let mut sequence = Sequence::new(5);
    let mut under: u64 = 1_200;
    let months = (0..25).map(|at| {
        let mut up_to = |most: f64| (most * sequence.next()) as u64;
        let new = 60 + up_to(40.0);
        let came_back = if at == 0 { 0 } else { up_to(15.0) };
        let ended = 35 + up_to(60.0);
        under = under + new + came_back - ended;
        Month {
            first_day: date(2023, 12, 1).saturating_add(jiff::Span::new().months(at)),
            buyers: under,
            new,
            came_back,
            // The first month is not whole: nobody knows who left in it.
            ended: (at > 0).then_some(ended),
            orders: new + came_back + 110,
            net_revenue: None,
            complete: at != 24,
        }
    });
    Business {
        months: months.collect(),
        retention: Ok(Retention {
            from: date(2025, 11, 10),
            until: date(2025, 12, 10),
            at_start: 1_820,
            kept: 1_747,
            new: 71,
            came_back: 9,
            window_days: 30.0,
            rate: Estimate::between(0.9599, 0.9499, 0.9680),
            rate_before: Some(Estimate::between(0.9523, 0.9414, 0.9613)),
        }),
    }
}

fn risk() -> Risk {
    let top = (0..20).map(|at: u32| CustomerAtRisk {
        customer: format!("M{:05}", 1_007 + 31 * at),
        churn_probability: 0.81 - 0.02 * f64::from(at),
        value: None,
        margin_at_stake: None,
        // Days that mean nothing here and must not be shown.
        silence_days: Some(77.0),
        gap_mean_days: Some(88.0),
        days_left: (at % 6 != 4).then(|| 5.0 * f64::from(at) - 12.0),
        tenure_days: Some(400.0 + 7.0 * f64::from(at)),
        reasons: vec![Text::new(
            "the term ends in 3 days, sooner than the typical 140",
            "距合同到期 3 天，早于一般顾客的 140 天",
        )],
    });
    Risk {
        lost: LostDefinition::Contract {
            horizon_days: 30.0,
            grace_days: 14.0,
            choice: HorizonChoice::FromSpan,
        },
        customers_scored: 1_827,
        lost_already: 585,
        customers_at_risk: 210,
        threshold: 0.5,
        threshold_reason: ThresholdReason::Half,
        expected_losses: Some(Estimate::between(92.0, 78.0, 108.0)),
        margin_at_stake: Err(Missing::NoAmounts),
        distribution: Vec::new(),
        top: top.collect(),
        list_files: vec!["at-risk.xlsx".into(), "at-risk.csv".into()],
    }
}
