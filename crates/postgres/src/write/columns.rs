//! Records as columns: one list a column, which `UNNEST` turns into rows again.

/// Declares a struct with one `Vec` a column, and how a record fills them.
macro_rules! columns {
    ($(#[$doc:meta])* $name:ident, |$record:ident: &$kind:ty| { $($column:ident: $type:ty = $value:expr),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub(super) struct $name<'a> {
            $(pub $column: Vec<$type>),+
        }

        impl<'a> $name<'a> {
            pub fn of(records: impl IntoIterator<Item = &'a $kind>) -> Self {
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
