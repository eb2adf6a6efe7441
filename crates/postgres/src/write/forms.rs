//! The normal forms of records, as columns.

use crate::rows::form;
use opportune_domain::ids::LeadId;
use opportune_domain::similar::Form;
use uuid::Uuid;

/// Forms with the leads that have them, as two columns; and leads that have none any more.
#[derive(Debug, Default)]
pub(super) struct FormColumns {
    pub ids: Vec<Uuid>,
    pub forms: Vec<Vec<u8>>,
    pub gone: Vec<Uuid>,
}

impl FormColumns {
    /// `None` = a tombstone has none.
    pub fn of<'f>(forms: impl Iterator<Item = (LeadId, &'f Option<Form>)>) -> Self {
        let mut columns = Self::default();
        for (id, form) in forms {
            match form.as_ref().and_then(form::encode) {
                Some(bytes) => {
                    columns.ids.push(id.0);
                    columns.forms.push(bytes);
                }
                None => columns.gone.push(id.0),
            }
        }
        columns
    }
}
