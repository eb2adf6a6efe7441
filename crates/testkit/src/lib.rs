//! Database and vhost per test, chaos proxy, builders.
