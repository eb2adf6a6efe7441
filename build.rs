//! Compiles `proto/` into Rust and a descriptor set, without a protoc on the machine.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    // compile_fds does not say this by itself.
    println!("cargo::rerun-if-changed=proto");
    let root = Path::new("proto");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let files = proto_files(root)?;

    let mut commented = protox::Compiler::new([root])?;
    commented
        .include_source_info(true)
        .include_imports(true)
        .open_files(&files)?;
    fs::write(
        out.join("descriptor_with_comments.bin"),
        commented.encode_file_descriptor_set(),
    )?;

    // What the executable carries for reflection and JSON: the same without the comments, a fraction of the size.
    let mut bare = protox::Compiler::new([root])?;
    bare.include_source_info(false)
        .include_imports(true)
        .open_files(&files)?;
    fs::write(out.join("descriptor.bin"), bare.encode_file_descriptor_set())?;

    let mut config = tonic_prost_build::Config::new();
    config.enable_type_names();
    tonic_prost_build::configure()
        .build_client(true)
        .build_server(true)
        .btree_map(".")
        .compile_fds_with_config(commented.file_descriptor_set(), config)?;
    Ok(())
}

/// Every `.proto` below `folder`, sorted so that the output never depends on the file system.
fn proto_files(folder: &Path) -> Result<Vec<PathBuf>, std::io::Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(proto_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
