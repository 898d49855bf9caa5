//! Orders of nodes: `randomize`.

use super::{Environment, value::number_of, words};

/// The largest of the numbers that the generator goes through: 2^31 - 1, a prime.
const MODULUS: i64 = 2_147_483_647;
const FACTOR: i64 = 16_807;

/// `items` in another order: `randomize(nodes, seed)`, and `randomize=true seed=…` of a question's parameters.
///
/// It is the order that ODK gives for the same seed: Fisher and Yates's shuffle from the inside out, over Park and
/// Miller's generator (ODK XForms 1.0.0, "Node-set Functions"). A seed that is no number is digested into one;
/// without a seed the order is left to chance.
pub fn shuffled<Item: Copy>(
    items: &[Item],
    seed: Option<&str>,
    environment: &Environment,
) -> Vec<Item> {
    let mut state = seed.map(seed_of).map(|seed| {
        let seed = seed % MODULUS;
        if seed <= 0 { seed + MODULUS - 1 } else { seed }
    });
    let mut random = || match &mut state {
        None => environment.random(),
        Some(state) => {
            *state = *state * FACTOR % MODULUS;
            (*state - 1) as f64 / (MODULUS - 1) as f64
        }
    };
    let mut shuffled: Vec<Item> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let at = libm::floor(random() * (index as f64 + 1.0)) as usize;
        shuffled.push(*item);
        shuffled.swap(at.min(index), index);
    }
    shuffled
}

/// The number that a seed stands for: digits as they are, without their fraction; an empty one is 0; other words by
/// the first 64 bits of their SHA-256 digest, as JavaRosa does.
fn seed_of(text: &str) -> i64 {
    let number = number_of(text);
    if !number.is_nan() {
        return number as i64;
    }
    if text.is_empty() {
        return 0;
    }
    words::sha256(text).iter().take(8).fold(0, |seed, byte| seed << 8 | i64::from(*byte))
}
