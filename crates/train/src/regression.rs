//! Logistic regression over levels: Newton steps with a ridge, then weights that never fall where the evidence grows.

use opportune_domain::similar::{Active, FEATURES, Features};

/// One pair of records.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Its features.
    pub active: [Active; 10],
    /// Log-odds that are known beforehand.
    pub offset: f64,
    /// How much it counts.
    pub weight: f64,
    /// The two are the same contact.
    pub same: bool,
}

/// Steps until nothing moves any more.
const STEPS: usize = 12;

/// What holds a weight near that of the same level in the other contexts, or near nothing.
const RIDGE: f64 = 4.0;

/// Weights by feature.
pub fn fit(samples: &[Sample]) -> Vec<f64> {
    let mut weights = vec![0.0; FEATURES];
    for _ in 0..STEPS {
        let anchors = anchors(&weights);
        newton_step(samples, &mut weights, |feature| (RIDGE, anchors[feature]));
    }
    let counts = counts(samples);
    for run in Features::ordered() {
        isotonic(&mut weights[run.clone()], &counts[run]);
    }
    let common = FEATURES - 2..FEATURES;
    for weight in &mut weights[common] {
        *weight = weight.min(0.0);
    }
    // What straightening the levels has moved is taken up by the contexts.
    let fixed = weights.clone();
    for _ in 0..4 {
        newton_step(samples, &mut weights, |feature| {
            if feature < CONTEXTS {
                (RIDGE, 0.0)
            } else {
                (1e12, fixed[feature])
            }
        });
    }
    weights
}

/// Features that are contexts come first.
const CONTEXTS: usize = 5;

/// Where the ridge pulls each weight: to the mean of its siblings.
fn anchors(weights: &[f64]) -> Vec<f64> {
    (0..FEATURES)
        .map(|feature| {
            let siblings = Features::siblings(feature);
            let sum: f64 = siblings.iter().map(|sibling| weights[*sibling]).sum();
            if siblings.is_empty() {
                0.0
            } else {
                sum / siblings.len() as f64
            }
        })
        .collect()
}

fn counts(samples: &[Sample]) -> Vec<f64> {
    let mut counts = vec![1.0; FEATURES];
    for sample in samples {
        for (feature, amount) in sample.active {
            counts[feature] += amount * sample.weight;
        }
    }
    counts
}

fn newton_step(samples: &[Sample], weights: &mut [f64], ridge: impl Fn(usize) -> (f64, f64)) {
    let mut gradient = vec![0.0; FEATURES];
    let mut hessian = vec![0.0; FEATURES * FEATURES];
    for sample in samples {
        let sum: f64 = sample
            .active
            .iter()
            .map(|(feature, amount)| weights[*feature] * amount)
            .sum();
        let chance = 1.0 / (1.0 + (-(sum + sample.offset)).exp());
        let error = sample.weight * (f64::from(u8::from(sample.same)) - chance);
        let curve = sample.weight * (chance * (1.0 - chance)).max(1e-6);
        for (i, x) in sample.active {
            if x == 0.0 {
                continue;
            }
            gradient[i] += error * x;
            for (j, y) in sample.active {
                hessian[i * FEATURES + j] += curve * x * y;
            }
        }
    }
    for feature in 0..FEATURES {
        let (strength, anchor) = ridge(feature);
        gradient[feature] -= strength * (weights[feature] - anchor);
        hessian[feature * FEATURES + feature] += strength;
    }
    let step = solve(hessian, gradient);
    for (weight, step) in weights.iter_mut().zip(step) {
        *weight += step.clamp(-4.0, 4.0);
    }
}

/// Solves `matrix * x = right` for a symmetric positive matrix (Cholesky).
fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for j in 0..n {
        for k in 0..j {
            let factor = matrix[j * n + k];
            for i in j..n {
                matrix[i * n + j] -= matrix[i * n + k] * factor;
            }
        }
        let root = matrix[j * n + j].max(1e-12).sqrt();
        for i in j..n {
            matrix[i * n + j] /= root;
        }
    }
    for i in 0..n {
        let sum: f64 = (0..i).map(|k| matrix[i * n + k] * right[k]).sum();
        right[i] = (right[i] - sum) / matrix[i * n + i];
    }
    for i in (0..n).rev() {
        let sum: f64 = (i + 1..n).map(|k| matrix[k * n + i] * right[k]).sum();
        right[i] = (right[i] - sum) / matrix[i * n + i];
    }
    right
}

/// The nearest values that never fall, by pooling neighbours that do.
fn isotonic(values: &mut [f64], counts: &[f64]) {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (value, count) in values.iter().zip(counts) {
        pools.push((*value, *count, 1));
        while let [.., (low, a, m), (high, b, n)] = pools.as_slice()
            && low > high
        {
            let pooled = ((low * a + high * b) / (a + b), a + b, m + n);
            pools.truncate(pools.len() - 2);
            pools.push(pooled);
        }
    }
    let straight = pools
        .into_iter()
        .flat_map(|(value, _, length)| std::iter::repeat_n(value, length));
    for (value, straight) in values.iter_mut().zip(straight) {
        *value = straight;
    }
}

#[cfg(test)]
mod tests {
    use super::{isotonic, solve};

    #[test]
    fn falling_neighbours_are_pooled() {
        let mut values = [0.0, 3.0, 1.0, 4.0];
        isotonic(&mut values, &[1.0, 1.0, 1.0, 1.0]);
        assert_eq!(values, [0.0, 2.0, 2.0, 4.0]);
    }

    #[test]
    fn a_system_of_equations_is_solved() {
        let x = solve(vec![4.0, 2.0, 2.0, 3.0], vec![10.0, 8.0]);
        assert!((x[0] - 1.75).abs() < 1e-9 && (x[1] - 1.5).abs() < 1e-9);
    }
}
