//! Logistic regression against published and independently computed numbers.

use super::*;
use crate::bytes::tests::{refuses_damage, reseal};
use crate::matrix::{Column, ColumnData};
use crate::prepare::{NO_TERM, TermKind};
use crate::random::Random;
use crate::special::logit;

fn settings(strength: f64) -> LogisticSettings {
    LogisticSettings {
        strength: Strength::Fixed(strength),
        prepare: PrepareSettings {
            winsor_share: 0.0,
            ..PrepareSettings::default()
        },
        ..LogisticSettings::default()
    }
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found - expected).abs() <= tolerance,
            "{index}: {found} is not {expected}"
        );
    }
}

fn estimates(model: &LogisticModel) -> (Vec<f64>, Vec<f64>) {
    model
        .coefficients()
        .iter()
        .map(|coefficient| (coefficient.estimate, coefficient.std_error))
        .unzip()
}

/// Hours of study and passing: the data of the Wikipedia article "Logistic
/// regression", whose maximum-likelihood estimates are published there.
#[test]
fn without_a_penalty_it_is_maximum_likelihood() {
    let hours = vec![
        0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.25, 3.5, 4.0, 4.25,
        4.5, 4.75, 5.0, 5.5,
    ];
    let passed = [
        0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1_u8,
    ]
    .map(|passed| passed == 1);
    let matrix = Matrix::new(vec![Column::number("hours", hours)]).unwrap();
    let model = fit(&Training::new(&matrix, &passed), &settings(1e8)).unwrap();
    assert!(model.converged());
    let crate::prepare::ColumnPlan::Number(plan) = &model.preparation().columns[0].plan else {
        panic!()
    };
    let coefficients = model.coefficients();
    assert_close(
        &[
            coefficients[1].estimate / plan.sd,
            coefficients[1].std_error / plan.sd,
        ],
        &[1.5046, 0.6287],
        5e-5,
    );
    let intercept = coefficients[0].estimate - coefficients[1].estimate * plan.mean / plan.sd;
    assert!((intercept + 4.0777).abs() < 5e-5, "{intercept}");
    // The published probabilities of passing after 1 to 5 hours.
    let asked = Matrix::new(vec![Column::number("hours", vec![1.0, 2.0, 3.0, 4.0, 5.0])]).unwrap();
    let found = model.predict(&asked).unwrap();
    assert_close(&found, &[0.07, 0.26, 0.61, 0.87, 0.97], 5e-3);
    assert!(
        (coefficients[1].high - coefficients[1].low - 2.0 * Z_95 * coefficients[1].std_error).abs()
            < 1e-12
    );
}

/// A saturated model without a penalty has the observed log-odds in closed form.
#[test]
fn one_category_gives_the_observed_log_odds() {
    let mut levels = vec![Some("a"); 10];
    levels.extend([Some("b"); 8]);
    let target: Vec<bool> = (0..18).map(|row| !(3..13).contains(&row)).collect();
    let matrix = Matrix::new(vec![Column::category("plan", &levels)]).unwrap();
    let model = fit(&Training::new(&matrix, &target), &settings(1e8)).unwrap();
    let (found, errors) = estimates(&model);
    // Of a 3 in 10, of b 5 in 8; standard errors by Woolf (1955).
    assert_close(&found, &[logit(0.3), logit(0.625) - logit(0.3)], 1e-6);
    let (a, b) = (1.0 / 3.0 + 1.0 / 7.0, 1.0 / 5.0 + 1.0 / 3.0_f64);
    assert_close(&errors, &[f64::sqrt(a), f64::sqrt(a + b)], 1e-6);
}

fn sixteen() -> (Matrix, Vec<bool>) {
    let gap = f64::NAN;
    let second = vec![
        5.0, 3.0, gap, 8.0, 2.0, 7.0, 1.0, gap, 6.0, 4.0, 9.0, 2.0, 8.0, 3.0, gap, 5.0,
    ];
    let letters: Vec<String> = "aabacbaabcabcaba".chars().map(String::from).collect();
    let letters: Vec<Option<&str>> = letters.iter().map(|text| Some(text.as_str())).collect();
    let matrix = Matrix::new(vec![
        Column::number("first", (1..=16).map(f64::from).collect()),
        Column::number("second", second),
        Column::category("letter", &letters),
    ])
    .unwrap();
    let target = [0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 1, 0_u8];
    (matrix, target.iter().map(|outcome| *outcome == 1).collect())
}

/// Numbers from a separate program: numpy and scipy's BFGS on scikit-learn's
/// objective (C = 0.5), with the terms laid out by hand, polished by Newton.
#[test]
fn mixed_columns_match_an_independent_solution() {
    let (matrix, target) = sixteen();
    let model = fit(&Training::new(&matrix, &target), &settings(0.5)).unwrap();
    let (found, errors) = estimates(&model);
    assert_close(&found, &PLAIN.0, 1e-9);
    assert_close(&errors, &PLAIN.1, 1e-7);
    assert_close(&model.predict(&matrix).unwrap()[..4], &PLAIN.2, 1e-9);
    let terms: Vec<TermKind> = model.coefficients().into_iter().map(|c| c.term).collect();
    assert_eq!(
        terms,
        [
            TermKind::Intercept,
            TermKind::Value,
            TermKind::Value,
            TermKind::MissingNumber,
            TermKind::Level("b".into()),
            TermKind::Level("c".into())
        ]
    );
    assert_eq!(model.training_rows(), (16, 6));

    let balanced = LogisticSettings {
        class_weight: ClassWeight::Balanced,
        ..settings(0.5)
    };
    let model = fit(&Training::new(&matrix, &target), &balanced).unwrap();
    let (found, errors) = estimates(&model);
    assert_close(&found, &BALANCED.0, 1e-9);
    assert_close(&errors, &BALANCED.1, 1e-7);
    let predictions = model.predict(&matrix).unwrap();
    assert_close(&predictions[..4], &BALANCED.2, 1e-9);
    // Brought back to the base rate.
    assert!((predictions.iter().sum::<f64>() - 6.0).abs() < 1e-9);
}

/// Estimates, standard errors, the first four probabilities.
type Reference = ([f64; 6], [f64; 6], [f64; 4]);

const PLAIN: Reference = (
    [
        -0.702909336449463,
        0.224641824446853,
        0.357798550181615,
        0.681133869294747,
        0.304610905370924,
        -0.396404283053009,
    ],
    [
        0.600052386614039,
        0.428623566251321,
        0.460159426232088,
        0.62594825225673,
        0.602731862589983,
        0.639580188310654,
    ],
    [
        0.259909678245579,
        0.217011222025983,
        0.503702767856908,
        0.384131446328408,
    ],
);

/// Balanced class weights; the intercept after the correction to the base rate,
/// found by Brent's method.
const BALANCED: Reference = (
    [
        -0.7075667502304774,
        0.248048694515674,
        0.375142147085429,
        0.692657921822825,
        0.312527572203573,
        -0.420280512615728,
    ],
    [
        0.589456199300242,
        0.425172701933038,
        0.454441631486483,
        0.615245782354691,
        0.597637945339027,
        0.642578107039002,
    ],
    [
        0.25197367801269,
        0.208563783359314,
        0.500416875166303,
        0.382787032575991,
    ],
);

fn random_training(rows: usize, seed: u64) -> (Matrix, Vec<bool>, Vec<f64>, Vec<f64>) {
    let mut random = Random::new(seed);
    let mut number = |missing: u64| -> Vec<f64> {
        (0..rows)
            .map(|_| {
                let value = 3.0 * random.uniform() + random.uniform();
                if random.below(100) < missing {
                    f64::NAN
                } else {
                    value
                }
            })
            .collect()
    };
    let columns: Vec<Vec<f64>> = [0, 10, 0, 30, 0].into_iter().map(&mut number).collect();
    let names = ["one", "two", "three", "four", "five", "six"];
    let mut category = |count: u64| -> Vec<Option<&str>> {
        (0..rows)
            .map(|_| {
                names
                    .get(random.below(count + 1) as usize)
                    .copied()
                    .filter(|n| *n != "six")
            })
            .collect()
    };
    let categories = [category(2), category(5)];
    let target: Vec<bool> = (0..rows)
        .map(|row| {
            let signal = columns[0][row] - columns[2][row]
                + if categories[0][row] == Some("one") {
                    1.0
                } else {
                    0.0
                };
            random.uniform() < sigmoid(signal - 1.0)
        })
        .collect();
    let weights = (0..rows).map(|row| 0.5 + (row % 4) as f64).collect();
    let offset = (0..rows).map(|row| (row % 7) as f64 / 7.0).collect();
    let mut all: Vec<Column> = columns
        .into_iter()
        .enumerate()
        .map(|(index, values)| Column::number(format!("n{index}"), values))
        .collect();
    for (index, values) in categories.iter().enumerate() {
        all.push(Column::category(format!("c{index}"), values));
    }
    (Matrix::new(all).unwrap(), target, weights, offset)
}

/// At the optimum the gradient, written out naively, vanishes; and the standard
/// errors are those of the Hessian, written out naively.
#[test]
fn the_gradient_vanishes_with_weights_offset_and_every_kind_of_term() {
    for rows in [37, 700] {
        let (matrix, target, weights, offset) = random_training(rows, 11);
        let training = Training {
            weights: Some(&weights),
            offset: Some(&offset),
            ..Training::new(&matrix, &target)
        };
        let model = fit(&training, &settings(0.7)).unwrap();
        let design = model.preparation().design(&matrix).unwrap();
        let size = design.terms() + 1;
        let (parameters, errors) = estimates(&model);
        let mut gradient: Vec<f64> = parameters.iter().map(|value| value / 0.7).collect();
        gradient[0] = 0.0;
        let mut hessian = vec![0.0; size * size];
        for term in 1..size {
            hessian[term * size + term] = 1.0 / 0.7;
        }
        for row in 0..rows {
            let mut terms = vec![0.0; size];
            terms[0] = 1.0;
            for (index, column) in design.dense.iter().enumerate() {
                terms[index + 1] = column[row];
            }
            for slot in &design.slots {
                if slot.codes[row] != NO_TERM {
                    terms[1 + design.dense.len() + slot.codes[row] as usize] = 1.0;
                }
            }
            let logit: f64 = offset[row]
                + terms
                    .iter()
                    .zip(&parameters)
                    .map(|(x, b)| x * b)
                    .sum::<f64>();
            let probability = sigmoid(logit);
            let residual = weights[row] * (probability - f64::from(u8::from(target[row])));
            let curvature = weights[row] * probability * (1.0 - probability);
            for left in 0..size {
                gradient[left] += residual * terms[left];
                for right in 0..=left {
                    hessian[left * size + right] += curvature * terms[left] * terms[right];
                }
            }
        }
        assert_close(&gradient, &vec![0.0; size], 1e-8);
        let inverse = crate::linear::Cholesky::factor(hessian, size)
            .unwrap()
            .inverse_diagonal();
        let naive: Vec<f64> = inverse.into_iter().map(f64::sqrt).collect();
        assert_close(&errors, &naive, 1e-6);
    }
}

#[test]
fn the_head_start_on_many_rows_changes_nothing() {
    let (matrix, target, _, _) = random_training(70_000, 5);
    let preparation = Preparation::fit(&matrix, &PrepareSettings::default()).unwrap();
    let design = preparation.design(&matrix).unwrap();
    let problem = Problem {
        design: &design,
        target: &target,
        weights: None,
        offset: None,
        class_weights: [1.0, 1.0],
        penalty: 1.0,
    };
    let cold = vec![0.0; design.terms() + 1];
    let warm = solve::solve(&problem, None, &settings(1.0)).unwrap();
    let cold = solve::solve(&problem, Some(cold), &settings(1.0)).unwrap();
    assert!(warm.converged && cold.converged && warm.iterations < cold.iterations);
    assert_close(&warm.parameters, &cold.parameters, 1e-9);
}

#[test]
fn contributions_add_up_to_the_logit() {
    let (matrix, target, _, _) = random_training(400, 2);
    let model = fit(
        &Training::new(&matrix, &target),
        &LogisticSettings::default(),
    )
    .unwrap();
    assert_eq!(model.trials().len(), 5);
    let (other, _, _, _) = random_training(90, 77);
    for rows in [&matrix, &other] {
        let contributions = model.contributions(rows).unwrap();
        let predictions = model.predict(rows).unwrap();
        for (row, prediction) in predictions.iter().enumerate() {
            assert_eq!(contributions.row(row).len(), 7);
            let total = contributions.base_logit + contributions.row(row).iter().sum::<f64>();
            assert!((total - logit(*prediction)).abs() < 1e-9);
        }
    }
    // Relative to the training mean: over the training rows they cancel.
    let contributions = model.contributions(&matrix).unwrap();
    for column in 0..7 {
        let mean: f64 = (0..400)
            .map(|row| contributions.row(row)[column])
            .sum::<f64>()
            / 400.0;
        assert!(mean.abs() < 1e-9, "column {column}: {mean}");
    }
    assert!(contributions.row(400).is_empty());
}

#[test]
fn separable_data_stay_finite() {
    let matrix = Matrix::new(vec![Column::number("x", (0..20).map(f64::from).collect())]).unwrap();
    let target: Vec<bool> = (0..20).map(|row| row >= 10).collect();
    for strength in [1e-8, 1.0, 1e8] {
        let model = fit(&Training::new(&matrix, &target), &settings(strength)).unwrap();
        assert!(model.converged(), "{strength}");
        for prediction in model.predict(&matrix).unwrap() {
            assert!((0.0..=1.0).contains(&prediction));
            assert!(strength > 1.0 || (prediction > 0.0 && prediction < 1.0));
        }
    }
}

#[test]
fn six_rows_give_a_probability() {
    let rows = [
        (1, 5, 50, false),
        (2, 7, 60, false),
        (3, 6, 70, true),
        (4, 8, 80, false),
        (5, 5, 90, true),
        (6, 9, 100, false),
    ];
    let columns = |rows: &[(i32, i32, i32, bool)]| {
        let column = |pick: fn(&(i32, i32, i32, bool)) -> i32| {
            rows.iter()
                .map(|row| f64::from(pick(row)))
                .collect::<Vec<f64>>()
        };
        Matrix::new(vec![
            Column::number("purchase_frequency", column(|row| row.0)),
            Column::number("customer_satisfaction", column(|row| row.1)),
            Column::number("purchase_amount", column(|row| row.2)),
        ])
        .unwrap()
    };
    let matrix = columns(&rows);
    let target = rows.map(|row| row.3);
    let model = fit(
        &Training::new(&matrix, &target),
        &LogisticSettings::default(),
    )
    .unwrap();
    assert_eq!(model.strength(), STRENGTH_FEW);
    let found = model.predict(&columns(&[(4, 7, 150, false)])).unwrap();
    assert!(found[0] > 0.2 && found[0] < 0.5, "{found:?}");
}

#[test]
fn the_same_rows_give_the_same_bytes_and_come_back() {
    let (matrix, target, _, _) = random_training(300, 8);
    let groups: Vec<u64> = (0..300).map(|row| row / 3).collect();
    let training = Training::new(&matrix, &target).with_groups(&groups);
    let bytes = || {
        fit(&training, &LogisticSettings::default())
            .unwrap()
            .to_bytes()
            .unwrap()
    };
    assert_eq!(bytes(), bytes());
    let model = LogisticModel::from_bytes(&bytes()).unwrap();
    assert_eq!(model.to_bytes().unwrap(), bytes());
    // The same on every machine. Where a change to the fit or the format moves
    // this, that is the moment to think of models already stored.
    let (matrix, target) = sixteen();
    let model = fit(&Training::new(&matrix, &target), &settings(0.5)).unwrap();
    let hash = blake3::hash(&model.to_bytes().unwrap());
    assert_eq!(&hash.to_hex()[..16], "e000b16536706da9");
}

#[test]
fn hostile_bytes_are_refused() {
    let (matrix, target) = sixteen();
    let model = fit(&Training::new(&matrix, &target), &settings(0.5)).unwrap();
    let bytes = model.to_bytes().unwrap();
    refuses_damage(&bytes, LogisticModel::from_bytes);
    // A good checksum over changed bytes: never a panic, never an odd number.
    let mut random = Random::new(1);
    for _ in 0..5_000 {
        let at = 10 + random.below(bytes.len() as u64 - 42) as usize;
        let value = random.next_u64() as u8;
        let changed = reseal(&bytes, |body| body[at] = value);
        if let Ok(model) = LogisticModel::from_bytes(&changed) {
            for prediction in model.predict(&matrix).unwrap_or_default() {
                assert!((0.0..=1.0).contains(&prediction));
            }
        }
    }
}

#[test]
fn the_penalty_is_chosen_by_held_out_loss() {
    // Pure noise in many columns wants the strongest penalty, a clear signal a
    // weak one.
    let mut random = Random::new(4);
    let noise: Vec<Column> = (0..20)
        .map(|index| {
            Column::number(
                format!("n{index}"),
                (0..200).map(|_| random.uniform()).collect(),
            )
        })
        .collect();
    let target: Vec<bool> = (0..200).map(|_| random.below(2) == 0).collect();
    let noise = Matrix::new(noise).unwrap();
    let model = fit(
        &Training::new(&noise, &target),
        &LogisticSettings::default(),
    )
    .unwrap();
    assert_eq!(model.strength(), 0.001);
    let signal: Vec<f64> = (0..400).map(|_| random.uniform()).collect();
    let target: Vec<bool> = signal
        .iter()
        .map(|x| random.uniform() < sigmoid(8.0 * x - 4.0))
        .collect();
    let signal = Matrix::new(vec![Column::number("x", signal)]).unwrap();
    let model = fit(
        &Training::new(&signal, &target),
        &LogisticSettings::default(),
    )
    .unwrap();
    assert!(model.strength() >= 0.1);
    let lowest = model
        .trials()
        .iter()
        .map(|t| t.log_loss)
        .fold(f64::INFINITY, f64::min);
    let chosen = model
        .trials()
        .iter()
        .find(|t| t.strength == model.strength())
        .unwrap();
    assert_eq!(chosen.log_loss, lowest);
}

#[test]
fn rows_of_one_customer_are_fitted_without_a_choice() {
    let (matrix, target, _, _) = random_training(200, 3);
    let training = Training::new(&matrix, &target).with_groups(&[9; 200]);
    let model = fit(&training, &LogisticSettings::default()).unwrap();
    assert_eq!((model.strength(), model.trials().len()), (STRENGTH_FEW, 0));
}

#[test]
fn a_weight_of_two_is_two_rows() {
    let (matrix, target) = sixteen();
    let weights: Vec<f64> = (0..16).map(|row| f64::from(1 + row % 2)).collect();
    let doubled: Vec<usize> = (0..16).flat_map(|row| vec![row; 1 + row % 2]).collect();
    let preparation = Preparation::fit(&matrix, &settings(1.0).prepare).unwrap();
    let solve = |rows: &[usize], weights: Option<&[f64]>| {
        let design = preparation.design(&matrix.take(rows).unwrap()).unwrap();
        let target = crate::matrix::pick(&target, rows).unwrap();
        let problem = Problem {
            design: &design,
            target: &target,
            weights,
            offset: None,
            class_weights: [1.0, 1.0],
            penalty: 1.0,
        };
        solve::solve(&problem, None, &settings(1.0))
            .unwrap()
            .parameters
    };
    let plain: Vec<usize> = (0..16).collect();
    assert_close(
        &solve(&doubled, None),
        &solve(&plain, Some(&weights)),
        1e-10,
    );
}

#[test]
fn input_that_cannot_be_fitted_is_named() {
    let (matrix, target) = sixteen();
    let code = |training: &Training, settings: &LogisticSettings| {
        fit(training, settings).unwrap_err().code()
    };
    assert_eq!(
        code(&Training::new(&matrix, &target[..9]), &settings(1.0)),
        "learn/length-mismatch"
    );
    assert_eq!(
        code(&Training::new(&matrix, &[true; 16]), &settings(1.0)),
        "learn/one-class"
    );
    assert_eq!(
        code(&Training::new(&matrix, &target), &settings(0.0)),
        "learn/argument-invalid"
    );
    assert_eq!(
        code(&Training::new(&matrix, &target), &settings(f64::NAN)),
        "learn/argument-invalid"
    );
    let weights = Training {
        weights: Some(&[0.0; 16]),
        ..Training::new(&matrix, &target)
    };
    assert_eq!(code(&weights, &settings(1.0)), "learn/argument-invalid");
    let model = fit(&Training::new(&matrix, &target), &settings(1.0)).unwrap();
    let infinite = Matrix {
        columns: vec![Column::number("first", vec![f64::INFINITY])],
        rows: 1,
    };
    assert_eq!(
        model.predict(&infinite).unwrap_err().code(),
        "learn/not-finite"
    );
    let fewer = Matrix {
        columns: vec![Column {
            name: "first".into(),
            data: ColumnData::Number(vec![1.0]),
        }],
        rows: 1,
    };
    assert_eq!(
        model.predict(&fewer).unwrap_err().code(),
        "learn/column-missing"
    );
}
