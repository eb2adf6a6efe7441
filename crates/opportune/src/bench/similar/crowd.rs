//! Leads of which many share one key: a large company's domain, its switchboard, its shared mailbox.

use crate::sample::SampleLead;

/// One lead in so many belongs to a crowd.
const EVERY: usize = 10;
/// The crowds. Each gets one lead in a hundred: 10,000 of a million.
const CROWDS: usize = 10;

/// The leads, with each tenth put into one of ten crowds, turn and turn about.
pub fn planted(leads: impl Iterator<Item = SampleLead>) -> impl Iterator<Item = SampleLead> {
    leads.enumerate().map(|(number, mut lead)| {
        if number.is_multiple_of(EVERY) {
            join(&mut lead, number / EVERY);
        }
        lead
    })
}

fn join(lead: &mut SampleLead, member: usize) {
    let crowd = member % CROWDS;
    match crowd {
        0..5 => lead.email = format!("person{member}@crowd{crowd}.example"),
        5..8 => lead.phone = format!("+31 20 555 01{crowd:02}"),
        _ => lead.email = format!("info@crowd{crowd}.example"),
    }
}
