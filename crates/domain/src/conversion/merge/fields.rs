//! Which value each field of the survivor ends with (rules 7.4).

use super::description::is_blank;
use super::gathering::{Gathering, Sourced};
use crate::address::Address;
use crate::conversion::plan::LostValue;
use crate::ids::{SalespersonId, TeamId};
use crate::lead::{Lead, LeadStatus};
use crate::limits;
use crate::money::Money;
use crate::tenant::TenantConfig;
use serde_json::{Map, Value};

/// There is no room for it.
const TOO_LARGE: &str = "the field would be larger than is allowed";

/// A text of which the first non-empty one is taken.
struct Text {
    /// Its name in the contract.
    name: &'static str,
    read: fn(&Lead) -> &String,
    place: fn(&mut Lead) -> &mut String,
}

macro_rules! texts {
    ($($field:ident),+) => {
        [$(Text {
            name: stringify!($field),
            read: |lead| &lead.$field,
            place: |lead| &mut lead.$field,
        }),+]
    };
}

const TEXTS: [Text; 12] = texts!(
    title,
    contact_name,
    company_name,
    email,
    phone,
    job_title,
    website,
    language,
    referred_by,
    source,
    medium,
    campaign
);

/// Decides every field.
pub(super) fn gather(config: &TenantConfig, gathering: &mut Gathering) {
    for text in TEXTS {
        text.gather(gathering);
    }
    address(gathering);
    description(gathering);
    tags(gathering);
    priority(gathering);
    revenue(gathering);
    custom_fields(gathering);
    external_id(gathering);
    closing(gathering);
    assignment(gathering);
    references(config, gathering);
}

impl Text {
    fn gather(&self, gathering: &mut Gathering) {
        let read = |lead: &Lead| Some((self.read)(lead).clone()).filter(|text| !text.trim().is_empty());
        if let Some(value) = gathering.first(self.name, read, String::clone) {
            *(self.place)(&mut gathering.lead) = value;
        }
    }
}

/// As one block, from the record with most of the six parts; a tie goes to the earlier one.
fn address(gathering: &mut Gathering) {
    let filled = |address: &Address| address.parts().iter().filter(|part| !part.trim().is_empty()).count();
    let mut all = gathering.values(|lead| Some(lead.address.clone()).filter(|address| filled(address) > 0));
    let Some(most) = all.iter().map(|(address, _)| filled(address)).max() else {
        return;
    };
    let best = all.iter().position(|(address, _)| filled(address) == most).unwrap_or(0);
    let best = all.remove(best);
    if let Some(address) = gathering.take("address", "block", best, all, Address::one_line) {
        gathering.lead.address = address;
    }
}

/// All of them in order, separated by a blank line.
fn description(gathering: &mut Gathering) {
    let all = gathering.values(|lead| Some(lead.description.clone()).filter(|text| !is_blank(text)));
    if all.is_empty() {
        return;
    }
    let mut whole = String::new();
    let mut sources = Vec::new();
    for (text, source) in all {
        let gap = if whole.is_empty() { "" } else { "\n\n" };
        if whole.chars().count() + gap.len() + text.chars().count() > limits::TEXT {
            gathering.leave("description", text, source, TOO_LARGE);
            continue;
        }
        whole.push_str(gap);
        whole.push_str(&text);
        sources.push(source);
    }
    let source = if let [only] = sources[..] { Some(only) } else { None };
    gathering.decided("description", "concatenated", source, whole.clone(), Vec::new());
    gathering.lead.description = whole;
}

fn tags(gathering: &mut Gathering) {
    let mut union: Vec<String> = Vec::new();
    for (tags, source) in gathering.values(|lead| Some(lead.tags.clone())) {
        for tag in tags {
            if union.contains(&tag) {
                continue;
            }
            if union.len() < limits::TAGS {
                union.push(tag);
            } else {
                gathering.leave("tags", tag, source, TOO_LARGE);
            }
        }
    }
    if !union.is_empty() {
        gathering.decided("tags", "union", None, union.join(", "), Vec::new());
        gathering.lead.tags = union;
    }
}

fn priority(gathering: &mut Gathering) {
    let all = gathering.values(|lead| Some(lead.priority).filter(|priority| *priority > 0));
    let Some(highest) = all.iter().map(|(priority, _)| *priority).max() else {
        return;
    };
    let source = all.iter().find(|(priority, _)| *priority == highest).map(|(_, id)| *id);
    // A lower one is contained in the highest: nothing is lost.
    gathering.decided("priority", "maximum", source, highest.to_string(), Vec::new());
    gathering.lead.priority = highest;
}

/// 0 counts as empty, and revenues are never summed.
fn revenue(gathering: &mut Gathering) {
    let some = |lead: &Lead| lead.expected_revenue.clone().filter(|money| !money.amount.is_zero());
    let show = |money: &Money| format!("{} {}", money.amount, money.currency).trim_end().to_owned();
    if let Some(money) = gathering.first("expected_revenue", some, show) {
        gathering.lead.expected_revenue = Some(money);
    }
    let day = |lead: &Lead| lead.expected_close_date;
    if let Some(day) = gathering.first("expected_close_date", day, ToString::to_string) {
        gathering.lead.expected_close_date = Some(day);
    }
}

/// Key by key, the first value that is not empty.
fn custom_fields(gathering: &mut Gathering) {
    let mut keys: Vec<String> = Vec::new();
    for lead in gathering.records {
        keys.extend(
            lead.custom_fields
                .keys()
                .filter(|key| !keys.contains(key))
                .cloned()
                .collect::<Vec<_>>(),
        );
    }
    let mut merged = Map::new();
    for key in keys {
        let field = format!("custom_fields.{key}");
        let value = |lead: &Lead| lead.custom_fields.get(&key).filter(|value| !is_empty(value)).cloned();
        let Some(first) = gathering.values(value).into_iter().next() else {
            // Empty everywhere: as the survivor has it.
            if let Some(own) = gathering.lead.custom_fields.get(&key) {
                merged.insert(key.clone(), own.clone());
            }
            continue;
        };
        merged.insert(key.clone(), first.0.clone());
        if too_large(&merged) {
            merged.remove(&key);
            let left: Vec<Sourced<Value>> = gathering.values(value);
            for (value, source) in left {
                gathering.leave(&field, plain(&value), source, TOO_LARGE);
            }
        } else {
            gathering.first(&field, value, plain);
        }
    }
    gathering.lead.custom_fields = merged;
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Text as it is, anything else as JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn too_large(fields: &Map<String, Value>) -> bool {
    serde_json::to_vec(fields).map_or(true, |bytes| bytes.len() > limits::CUSTOM_FIELDS)
}

/// The others stay the names of their tombstones, and are followed to the survivor: none is lost.
fn external_id(gathering: &mut Gathering) {
    let all = gathering.values(|lead| Some(lead.external_id.clone()).filter(|id| !id.is_empty()));
    if let Some((id, source)) = all.into_iter().next() {
        gathering.decided("external_id", "first_non_empty", Some(source), id.clone(), Vec::new());
        gathering.lead.external_id = id;
    }
}

/// The survivor ends open: why records were lost is told, and cleared.
fn closing(gathering: &mut Gathering) {
    let reason = |lead: &Lead| {
        let lost = lead.status == LeadStatus::Lost || !lead.lost_reason.is_empty();
        Some(lead.lost_reason.clone()).filter(|reason| lost && !reason.trim().is_empty())
    };
    let reasons = gathering.values(reason);
    gathering.lead.lost_reason.clear();
    if reasons.is_empty() {
        return;
    }
    let lost: Vec<LostValue> = reasons
        .into_iter()
        .map(|(value, source_lead_id)| LostValue { value, source_lead_id })
        .collect();
    for one in &lost {
        gathering.leave(
            "lost_reason",
            one.value.clone(),
            one.source_lead_id,
            "the record is open",
        );
    }
    gathering.decided("lost_reason", "cleared", None, String::new(), lost);
}

/// Salesperson and team together from the first record that has both; else each for itself.
fn assignment(gathering: &mut Gathering) {
    let pair = |lead: &Lead| Some((lead.salesperson_id?, lead.team_id?));
    let pairs: Vec<Sourced<(SalespersonId, TeamId)>> = gathering.values(pair);
    let person = |lead: &Lead| lead.salesperson_id;
    let team = |lead: &Lead| lead.team_id;
    let Some(((salesperson_id, team_id), source)) = pairs.into_iter().next() else {
        gathering.lead.salesperson_id = gathering.first("salesperson_id", person, ToString::to_string);
        gathering.lead.team_id = gathering.first("team_id", team, ToString::to_string);
        return;
    };
    let people = gathering.values(person);
    let teams = gathering.values(team);
    gathering.take(
        "salesperson_id",
        "together",
        (salesperson_id, source),
        people,
        ToString::to_string,
    );
    gathering.take("team_id", "together", (team_id, source), teams, ToString::to_string);
    gathering.lead.salesperson_id = Some(salesperson_id);
    gathering.lead.team_id = Some(team_id);
}

/// Customer and stage. The survivor ends open, so a won stage of a record that was put away is no place for it.
fn references(config: &TenantConfig, gathering: &mut Gathering) {
    let customer = |lead: &Lead| lead.customer_id;
    if let Some(id) = gathering.first("customer_id", customer, ToString::to_string) {
        gathering.lead.customer_id = Some(id);
    }
    let stage = |lead: &Lead| {
        lead.stage_id
            .filter(|id| config.stage(*id).is_some_and(|stage| !stage.won))
    };
    gathering.lead.stage_id = gathering.first("stage_id", stage, ToString::to_string);
}
