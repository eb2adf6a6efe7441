//! The moving parts between a call and its event, over a store and a broker that fail on demand: a database that fails
//! one row of a set, or goes away between two statements, cannot be had otherwise.

mod accepting;
mod broker;
mod dispatching;
mod store;
mod working;
mod working_again;
mod workshop;
