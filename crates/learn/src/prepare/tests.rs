//! Preparation: what becomes of numbers and categories.

use super::*;
use crate::matrix::MISSING;

fn fit(columns: Vec<Column>) -> (Matrix, Preparation) {
    let matrix = Matrix::new(columns).unwrap();
    let preparation = Preparation::fit(&matrix, &PrepareSettings::default()).unwrap();
    (matrix, preparation)
}

fn number_plan(preparation: &Preparation, index: usize) -> &NumberPlan {
    match &preparation.columns[index].plan {
        ColumnPlan::Number(plan) => plan,
        other => panic!("{other:?}"),
    }
}

#[test]
fn standardises_and_marks_missing() {
    let (matrix, preparation) = fit(vec![Column::number(
        "x",
        vec![1.0, 3.0, f64::NAN, 5.0, 7.0],
    )]);
    let plan = number_plan(&preparation, 0);
    // Cut at the 0.5 % quantiles of 1, 3, 5, 7: 1.03 and 6.97.
    assert!((plan.low - 1.03).abs() < 1e-12 && (plan.high - 6.97).abs() < 1e-12);
    assert_eq!((plan.mean, plan.raw_mean, plan.raw_median), (4.0, 4.0, 4.0));
    let sd = ((2.0 * 2.97_f64.powi(2) + 2.0) / 4.0).sqrt();
    assert!((plan.sd - sd).abs() < 1e-12);
    let design = preparation.design(&matrix).unwrap();
    assert_eq!((design.dense.len(), design.slots.len()), (1, 1));
    assert_eq!(design.dense[0][2], 0.0);
    assert!((design.dense[0][3] - 1.0 / sd).abs() < 1e-12);
    assert_eq!(
        design.slots[0].codes,
        [NO_TERM, NO_TERM, 0, NO_TERM, NO_TERM]
    );
    assert!((design.means()[1] - 0.2).abs() < 1e-15);
    assert_eq!(
        preparation.term_kinds(),
        [(0, TermKind::Value), (0, TermKind::MissingNumber)]
    );
    assert!(preparation.check().is_ok());
}

#[test]
fn heavy_tails_are_logged_and_even_ones_are_not() {
    let mut random = crate::random::Random::new(3);
    let uniform: Vec<f64> = (0..2_000).map(|_| random.uniform()).collect();
    let lognormal: Vec<f64> = uniform.iter().map(|u| (8.0 * u).exp() - 1.0).collect();
    let flag: Vec<f64> = uniform.iter().map(|u| f64::from(*u < 0.02)).collect();
    let signed: Vec<f64> = lognormal
        .iter()
        .enumerate()
        .map(|(row, value)| if row % 9 == 0 { -value } else { value * 9.0 })
        .collect();
    let (matrix, preparation) = fit(vec![
        Column::number("uniform", uniform),
        Column::number("lognormal", lognormal),
        Column::number("flag", flag),
        Column::number("signed", signed),
    ]);
    let logged: Vec<bool> = (0..4)
        .map(|index| number_plan(&preparation, index).log_scale.is_some())
        .collect();
    assert_eq!(logged, [false, true, false, true]);
    let design = preparation.design(&matrix).unwrap();
    for column in &design.dense {
        let mean = column.iter().sum::<f64>() / 2_000.0;
        let variance = column.iter().map(|value| value * value).sum::<f64>() / 2_000.0;
        assert!(mean.abs() < 1e-10 && (variance - 1.0).abs() < 1e-10);
    }
    // A negative value stays on its own side of zero.
    let plan = number_plan(&preparation, 3);
    assert!(plan.value(-50.0) < plan.value(0.0) && plan.value(0.0) < plan.value(50.0));
}

#[test]
fn outliers_are_cut_at_training_quantiles_and_rare_flags_survive() {
    let mut values: Vec<f64> = (0..1_000).map(f64::from).collect();
    values[999] = 1e12;
    let mut flag = vec![0.0; 1_000];
    flag[5] = 1.0;
    let (_, preparation) = fit(vec![
        Column::number("x", values),
        Column::number("flag", flag),
    ]);
    let plan = number_plan(&preparation, 0);
    assert!(plan.high < 1_000.0 && plan.value(1e300) < 2.0);
    assert!(number_plan(&preparation, 1).value_term.is_some());
}

#[test]
fn huge_numbers_stay_finite() {
    let (matrix, preparation) = fit(vec![Column::number(
        "x",
        vec![-1.7e308, 1.7e308, 0.0, 1.0, 1e-300, f64::NAN],
    )]);
    let design = preparation.design(&matrix).unwrap();
    for value in design.dense.iter().flatten() {
        assert!(value.is_finite(), "{design:?}");
    }
    assert!(preparation.check().is_ok());
}

#[test]
fn categories_pool_rare_levels_and_keep_missing_apart() {
    let mut values: Vec<Option<&str>> = vec![Some("month"); 60];
    values.extend([Some("year"); 30]);
    values.extend([Some("odd"), Some("queer")]);
    values.extend([None; 8]);
    let (matrix, preparation) = fit(vec![Column::category("contract", &values)]);
    let kinds: Vec<TermKind> = preparation
        .term_kinds()
        .into_iter()
        .map(|kind| kind.1)
        .collect();
    assert_eq!(
        kinds,
        [
            TermKind::Level("year".into()),
            TermKind::PooledLevels,
            TermKind::MissingLevel
        ]
    );
    let design = preparation.design(&matrix).unwrap();
    let codes = &design.slots[0].codes;
    assert_eq!(
        (codes[0], codes[60], codes[90], codes[95]),
        (NO_TERM, 0, 1, 2)
    );
    // Other matrices are matched by text; the unseen joins the pool.
    let other = Matrix::new(vec![
        Column::number("further", vec![0.0; 4]),
        Column::category(
            "contract",
            &[Some("new"), Some("year"), Some("month"), None],
        ),
    ])
    .unwrap();
    assert_eq!(
        preparation.design(&other).unwrap().slots[0].codes,
        [1, 0, NO_TERM, 2]
    );
}

#[test]
fn unseen_without_a_pool_is_unknown() {
    let (_, preparation) = fit(vec![Column::category(
        "c",
        &[Some("a"), Some("a"), Some("b"), Some("b"), Some("a")],
    )]);
    let ColumnPlan::Category(plan) = &preparation.columns[0].plan else {
        panic!()
    };
    assert_eq!(plan.terms_of(&["z".into()]), [LevelTerm::Unknown]);
    assert_eq!(plan.term(&[], MISSING), LevelTerm::Unknown);
    assert_eq!(plan.typical(), Some("a"));
}

#[test]
fn constant_columns_are_dropped_and_limits_hold() {
    let (_, preparation) = fit(vec![
        Column::number("same", vec![4.0; 6]),
        Column::number("never", vec![f64::NAN; 6]),
        Column::category("one", &[Some("a"); 6]),
        Column::number("x", vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
    ]);
    assert_eq!(preparation.terms(), 1);
    assert_eq!(preparation.columns[2].plan, ColumnPlan::Constant);
    let constant = Matrix::new(vec![Column::number("same", vec![4.0; 6])]).unwrap();
    let settings = PrepareSettings::default();
    assert_eq!(
        Preparation::fit(&constant, &settings).unwrap_err(),
        Error::NoUsableColumn
    );

    let texts: Vec<String> = (0..2_000)
        .map(|row| format!("level {}", row % 40))
        .collect();
    let values: Vec<Option<&str>> = texts.iter().map(|text| Some(text.as_str())).collect();
    let wide = Matrix::new(vec![
        Column::category("a", &values),
        Column::number("x", (0..2_000).map(f64::from).collect()),
    ])
    .unwrap();
    let narrow = PrepareSettings {
        terms_max: 20,
        ..settings
    };
    assert!(Preparation::fit(&wide, &narrow).unwrap().terms() <= 20);
    let tiny = PrepareSettings {
        terms_max: 2,
        ..narrow
    };
    assert_eq!(
        Preparation::fit(&wide, &tiny).unwrap_err().code(),
        "learn/too-many"
    );
}

#[test]
fn a_column_of_another_type_is_named() {
    let (_, preparation) = fit(vec![Column::number("x", vec![1.0, 2.0])]);
    let other = Matrix::new(vec![Column::category("x", &[Some("1"), Some("2")])]).unwrap();
    assert_eq!(
        preparation.design(&other).unwrap_err(),
        Error::ColumnMissing {
            column: "x".into(),
            expected: "a number"
        }
    );
}
