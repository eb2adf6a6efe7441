//! A preview: a decision that is not carried out (rules 4.6).

use super::command::{Asked, Locks, command_needs};
use crate::ids::IdSource;
use crate::ports::{Needs, Work};
use opportune_domain::conversion::{ConvertCommand, Plan, accept, decide};
use opportune_domain::refusal::Refusal;
use opportune_domain::world::World;

/// Decides a command without doing it.
pub struct Preview {
    /// What is asked.
    pub command: ConvertCommand,
    /// Ids for the rows that the plan would make.
    pub ids: IdSource,
    /// The plan, or why not.
    pub result: Option<Result<Plan, Refusal>>,
}

impl Work for Preview {
    fn needs(&mut self, world: &World) -> Needs {
        let mut needs = Needs::default();
        command_needs(
            world,
            &self.command,
            None,
            &mut needs,
            &mut Asked::default(),
            Locks::Nothing,
        );
        needs.live_of.extend(needs.peek_leads.iter());
        needs
    }

    fn decide(&mut self, world: &mut World) {
        let plan = accept(world, &self.command).and_then(|()| decide(world, &self.command, &mut self.ids));
        self.result = Some(plan.map(|decision| decision.plan));
    }
}
