//! The best rising step function through weighted values.

/// A run of values with one level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// Index of its first value.
    pub start: usize,
    /// One past its last.
    pub end: usize,
    /// Sum of its weights.
    pub weight: f64,
    /// The weighted mean of its values.
    pub level: f64,
}

/// Weighted least-squares isotonic regression by pooling adjacent violators
/// (Ayer et al. 1955; Barlow et al. 1972): blocks of strictly rising levels.
/// Pairs are `(value, weight)` with positive weights, in the order of the score.
pub fn isotonic(values: impl IntoIterator<Item = (f64, f64)>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (index, (value, weight)) in values.into_iter().enumerate() {
        let mut block = Block {
            start: index,
            end: index + 1,
            weight,
            level: value,
        };
        while let Some(last) = blocks
            .last()
            .copied()
            .filter(|last| last.level >= block.level)
        {
            let weight = last.weight + block.weight;
            block = Block {
                start: last.start,
                end: block.end,
                weight,
                level: (last.level * last.weight + block.level * block.weight) / weight,
            };
            blocks.pop();
        }
        blocks.push(block);
    }
    blocks
}
