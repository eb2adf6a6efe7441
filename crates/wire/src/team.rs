//! Teams and salespeople.

use crate::fields::Fields;
use crate::ids::{parse_id, text, texts};
use crate::time::timestamp;
use opportune_contract::v1;
use opportune_domain::lead::etag;
use opportune_domain::refusal::Refusal;
use opportune_domain::tenant::{Salesperson, SalespersonPatch, Team, TeamPatch};

/// The paths that the field mask of a change of a team may name.
const TEAM: [&str; 5] = ["name", "sequence", "use_leads", "use_opportunities", "leader_id"];
/// The same of a salesperson.
const SALESPERSON: [&str; 2] = ["name", "active"];

/// A team as a message.
pub fn team(team: &Team) -> v1::Team {
    v1::Team {
        id: team.id.to_string(),
        name: team.name.clone(),
        sequence: team.sequence,
        use_leads: Some(team.use_leads),
        use_opportunities: Some(team.use_opportunities),
        leader_id: text(team.leader_id),
        member_ids: texts(&team.member_ids),
        etag: etag(team.version),
        create_time: Some(timestamp(team.create_time)),
    }
}

/// What a caller gives about a team; `paths` as in [`crate::lead::lead_patch`]. A switch that the mask names and that
/// is absent is turned on, as on creation. Members are changed by calls of their own.
///
/// # Errors
/// `FIELD_INVALID` naming what cannot be read, and `update_mask` when it names what cannot be changed.
pub fn team_patch(team: v1::Team, paths: Option<&[String]>) -> Result<TeamPatch, Refusal> {
    let mut fields = Fields::new(paths, &TEAM);
    let patch = TeamPatch {
        name: fields.take("name", team.name),
        sequence: fields.take("sequence", team.sequence),
        use_leads: fields.take("use_leads", team.use_leads).map(or_on),
        use_opportunities: fields.take("use_opportunities", team.use_opportunities).map(or_on),
        leader_id: fields.parse("leader_id", || parse_id("leader_id", &team.leader_id)),
        member_ids: None,
    };
    fields.finish(patch)
}

/// A salesperson as a message.
pub fn salesperson(person: &Salesperson) -> v1::Salesperson {
    v1::Salesperson {
        id: person.id.to_string(),
        name: person.name.clone(),
        email: person.email.clone(),
        create_time: Some(timestamp(person.create_time)),
        active: Some(person.active),
    }
}

/// What a caller gives about a salesperson; `paths` as in [`crate::lead::lead_patch`]. The e-mail address is taken on
/// creation only.
///
/// # Errors
/// `FIELD_INVALID` naming `update_mask` when it names what cannot be changed.
pub fn salesperson_patch(person: v1::Salesperson, paths: Option<&[String]>) -> Result<SalespersonPatch, Refusal> {
    let mut fields = Fields::new(paths, &SALESPERSON);
    let patch = SalespersonPatch {
        name: fields.take("name", person.name),
        email: fields.take("email", person.email).filter(|_| paths.is_none()),
        active: fields.take("active", person.active).map(or_on),
    };
    fields.finish(patch)
}

fn or_on(switch: Option<bool>) -> bool {
    switch.unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use opportune_domain::ids::{SalespersonId, TeamId};
    use uuid::Uuid;

    #[test]
    fn a_team_that_is_sent_back_unchanged_gives_every_field_as_it_was() {
        let mut before = Team::new(TeamId(Uuid::from_u128(1)), DateTime::from_timestamp(0, 0).unwrap());
        before.name = "North".into();
        before.use_leads = false;
        before.leader_id = Some(SalespersonId(Uuid::from_u128(2)));
        let patch = team_patch(team(&before), Some(&[])).unwrap();
        let mut after = Team::new(before.id, before.create_time);
        patch.write(&mut after);
        assert_eq!(after, before);
    }

    #[test]
    fn a_switch_that_is_not_given_stays_away_from_the_patch() {
        assert_eq!(team_patch(v1::Team::default(), None).unwrap(), TeamPatch::default());
    }

    #[test]
    fn members_and_etags_cannot_be_changed_by_a_mask() {
        for path in ["member_ids", "etag", "id", "create_time"] {
            assert!(
                team_patch(v1::Team::default(), Some(&[path.to_owned()])).is_err(),
                "{path}"
            );
        }
        for path in ["email", "id", "create_time"] {
            assert!(
                salesperson_patch(v1::Salesperson::default(), Some(&[path.to_owned()])).is_err(),
                "{path}"
            );
        }
    }

    #[test]
    fn the_address_of_a_salesperson_is_taken_on_creation_only() {
        let sent = v1::Salesperson {
            email: "ann@example.com".into(),
            ..v1::Salesperson::default()
        };
        assert!(salesperson_patch(sent.clone(), None).unwrap().email.is_some());
        assert_eq!(salesperson_patch(sent, Some(&[])).unwrap(), SalespersonPatch::default());
    }
}
