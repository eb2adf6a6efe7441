//! tonic services: parse to domain types, map outcomes to google.rpc statuses.
