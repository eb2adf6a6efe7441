//! The name of an import that nobody named.

use std::time::UNIX_EPOCH;

use anyhow::Context;
use uuid::Uuid;

use crate::cli::ImportArgs;

/// The names of imports live in a space of their own.
const SPACE: Uuid = Uuid::from_u128(0x5b0a_41f2_6f0c_5d3e_9c53_7d1c_2f64_1a90);

/// The same file, read in the same way, is the same import: so that one that was cut is taken up, and one that is
/// complete is not done again.
///
/// # Errors
/// The file cannot be read.
pub fn derive(args: &ImportArgs) -> anyhow::Result<Uuid> {
    let context = || format!("cannot read {}", args.file.display());
    let metadata = std::fs::metadata(&args.file).with_context(context)?;
    let changed = metadata
        .modified()
        .with_context(context)?
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let path = args.file.canonicalize().with_context(context)?;
    let way = (&args.format, &args.map, &args.delimiter, &args.encoding);
    let conversion = args.convert.then_some((&args.instruction, &args.pool));
    let name = format!(
        "{}\n{}\n{}\n{way:?}{}",
        path.display(),
        metadata.len(),
        changed.as_nanos(),
        conversion.map_or_else(String::new, |conversion| format!("\n{conversion:?}"))
    );
    Ok(Uuid::new_v5(&SPACE, name.as_bytes()))
}
