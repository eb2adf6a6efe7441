# Shared by the scripts of this folder; to be sourced.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

VENV=target/venv

say() { printf '%s\n' "$*"; }

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# The first of the given files that exists and can be run.
first_executable() {
    local file
    for file in "$@"; do
        if [[ -x $file ]]; then
            printf '%s\n' "$file"
            return 0
        fi
    done
    return 1
}

# The full path of a PostgreSQL program. Debian keeps the server's programs out of PATH, newest version last.
postgres_program() {
    local candidates=()
    mapfile -t candidates < <(printf '%s\n' /usr/lib/postgresql/*/bin/"$1" | sort -rV)
    first_executable "$(command -v "$1" || true)" "${candidates[@]}"
}

# A Python that can make virtual environments: the one in PATH, or else that of the system.
python_with_venv() {
    local python
    for python in "${PYTHON:-}" python3 /usr/bin/python3; do
        if [[ -n $python ]] && "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
            printf '%s\n' "$python"
            return 0
        fi
    done
    return 1
}

# rustup puts cargo there without a word to shells that are already open.
if ! have cargo && [[ -x ${CARGO_HOME:-$HOME/.cargo}/bin/cargo ]]; then
    PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
    export PATH
fi
