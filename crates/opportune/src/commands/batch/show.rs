//! A batch, for people.

use opportune_contract::v1::{Batch, BatchState};

use crate::output::{short, thousands};

/// Prints where a batch stands.
pub(super) fn print_batch(batch: &Batch) {
    if batch.id.is_empty() {
        println!("preview: {} leads (nothing was started)", count(batch.total_count));
        return;
    }
    println!(
        "batch {}: {}",
        batch.id,
        short(batch.state().as_str_name(), "BATCH_STATE_")
    );
    println!("{} leads: {}", count(batch.total_count), counts(batch));
}

/// The counts in a few words.
pub(super) fn counts(batch: &Batch) -> String {
    let all = [
        ("converted", batch.succeeded_count),
        ("failed", batch.failed_count),
        ("cancelled", batch.cancelled_count),
        ("waiting", batch.queued_count),
    ];
    let told: Vec<String> = all
        .into_iter()
        .filter(|(name, number)| *number != 0 || *name == "converted")
        .map(|(name, number)| format!("{name} {}", count(number)))
        .collect();
    told.join(", ")
}

/// Nothing is going on in it any more.
pub(super) fn has_ended(batch: &Batch) -> bool {
    matches!(batch.state(), BatchState::Finished | BatchState::Cancelled)
}

/// How many items have ended, of how many.
pub(super) fn progress(batch: &Batch) -> (u64, u64) {
    let of = |number: i64| u64::try_from(number).unwrap_or_default();
    (of(batch.total_count - batch.queued_count), of(batch.total_count))
}

fn count(number: i64) -> String {
    thousands(u64::try_from(number).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_happen_is_not_counted_out() {
        let batch = Batch {
            total_count: 1_200,
            succeeded_count: 1_000,
            failed_count: 2,
            queued_count: 198,
            ..Batch::default()
        };
        assert_eq!(counts(&batch), "converted 1,000, failed 2, waiting 198");
        assert_eq!(progress(&batch), (1_002, 1_200));
        assert_eq!(counts(&Batch::default()), "converted 0");
    }
}
