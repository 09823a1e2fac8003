//! Dense linear algebra for the solvers: dot products and Cholesky.

/// Sum of products, in four running sums so that it can be vectorised; the order
/// of additions is fixed.
#[inline]
pub(crate) fn dot(left: &[f64], right: &[f64]) -> f64 {
    let length = left.len().min(right.len());
    let (left, left_rest) = left.split_at(length).0.as_chunks::<4>();
    let (right, right_rest) = right.split_at(length).0.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (left, right) in left.iter().zip(right) {
        for lane in 0..4 {
            sums[lane] += left[lane] * right[lane];
        }
    }
    let rest: f64 = left_rest.iter().zip(right_rest).map(|(l, r)| l * r).sum();
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + rest
}

/// A = L L' of a positive definite matrix.
pub(crate) struct Cholesky {
    size: usize,
    /// Lower triangle, row by row, `size` numbers a row.
    lower: Vec<f64>,
}

impl Cholesky {
    /// Factors the lower triangle given row by row (`size` numbers a row, what
    /// stands above the diagonal is ignored); `None` if it is not positive
    /// definite.
    pub(crate) fn factor(mut lower: Vec<f64>, size: usize) -> Option<Cholesky> {
        if lower.len() != size * size {
            return None;
        }
        for row in 0..size {
            let (above, rest) = lower.split_at_mut(row * size);
            let current = rest.get_mut(..size)?;
            for column in 0..row {
                let other = above.get(column * size..column * size + column + 1)?;
                let (pivot, other) = other.split_last()?;
                let (known, open) = current.split_at_mut(column);
                let value = open.first_mut()?;
                *value = (*value - dot(known, other)) / pivot;
            }
            let (known, open) = current.split_at_mut(row);
            let pivot = open.first_mut()?;
            let size_before = *pivot;
            *pivot -= dot(known, known);
            // A pivot lost to rounding is no pivot.
            let sound = *pivot > size_before * 1e-14 && pivot.is_finite();
            if !sound {
                return None;
            }
            *pivot = pivot.sqrt();
        }
        Some(Cholesky { size, lower })
    }

    fn row(&self, row: usize) -> &[f64] {
        let start = row * self.size;
        self.lower.get(start..start + row + 1).unwrap_or(&[])
    }

    /// The solution of A x = b.
    pub(crate) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut solution = right.to_vec();
        for row in 0..self.size {
            let Some((pivot, known)) = self.row(row).split_last() else {
                continue;
            };
            let (before, rest) = solution.split_at_mut(row);
            if let Some(value) = rest.first_mut() {
                *value = (*value - dot(known, before)) / pivot;
            }
        }
        for row in (0..self.size).rev() {
            let Some((pivot, known)) = self.row(row).split_last() else {
                continue;
            };
            let (before, rest) = solution.split_at_mut(row);
            let Some(value) = rest.first_mut() else {
                continue;
            };
            *value /= pivot;
            for (before, known) in before.iter_mut().zip(known) {
                *before -= *value * known;
            }
        }
        solution
    }

    /// The diagonal of the inverse of A.
    pub(crate) fn inverse_diagonal(&self) -> Vec<f64> {
        let mut diagonal = vec![0.0; self.size];
        let mut column = vec![0.0; self.size];
        for (start, total) in diagonal.iter_mut().enumerate() {
            // Column `start` of the inverse of L; above `start` it is zero.
            for row in start..self.size {
                let Some((pivot, known)) = self.row(row).split_last() else {
                    continue;
                };
                let (before, rest) = column.split_at_mut(row);
                let unit = f64::from(row == start);
                let sum = match (known.get(start..), before.get(start..)) {
                    (Some(known), Some(before)) => dot(known, before),
                    _ => 0.0,
                };
                if let Some(value) = rest.first_mut() {
                    *value = (unit - sum) / pivot;
                    *total += *value * *value;
                }
            }
        }
        diagonal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_a_system_worked_by_hand() {
        // [[4, 2, 0.4], [2, 3, 0.5], [0.4, 0.5, 1.2]] x = b with x = (1, -2, 3).
        let lower = vec![4.0, 0.0, 0.0, 2.0, 3.0, 0.0, 0.4, 0.5, 1.2];
        let factor = Cholesky::factor(lower, 3).unwrap();
        let solution = factor.solve(&[1.2, -2.5, 3.0]);
        for (found, expected) in solution.iter().zip([1.0, -2.0, 3.0]) {
            assert!((found - expected).abs() < 1e-14, "{solution:?}");
        }
        // Cofactors over the determinant 8.92.
        let expected = [3.35 / 8.92, 4.64 / 8.92, 8.0 / 8.92];
        for (found, expected) in factor.inverse_diagonal().iter().zip(expected) {
            assert!((found - expected).abs() < 1e-14);
        }
    }

    #[test]
    fn refuses_what_is_not_positive_definite() {
        assert!(Cholesky::factor(vec![1.0, 0.0, 1.0, 1.0], 2).is_none());
        assert!(Cholesky::factor(vec![1.0, 0.0, 2.0, 1.0], 2).is_none());
        assert!(Cholesky::factor(vec![f64::NAN], 1).is_none());
        assert!(Cholesky::factor(vec![1.0], 2).is_none());
    }

    #[test]
    fn dot_handles_every_remainder() {
        for length in 0..11 {
            let left: Vec<f64> = (0..length).map(f64::from).collect();
            let expected: f64 = (0..length).map(|i| f64::from(i * i)).sum();
            assert_eq!(dot(&left, &left), expected);
        }
    }
}
