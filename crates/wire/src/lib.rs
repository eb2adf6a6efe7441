//! Domain types and contract messages, each from the other.
