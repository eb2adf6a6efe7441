//! The architecture as a test: who may know whom, which methods nobody calls, how long a file may be.
//!
//! `cargo deny` says the same about crates from outside, where it is installed; this runs wherever the tests run.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// What each package may use of the workspace, tests aside. Arrows point inward; adapters never see each other.
const EDGES: &[(&str, &[&str])] = &[
    ("opportune-contract", &[]),
    ("opportune-domain", &[]),
    ("opportune-telemetry", &[]),
    ("opportune-sandbox", &[]),
    ("opportune-train", &["domain"]),
    ("opportune-wire", &["contract", "domain"]),
    ("opportune-application", &["domain"]),
    ("opportune-postgres", &["domain", "application"]),
    ("opportune-rabbitmq", &["contract", "domain", "wire", "application"]),
    ("opportune-grpc", &["contract", "domain", "wire", "application"]),
    (
        "opportune",
        &[
            "contract",
            "domain",
            "wire",
            "application",
            "postgres",
            "rabbitmq",
            "grpc",
            "telemetry",
            "sandbox",
        ],
    ),
];

/// May use anything: they test it.
const TESTERS: &[&str] = &["opportune-testkit", "opportune-tests"];

/// Crates that a package must not reach, by whatever way.
const OUT_OF_REACH: &[(&str, &[&str])] = &[
    (
        "opportune-domain",
        &[
            "tokio",
            "futures-core",
            "async-trait",
            "sqlx",
            "lapin",
            "tonic",
            "tracing",
        ],
    ),
    ("opportune-application", &["sqlx", "lapin", "tonic"]),
    ("opportune-wire", &["sqlx", "lapin"]),
    ("opportune-postgres", &["lapin", "tonic"]),
    ("opportune-rabbitmq", &["sqlx"]),
    ("opportune-grpc", &["sqlx", "lapin"]),
];

/// Methods by which time, ids and the environment would come in through the back door.
const BACK_DOORS: &[&str] = &[
    "chrono::Utc::now",
    "std::time::SystemTime::now",
    "uuid::Uuid::now_v7",
    "uuid::Uuid::new_v4",
    "std::env::set_var",
];

/// A file that is longer has more than one idea.
const MOST_LINES: usize = 400;
/// Files that may be longer, each with its reason.
const LONGER: &[(&str, &str)] = &[];

/// At run time, so that the check can be pointed at a changed copy of the repository.
fn root() -> PathBuf {
    let tests = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    tests.parent().expect("tests/ stands in the repository").to_owned()
}

/// Offline: whoever runs tests has all crates, those for other systems perhaps not.
fn metadata() -> Metadata {
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(["--offline".to_owned(), "--filter-platform".to_owned(), platform])
        .exec()
        .expect("cargo metadata")
}

fn toml(path: impl AsRef<Path>) -> Table {
    let text = fs::read_to_string(root().join(path)).expect("a readable file");
    text.parse().expect("TOML")
}

fn names<'a>(entries: impl IntoIterator<Item = &'a Value>) -> BTreeSet<&'a str> {
    entries.into_iter().filter_map(Value::as_str).collect()
}

#[test]
fn packages_use_only_what_stands_further_inside() {
    let metadata = metadata();
    let members: BTreeSet<&str> = metadata
        .workspace_packages()
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        if TESTERS.contains(&package.name.as_str()) {
            continue;
        }
        let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == package.name.as_str()) else {
            wrong.push(format!("{} has no place in the architecture yet", package.name));
            continue;
        };
        let allowed: BTreeSet<String> = allowed.iter().map(|name| format!("opportune-{name}")).collect();
        let edges = package
            .dependencies
            .iter()
            .filter(|edge| edge.kind != DependencyKind::Development && members.contains(edge.name.as_str()))
            .filter(|edge| !allowed.contains(&edge.name));
        wrong.extend(edges.map(|edge| format!("{} must not use {}", package.name, edge.name)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Everything that a package is built from, with `cargo metadata`'s resolution of features.
fn reach<'m>(metadata: &'m Metadata, from: &Package) -> BTreeSet<&'m str> {
    let resolve = metadata.resolve.as_ref().expect("a resolved graph");
    let nodes: BTreeMap<&PackageId, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let mut seen: BTreeSet<&PackageId> = BTreeSet::new();
    let mut open = vec![&from.id];
    while let Some(id) = open.pop() {
        let Some((id, node)) = nodes.get_key_value(id) else {
            continue;
        };
        if !seen.insert(id) {
            continue;
        }
        let normal = node
            .deps
            .iter()
            .filter(|edge| edge.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal));
        open.extend(normal.map(|edge| &edge.pkg));
    }
    seen.into_iter().map(|id| metadata[id].name.as_str()).collect()
}

#[test]
fn the_core_reaches_no_runtime_no_store_and_no_wire() {
    let metadata = metadata();
    for (name, forbidden) in OUT_OF_REACH {
        let package = metadata
            .workspace_packages()
            .into_iter()
            .find(|one| one.name.as_str() == *name);
        let reach = reach(&metadata, package.expect("a member"));
        let found: Vec<&&str> = forbidden.iter().filter(|name| reach.contains(**name)).collect();
        assert!(found.is_empty(), "{name} is built from {found:?}");
    }
}

#[test]
fn each_outside_system_is_known_to_the_packages_that_deny_toml_names() {
    let deny = toml("deny.toml");
    let metadata = metadata();
    let bans = deny["bans"]["deny"].as_array().expect("a list of bans");
    let mut guarded = BTreeSet::new();
    for ban in bans.iter().filter_map(Value::as_table) {
        let (Some(name), Some(wrappers)) = (ban.get("name").and_then(Value::as_str), ban.get("wrappers")) else {
            continue;
        };
        guarded.insert(name);
        let wrappers = names(wrappers.as_array().expect("a list of wrappers"));
        for package in metadata.workspace_packages() {
            let uses = package.dependencies.iter().any(|edge| edge.name == name);
            let may = wrappers.contains(package.name.as_str());
            assert!(!uses || may, "{} must not use {name}", package.name);
        }
    }
    assert_eq!(guarded, BTreeSet::from(["anyhow", "lapin", "sqlx", "tonic"]));
}

#[test]
fn time_ids_and_the_environment_are_handed_in() {
    let clippy = toml("clippy.toml");
    let methods = clippy["disallowed-methods"].as_array().expect("a list of methods");
    let entry = |key| methods.iter().filter_map(move |one| one.get(key));
    assert_eq!(entry("reason").count(), methods.len(), "each has its reason");
    let named = names(entry("path"));
    let missing: Vec<_> = BACK_DOORS.iter().filter(|door| !named.contains(**door)).collect();
    assert!(missing.is_empty(), "clippy.toml does not disallow {missing:?}");
    let level = &toml("Cargo.toml")["workspace"]["lints"]["clippy"]["disallowed_methods"];
    assert_eq!(level.as_str(), Some("deny"));
}

#[test]
fn the_core_makes_no_exception_from_that() {
    let core = ["crates/domain/src", "crates/application/src"];
    let excepted = core
        .iter()
        .flat_map(|folder| files(&root().join(folder)))
        .filter(|file| text(file).contains("disallowed_methods"));
    assert_eq!(excepted.collect::<Vec<_>>(), Vec::<PathBuf>::new());
}

#[test]
fn every_package_but_the_generated_one_has_the_lints_of_the_workspace() {
    for package in metadata().workspace_packages() {
        let manifest = fs::read_to_string(&package.manifest_path).expect("a manifest");
        let manifest: Table = manifest.parse().expect("TOML");
        let inherits = manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"))
            .and_then(Value::as_bool);
        let generated = package.name.as_str() == "opportune-contract";
        assert!(
            generated || inherits == Some(true),
            "{} has lints of its own",
            package.name
        );
    }
}

/// All files of the repository below `folder`, but for what is built or hidden.
fn files(folder: &Path) -> Vec<PathBuf> {
    let hidden = |name: &str| name.starts_with('.') || ["target", "__pycache__", "Cargo.lock"].contains(&name);
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a readable folder").flatten() {
            let path = entry.path();
            if entry.file_name().to_str().is_none_or(hidden) {
                continue;
            }
            // What is linked to is not ours.
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(path),
                Ok(kind) if kind.is_file() => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

fn text(file: &Path) -> String {
    String::from_utf8_lossy(&fs::read(file).expect("a readable file")).into_owned()
}

fn sources() -> Vec<PathBuf> {
    let rust = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "rs");
    files(&root()).into_iter().filter(rust).collect()
}

#[test]
fn no_source_file_has_grown_too_long() {
    let root = root();
    let mut long = Vec::new();
    let mut excused: BTreeSet<&str> = LONGER.iter().map(|(file, _)| *file).collect();
    for file in sources() {
        let lines = text(&file).lines().count();
        let name = file.strip_prefix(&root).expect("below the root").display().to_string();
        if lines > MOST_LINES && !excused.remove(name.as_str()) {
            long.push(format!("{name}: {lines} lines"));
        }
    }
    assert!(long.is_empty(), "more than {MOST_LINES} lines: {long:#?}");
    assert!(excused.is_empty(), "need no excuse any more: {excused:?}");
}

#[test]
fn no_test_is_ignored() {
    // Put together here, so that this file is not found.
    let mark = ["#[", "ignore"].concat();
    let ignored: Vec<_> = sources()
        .into_iter()
        .filter(|file| text(file).contains(&mark))
        .collect();
    assert!(ignored.is_empty(), "{ignored:?}");
}

#[test]
fn no_file_speaks_of_the_machine_that_it_was_written_on() {
    // Put together here, so that this file is not found.
    let words = [
        ["/work", "/main"],
        ["/work", "/shared"],
        ["..", "/shared/"],
        ["/tmp", "/plan"],
        ["arti", "factory"],
    ];
    let words: Vec<String> = words.iter().map(|pieces| pieces.concat()).collect();
    let mut found = Vec::new();
    for file in files(&root()) {
        let text = text(&file);
        found.extend(
            words
                .iter()
                .filter(|word| text.contains(*word))
                .map(|word| format!("{}: {word}", file.display())),
        );
    }
    assert!(found.is_empty(), "{found:#?}");
}
