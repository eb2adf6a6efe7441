//! The rules, sentence by sentence, over worlds in memory.

mod accepting;
mod assignment;
mod batches;
mod closing;
mod customer_create;
mod customer_link;
mod customer_match;
mod digest;
mod duplicates;
mod merging;
mod merging_fields;
mod properties;
mod properties_merge;
mod reverting;
mod settling;
mod similar;
mod similar_adversarial;
mod similar_relations;
mod stages;
mod support;
mod timeline;
mod types;
mod updating;
mod worlds;
