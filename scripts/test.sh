#!/usr/bin/env bash
# Everything that has to hold before a change goes in. Runs all steps even if one fails, then sums up.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The SQL macros read crates/postgres/.sqlx; the step below sees to it that this is no lie.
export SQLX_OFFLINE=true

names=()
results=()
failed=0

step() {
    local name=$1 started=$SECONDS result=ok
    shift
    printf '\n== %s\n' "$name"
    "$@" || result=FAILED
    if [[ $result == FAILED ]]; then
        failed=1
    fi
    names+=("$name")
    results+=("$(printf '%-7s %5d s' "$result" "$((SECONDS - started))")")
    printf -- '-- %s: %s\n' "$name" "${results[-1]}"
}

contract() {
    "$VENV/bin/buf" lint proto && "$VENV/bin/buf" format proto --diff --exit-code
}

documents() {
    "$VENV/bin/python" scripts/asyncapi.py --check && "$VENV/bin/python" scripts/docs.py --check
}

documentation() {
    RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --no-deps
}

step "format" cargo fmt --all --check
step "build" cargo build --workspace
step "contract" contract
step "SQL data" scripts/sqlx.sh check
step "clippy" cargo clippy --workspace --all-targets -- -D warnings
step "documentation" documentation
step "documents" documents
step "dependencies" cargo deny --workspace --log-level error check --hide-inclusion-graph bans licenses sources
# On private servers, unless the environment names others.
step "tests" target/debug/test-servers cargo nextest run --workspace
step "examples" cargo test --quiet --workspace --doc
step "Python client" tests/python/run.sh

printf '\n== summary (%d s)\n' "$SECONDS"
for index in "${!names[@]}"; do
    printf '%-16s %s\n' "${names[$index]}" "${results[$index]}"
done
exit "$failed"
