//! Rows that cannot go in, one kind after the other.

use super::lead::{COLUMNS, SampleLead};

/// In how many ways rows are broken.
const KINDS: usize = 12;

/// The cells of row `number` among the broken ones.
pub(super) fn cells(lead: &SampleLead, number: usize) -> Vec<Vec<u8>> {
    let mut cells: Vec<Vec<u8>> = lead.cells().into_iter().map(String::into_bytes).collect();
    match number % KINDS {
        0 => cells.extend([b"one".to_vec(), b"too many".to_vec()]),
        1 => cells.truncate(COLUMNS.len() - 3),
        2 => set(&mut cells, "contact_name", b"Ren\xe9e M\xfcller"),
        3 => set(&mut cells, "expected_revenue", b"a lot"),
        4 => set(&mut cells, "expected_close_date", b"2027-02-30"),
        5 => set(&mut cells, "priority", b"high"),
        6 => set(&mut cells, "country", b"Atlantis"),
        7 => set(&mut cells, "title", "far too long ".repeat(45).as_bytes()),
        8 => set(&mut cells, "priority", b"9"),
        9 => set(&mut cells, "probability", b"140"),
        10 => set(&mut cells, "phone", "+49 89 99998 001 or ".repeat(6).as_bytes()),
        _ => set(&mut cells, "language", b"something between English and French"),
    }
    cells
}

fn set(cells: &mut [Vec<u8>], column: &str, value: &[u8]) {
    let at = COLUMNS.iter().position(|name| *name == column);
    if let Some(cell) = at.and_then(|at| cells.get_mut(at)) {
        *cell = value.to_vec();
    }
}
