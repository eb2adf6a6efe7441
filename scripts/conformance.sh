#!/usr/bin/env bash
# Runs a file of conformance vectors against a node with servers of its own: conformance.sh [FILE].
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

export SQLX_OFFLINE=true
OPPORTUNE_VECTORS=$(realpath "${1:-tests/vectors/dev.jsonl}")
export OPPORTUNE_VECTORS
[[ -r $OPPORTUNE_VECTORS ]] || fail "cannot read $OPPORTUNE_VECTORS"

# The same features as in `make test`, so that nothing is built twice.
cargo build --quiet --workspace --all-targets
target/debug/test-servers \
    cargo test --quiet --workspace --test system -- --exact --nocapture conformance::every_vector_holds
