//! Topology, confirmed publisher, consumer, dead letters, CloudEvents envelope.
