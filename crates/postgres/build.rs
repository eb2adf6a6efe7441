//! `sqlx::migrate!` embeds the migrations; without this a new file would go unnoticed until the next clean build.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
