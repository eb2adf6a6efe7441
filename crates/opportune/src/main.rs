//! opportune.
fn main() {}
