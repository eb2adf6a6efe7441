//! `lead_forms`: normal forms, as bytes that only the release with the same rules of keys can read.

use super::Corrupt;
use opportune_domain::similar::Form;
use uuid::Uuid;

/// As it is stored. None if it cannot be: then the record is read instead.
pub(crate) fn encode(form: &Form) -> Option<Vec<u8>> {
    postcard::to_stdvec(form).ok()
}

/// The form of a lead, from bytes of this release's rules.
pub(crate) fn decode(id: Uuid, bytes: &[u8]) -> Result<Form, Corrupt> {
    postcard::from_bytes(bytes).map_err(|_| Corrupt {
        table: "lead_forms",
        column: "form",
        id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use opportune_domain::address::Address;
    use opportune_domain::keys::KEYS_VERSION;
    use opportune_domain::similar::Given;

    fn form() -> Form {
        let address = Address {
            street: "Hafenstr. 12b".to_owned(),
            city: "Köln".to_owned(),
            postal_code: "50667".to_owned(),
            country: "DE".to_owned(),
            ..Address::default()
        };
        let given = Given {
            person: "Dr. Noor Dahl jr",
            company: "Fjord Lines GmbH",
            email: "noor.dahl+fair@fjord.example",
            phone: "0221 987 6543",
            website: "https://fjord.example",
            address: &address,
        };
        Form::read(&given, Some("DE"), &[])
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let form = form();
        assert_eq!(decode(Uuid::nil(), &encode(&form).unwrap()).unwrap(), form);
        assert!(decode(Uuid::nil(), &[250; 3]).is_err());
    }

    /// Stored forms of one version are all alike: whoever changes them raises the version, and then this.
    #[test]
    fn bytes_change_with_the_version_only() {
        let bytes = encode(&form()).unwrap();
        let sum = bytes
            .iter()
            .fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
        assert_eq!((KEYS_VERSION, bytes.len(), sum), (3, 188, 7_330_114_561_318_627_017));
    }
}
