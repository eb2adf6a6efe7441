#!/usr/bin/env bash
# Offline data of the SQL macros, so that building needs no database.
#   scripts/sqlx.sh prepare   writes crates/postgres/.sqlx anew from migrations/
#   scripts/sqlx.sh check     fails when what is checked in differs from that
# Works on a scratch database: on the server of DATABASE_URL if that is set, else on a private server that lives as long
# as the script.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

mode=${1:-prepare}
[[ $mode == prepare || $mode == check ]] || fail "usage: scripts/sqlx.sh [prepare|check]"

checked_in=crates/postgres/.sqlx
# What they were when the offline data were last found up to date.
stamp=target/sqlx.checked
database="opportune_sqlx_$$"
work=$(mktemp -d "${TMPDIR:-/tmp}/opportune-sqlx.XXXXXX")
fresh="$work/sqlx"
server_running=
scratch_created=

# PostgreSQL refuses to run as root.
as_server_user() {
    if [[ $(id -u) -ne 0 ]]; then
        "$@"
    else
        runuser -u "$server_user" -- "$@"
    fi
}

clean_up() {
    if [[ -n $server_running ]]; then
        as_server_user "$pg_ctl" -D "$work/server/data" -m immediate -w stop >/dev/null 2>&1 || true
    elif [[ -n $scratch_created ]]; then
        psql -qX "$server_url" -c "DROP DATABASE IF EXISTS $database" >/dev/null 2>&1 || true
    fi
    rm -rf "$work"
}
trap clean_up EXIT

# Only a socket in a folder of its own: no port to clash with, nobody else gets in.
start_private_server() {
    local initdb folder="$work/server"
    initdb=$(postgres_program initdb) || fail "PostgreSQL is missing: run scripts/setup.sh"
    pg_ctl=$(postgres_program pg_ctl) || fail "PostgreSQL is missing: run scripts/setup.sh"
    server_user=$(id -un postgres 2>/dev/null || echo nobody)
    mkdir "$folder"
    if [[ $(id -u) -eq 0 ]]; then
        chmod 711 "$work"
        chown "$server_user" "$folder"
    fi
    as_server_user "$initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$work/log" 2>&1 ||
        fail "initdb failed: $(tail -n 3 "$work/log")"
    as_server_user "$pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 \
        -o "-c listen_addresses='' -c unix_socket_directories='$folder' -c fsync=off" start >"$work/log" 2>&1 ||
        fail "PostgreSQL did not start: $(tail -n 3 "$folder/log")"
    server_running=yes
    server_url="postgres:///postgres?host=$folder&user=postgres"
}

# The address of the server with another database in it.
url_of_database() {
    sed -E "s#^([a-z]+://[^/?]*)(/[^?]*)?(\?.*)?\$#\1/$1\3#" <<<"$server_url"
}

# Each file in one transaction, unless its first line says otherwise, as sqlx does it.
apply_migrations() {
    local file in_transaction
    for file in migrations/*.sql; do
        [[ -e $file && $file != *.down.sql ]] || continue
        in_transaction=(-1)
        if [[ $(head -n 1 "$file") == "-- no-transaction"* ]]; then
            in_transaction=()
        fi
        psql -qX "${in_transaction[@]}" -v ON_ERROR_STOP=1 -f "$file" "$url" >"$work/log" 2>&1 ||
            fail "$file does not apply: $(cat "$work/log")"
    done
}

# With a database at hand and SQLX_OFFLINE_DIR set, each macro writes down what it learned. They run only when their
# crate is compiled, hence the touch.
expand_macros() {
    mkdir "$fresh"
    touch crates/postgres/src/lib.rs
    SQLX_OFFLINE=false DATABASE_URL="$url" SQLX_OFFLINE_DIR="$fresh" \
        cargo check --quiet -p opportune-postgres --all-targets
}

# Everything that the offline data depend on, themselves included. Names first: one that is gone is a change, too.
state() {
    find Cargo.lock migrations crates/postgres -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum
}

# The macros run only when their crate and all that stand on it are compiled anew: not without need.
found=$(state)
if [[ $mode == check && -e $stamp && $found == "$(<"$stamp")" ]]; then
    say "nothing has changed since the queries were found up to date"
    exit 0
fi

have psql || fail "psql is missing: run scripts/setup.sh"
if [[ -n ${DATABASE_URL:-} ]]; then
    server_url=$DATABASE_URL
else
    start_private_server
fi
psql -qX "$server_url" -c "CREATE DATABASE $database"
scratch_created=yes
url=$(url_of_database "$database")
apply_migrations
expand_macros

count=$(find "$fresh" -name 'query-*.json' | wc -l)
mkdir -p "$work/empty"
if [[ $mode == prepare ]]; then
    rm -rf "$checked_in"
    if [[ $count -gt 0 ]]; then
        cp -r "$fresh" "$checked_in"
    fi
    say "$count queries written to $checked_in"
elif diff -rq "$([[ -d $checked_in ]] && echo "$checked_in" || echo "$work/empty")" "$fresh"; then
    say "$count queries are up to date"
    echo "$found" >"$stamp"
else
    fail "$checked_in is stale: run make sqlx and commit the result"
fi
