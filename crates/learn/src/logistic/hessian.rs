//! One pass over the rows: penalised loss, gradient and Hessian at given parameters.
//!
//! Rows are taken in blocks small enough for the first cache levels. Within a
//! block the dense part is a product of columns, two by four at a time; the
//! indicators are scattered row by row, so that their cost is the number of
//! indicators set, not the number there are.

use super::solve::Problem;
use crate::linear::dot;
use crate::prepare::NO_TERM;

/// Rows in a block.
const BLOCK_ROWS: usize = 256;

/// Loss, gradient and Hessian; the intercept first, then dense terms, then
/// indicators.
pub(super) struct Pass {
    /// Σ w ln(1 + exp(-y η)) + penalty / 2 Σ β².
    pub(super) loss: f64,
    /// Its gradient.
    pub(super) gradient: Vec<f64>,
    /// Lower triangle of its Hessian, row by row.
    pub(super) hessian: Vec<f64>,
}

struct Block {
    ones: Vec<f64>,
    logits: Vec<f64>,
    /// w (p - y) of each row.
    residuals: Vec<f64>,
    /// w p (1 - p) of each row.
    curvatures: Vec<f64>,
    /// Curvature times each dense column, the ones first; a column at a time.
    weighted: Vec<f64>,
    /// The same, a row at a time; only filled where there are indicators.
    weighted_rows: Vec<f64>,
    /// Indicators set in the row at hand.
    active: Vec<usize>,
}

/// One pass over every `step`-th block of rows.
pub(super) fn pass(problem: &Problem, parameters: &[f64], step: usize) -> Pass {
    let design = problem.design;
    let size = design.terms() + 1;
    let dense = design.dense.len() + 1;
    let mut sums = Pass {
        loss: 0.0,
        gradient: vec![0.0; size],
        hessian: vec![0.0; size * size],
    };
    let mut block = Block {
        ones: vec![1.0; BLOCK_ROWS],
        logits: vec![0.0; BLOCK_ROWS],
        residuals: vec![0.0; BLOCK_ROWS],
        curvatures: vec![0.0; BLOCK_ROWS],
        weighted: vec![0.0; BLOCK_ROWS * dense],
        weighted_rows: vec![0.0; BLOCK_ROWS * dense],
        active: Vec::with_capacity(design.slots.len()),
    };
    let mut start = 0;
    while start < design.rows {
        let end = (start + BLOCK_ROWS).min(design.rows);
        problem.block_logits(parameters, start, end, &mut block.logits);
        sums.loss += row_terms(problem, start, end, &mut block);
        dense_terms(problem, start, end, &mut block, &mut sums);
        if !design.slots.is_empty() {
            indicator_terms(problem, start, end, &mut block, &mut sums);
        }
        start += BLOCK_ROWS * step.max(1);
    }
    penalise(problem.penalty / step.max(1) as f64, parameters, &mut sums);
    sums
}

fn penalise(penalty: f64, parameters: &[f64], sums: &mut Pass) {
    let size = parameters.len();
    let diagonal = sums.hessian.iter_mut().step_by(size + 1);
    let terms = parameters.iter().zip(&mut sums.gradient).zip(diagonal);
    for ((parameter, gradient), curvature) in terms.skip(1) {
        sums.loss += 0.5 * penalty * parameter * parameter;
        *gradient += penalty * parameter;
        *curvature += penalty;
    }
}

/// Residuals and curvatures of the block's rows; returns their loss.
fn row_terms(problem: &Problem, start: usize, end: usize, block: &mut Block) -> f64 {
    let mut loss = 0.0;
    let target = problem.target.get(start..end).unwrap_or(&[]);
    let weights = problem.weights.and_then(|weights| weights.get(start..end));
    let outputs = block.residuals.iter_mut().zip(&mut block.curvatures);
    let rows = target.iter().zip(&block.logits).zip(outputs);
    for (row, ((outcome, logit), (residual, curvature))) in rows.enumerate() {
        let mut weight = problem.class_weights[usize::from(*outcome)];
        if let Some(prior) = weights.and_then(|weights| weights.get(row)) {
            weight *= prior;
        }
        let small = libm::exp(-logit.abs());
        let scale = 1.0 / (1.0 + small);
        let (likely, unlikely) = (scale, small * scale);
        // The probability of the outcome that did not happen.
        let wrong_way = *outcome == (*logit < 0.0);
        let miss = if wrong_way { likely } else { unlikely };
        let away = if wrong_way { logit.abs() } else { 0.0 };
        loss += weight * (libm::log(1.0 + small) + away);
        *residual = if *outcome {
            -weight * miss
        } else {
            weight * miss
        };
        *curvature = weight * likely * unlikely;
    }
    loss
}

fn dense_terms(problem: &Problem, start: usize, end: usize, block: &mut Block, sums: &mut Pass) {
    let rows = end - start;
    let Block {
        ones,
        residuals,
        curvatures,
        weighted,
        ..
    } = block;
    let (ones, residuals, curvatures) = (&ones[..rows], &residuals[..rows], &curvatures[..rows]);
    let dense = problem.design.dense.len() + 1;
    let column = |index: usize| match index.checked_sub(1) {
        None => ones,
        Some(index) => &problem.design.dense[index][start..end],
    };
    for index in 0..dense {
        let values = column(index);
        sums.gradient[index] += dot(values, residuals);
        let target = &mut weighted[index * BLOCK_ROWS..index * BLOCK_ROWS + rows];
        for ((target, value), curvature) in target.iter_mut().zip(values).zip(curvatures) {
            *target = value * curvature;
        }
    }
    let size = sums.gradient.len();
    let product = |index: usize| &weighted[index * BLOCK_ROWS..index * BLOCK_ROWS + rows];
    for left in (0..dense).step_by(2) {
        // Past the edge a column is taken twice and its products are dropped.
        let next = (left + 1).min(dense - 1);
        for right in (0..=next).step_by(4) {
            let at = |offset: usize| column((right + offset).min(dense - 1));
            let products = dots([product(left), product(next)], [at(0), at(1), at(2), at(3)]);
            for (row, products) in [left, left + 1].into_iter().zip(products) {
                for (column, product) in (right..).zip(products) {
                    if row < dense && column <= row {
                        sums.hessian[row * size + column] += product;
                    }
                }
            }
        }
    }
}

/// All dot products of two columns with four, each in two running sums.
#[inline]
fn dots(left: [&[f64]; 2], right: [&[f64]; 4]) -> [[f64; 4]; 2] {
    let rows = left[0].len();
    let pairs = rows / 2;
    let chunks = |column: &'_ [f64]| -> usize { column.as_chunks::<2>().0.len() };
    debug_assert!(right.iter().all(|column| chunks(column) == pairs));
    let left_pairs = left.map(|column| &column.as_chunks::<2>().0[..pairs]);
    let right_pairs = right.map(|column| &column.as_chunks::<2>().0[..pairs]);
    let mut sums = [[[0.0; 2]; 4]; 2];
    for pair in 0..pairs {
        for (sums, left) in sums.iter_mut().zip(left_pairs) {
            for (sums, right) in sums.iter_mut().zip(right_pairs) {
                for lane in 0..2 {
                    sums[lane] += left[pair][lane] * right[pair][lane];
                }
            }
        }
    }
    let mut products = sums.map(|row| row.map(|lanes| lanes[0] + lanes[1]));
    for row in 2 * pairs..rows {
        for (products, left) in products.iter_mut().zip(left) {
            for (product, right) in products.iter_mut().zip(right) {
                *product += left[row] * right[row];
            }
        }
    }
    products
}

/// Adds what the indicators contribute: each with itself, with the dense
/// columns, and with the other indicators of its row.
fn indicator_terms(
    problem: &Problem,
    start: usize,
    end: usize,
    block: &mut Block,
    sums: &mut Pass,
) {
    let dense = problem.design.dense.len() + 1;
    let size = sums.gradient.len();
    let rows = end - start;
    for index in 0..dense {
        let column = &block.weighted[index * BLOCK_ROWS..index * BLOCK_ROWS + rows];
        let cells = block.weighted_rows[index..].iter_mut().step_by(dense);
        for (cell, value) in cells.zip(column) {
            *cell = *value;
        }
    }
    for row in 0..rows {
        block.active.clear();
        for slot in &problem.design.slots {
            let code = slot.codes[start + row];
            if code != NO_TERM {
                block.active.push(dense + usize::from(code));
            }
        }
        let curvature = block.curvatures[row];
        let weighted = &block.weighted_rows[row * dense..(row + 1) * dense];
        for (position, term) in block.active.iter().enumerate() {
            sums.gradient[*term] += block.residuals[row];
            let line = &mut sums.hessian[term * size..(term + 1) * size];
            for (cell, value) in line.iter_mut().zip(weighted) {
                *cell += value;
            }
            // Slots are in the order of their terms, so the others lie below.
            for other in &block.active[..=position] {
                line[*other] += curvature;
            }
        }
    }
}
