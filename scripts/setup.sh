#!/usr/bin/env bash
# Installs the Debian packages that building, running and testing need, and only those whose programs are missing.
# Nothing has to run afterwards: opportune starts a PostgreSQL and a RabbitMQ of its own.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

missing=()
postgres_program initdb >/dev/null || missing+=(postgresql)
first_executable "$(command -v rabbitmq-server || true)" /usr/lib/rabbitmq/bin/rabbitmq-server \
    /usr/sbin/rabbitmq-server >/dev/null || missing+=(rabbitmq-server)
have cc || missing+=(build-essential)
python_with_venv >/dev/null || missing+=(python3-venv)

install_packages() {
    local as_root=()
    have apt-get || fail "install these by hand, there is no apt-get here: $*"
    if [[ $(id -u) -ne 0 ]]; then
        have sudo || fail "run this as root, or ask for it: apt-get install $*"
        as_root=(sudo)
    fi
    say "installing $*"
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

if [[ ${#missing[@]} -gt 0 ]]; then
    install_packages "${missing[@]}"
fi

have cargo || fail "there is no Rust toolchain: install one from https://rustup.rs, then run this again"
wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
found=$(cargo --version | cut -d' ' -f2)
if [[ $(printf '%s\n' "$wanted" "$found" | sort -V | head -n1) != "$wanted" ]]; then
    fail "Rust $wanted or newer is needed, this is $found: rustup update stable"
fi
