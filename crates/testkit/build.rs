//! The name of the template database is made of the migrations: a changed one must not go unnoticed.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
