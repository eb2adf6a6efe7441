#!/usr/bin/env bash
# Installs what only the tests need: cargo-nextest and cargo-deny where cargo looks for them, buf and the Python side of
# the tests in a virtual environment under target/. Does nothing when all is there.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

NEXTEST=0.9.143
DENY=0.20.2

# These tools run for seconds: a quick build of them beats a fast program.
install_cargo_tool() {
    say "installing $1 $2"
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
        CARGO_PROFILE_RELEASE_DEBUG=0 cargo install --locked --quiet --version "$2" "$1"
}

cargo nextest --version >/dev/null 2>&1 || install_cargo_tool cargo-nextest "$NEXTEST"
cargo deny --version >/dev/null 2>&1 || install_cargo_tool cargo-deny "$DENY"

for component in fmt clippy; do
    if ! cargo "$component" --version >/dev/null 2>&1; then
        have rustup || fail "cargo $component is missing and there is no rustup to add it"
        rustup component add "${component/#fmt/rustfmt}"
    fi
done

# The copy of the list inside the environment says what was installed into it.
installed="$VENV/requirements.txt"
if ! cmp -s scripts/requirements.txt "$installed"; then
    python=$(python_with_venv) || fail "there is no Python with venv: run scripts/setup.sh"
    say "setting up $VENV"
    "$python" -m venv --clear "$VENV"
    "$VENV/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: -r scripts/requirements.txt
    cp scripts/requirements.txt "$installed"
fi
