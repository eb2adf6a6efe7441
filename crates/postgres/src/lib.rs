//! The store port in SQL.
