#!/usr/bin/env bash
# The checks of scripts/test.sh that need no database, no broker and no build: for before every commit.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
export SQLX_OFFLINE=true

cargo fmt --all --check
"$VENV/bin/buf" lint proto
"$VENV/bin/buf" format proto --diff --exit-code
cargo clippy --workspace --all-targets -- -D warnings
cargo deny --workspace --log-level error check --hide-inclusion-graph bans licenses sources
