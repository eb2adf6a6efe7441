//! Records as columns: one list a column, which `UNNEST` turns into rows again.

/// Declares a struct with one `Vec` a column, and how a record fills them.
macro_rules! columns {
    ($(#[$doc:meta])* $name:ident, |$record:ident: &$kind:ty| { $($column:ident: $type:ty = $value:expr),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        struct $name<'a> {
            $($column: Vec<$type>),+
        }

        impl<'a> $name<'a> {
            fn of(records: impl IntoIterator<Item = &'a $kind>) -> Self {
                let mut columns = Self::default();
                for $record in records {
                    $(columns.$column.push($value);)+
                }
                columns
            }
        }
    };
}
pub(super) use columns;
