//! Rows as they are stored, and how they become what the domain knows.
//!
//! The query macros fill the structs, so the compiler checks names and types against the schema. Texts that stand for
//! an enum and JSON columns are read in one place each. A row that breaks what its type promises is [`Corrupt`]: it
//! names the table, the column and the id, never the content.

pub(crate) mod batch;
pub(crate) mod conversion;
pub(crate) mod customer;
pub(crate) mod event;
pub(crate) mod form;
pub(crate) mod import;
pub(crate) mod lead;
pub(crate) mod names;
pub(crate) mod timeline;

use opportune_application::ports::StoreError;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// A row that breaks what its type promises: written by hand, or by a newer version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{table} {id}: column {column} holds what it may not hold")]
pub(crate) struct Corrupt {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// Id of the row.
    pub id: Uuid,
}

impl From<Corrupt> for StoreError {
    fn from(corrupt: Corrupt) -> Self {
        Self::Failed(Box::new(corrupt))
    }
}

/// Reads a JSON column.
pub(crate) fn json<T: DeserializeOwned>(
    table: &'static str,
    column: &'static str,
    id: Uuid,
    text: &str,
) -> Result<T, Corrupt> {
    serde_json::from_str(text).map_err(|_| Corrupt { table, column, id })
}

/// All rows as domain values; the first corrupt one ends it.
pub(crate) fn all<R, T>(rows: Vec<R>) -> Result<Vec<T>, Corrupt>
where
    T: TryFrom<R, Error = Corrupt>,
{
    rows.into_iter().map(T::try_from).collect()
}
