#!/usr/bin/env bash
# A client in another language: its stubs come from proto/ by the usual tools, its events by a usual AMQP library.
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"

opportune=${OPPORTUNE:-target/debug/opportune}
[[ -x $VENV/bin/python ]] || fail "$VENV is missing: run scripts/tools.sh"
[[ -x $opportune ]] || fail "$opportune is missing: run cargo build"

work=$(mktemp -d "${TMPDIR:-/tmp}/opportune-python.XXXXXX")
# The private servers run as accounts of their own when this runs as root.
chmod 711 "$work"
server=

clean_up() {
    if [[ -n $server ]]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap clean_up EXIT

"$opportune" dev --data "$work/data" --grpc-port 0 --ops-port 0 --no-fsync >"$work/log" 2>&1 &
server=$!

stubs="$work/stubs"
mkdir "$stubs"
mapfile -t files < <(cd proto && find . -name '*.proto' -printf '%P\n' | sort)
"$VENV/bin/python" -m grpc_tools.protoc -I proto --python_out="$stubs" --grpc_python_out="$stubs" "${files[@]}"

for _ in $(seq 600); do
    [[ -e $work/data/endpoints.json ]] && break
    kill -0 "$server" 2>/dev/null || fail "opportune dev ended: $(tail -n 5 "$work/log")"
    sleep 0.2
done
[[ -e $work/data/endpoints.json ]] || fail "opportune dev is not ready: $(tail -n 5 "$work/log")"

PYTHONPATH="$stubs" PYTHONDONTWRITEBYTECODE=1 "$VENV/bin/python" tests/python/client.py "$work/data/endpoints.json"

kill "$server"
wait "$server" || fail "opportune dev did not end in order: $(tail -n 5 "$work/log")"
server=
