#!/usr/bin/env bash
# The whole way of leads on this machine: import, similar leads, preview, conversion, a thousand conversions through the
# queue, events, and a report whose numbers add up. Can be run again at once: each run is a tenant of its own.
#   OPPORTUNE_PROFILE=release   builds and runs the release profile
#   OPPORTUNE_DEMO_DATA=DIR     where its servers keep their data (default target/demo)
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"

sample=deploy/demo/leads.csv
data=${OPPORTUNE_DEMO_DATA:-target/demo}
profile=${OPPORTUNE_PROFILE:-dev}
amount=1000
tenant=$(cat /proc/sys/kernel/random/uuid)
server=
tail=

if [[ -t 1 ]]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold='' dim='' plain=''; fi

title() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }

# A command as a user would type it, then what it prints. The former is seen also where the latter goes to a file.
exec 3>&1
show() {
    printf '%s$ opportune %s%s\n' "$dim" "$*" "$plain" >&3
    opportune "$@"
}

opportune() { "$program" "$@" --data "$data" --tenant "$tenant"; }

end() {
    local pid=$1
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid"
}

clean_up() {
    local pid
    for pid in $tail $server; do
        end "$pid" 2>/dev/null || true
    done
}
trap clean_up EXIT

start_server() {
    rm -f "$data/endpoints.json"
    "$program" dev --data "$data" --grpc-port 0 --ops-port 0 >"$notes/dev.log" 2>&1 &
    server=$!
    local tries
    for ((tries = 0; tries < 600; tries++)); do
        [[ -e $data/endpoints.json ]] && break
        kill -0 "$server" 2>/dev/null || fail "opportune dev ended: $(tail -n 5 "$notes/dev.log")"
        sleep 0.2
    done
    [[ -e $data/endpoints.json ]] || fail "opportune dev is not ready: $(tail -n 5 "$notes/dev.log")"
    grep -m 1 '^ready' "$notes/dev.log"
}

# A consumer with a queue of its own, from before the first event.
start_consumer() {
    "$program" tail --json --data "$data" --tenant "$tenant" >"$notes/events.ndjson" 2>"$notes/tail.log" &
    tail=$!
    local tries
    for ((tries = 0; tries < 150; tries++)); do
        grep -q '^listening' "$notes/tail.log" && return
        kill -0 "$tail" 2>/dev/null || break
        sleep 0.2
    done
    fail "the consumer of events does not listen: $(tail -n 5 "$notes/tail.log")"
}

scripts/setup.sh
python=$(python_with_venv) || fail "there is no Python"
title "Building"
SQLX_OFFLINE=${SQLX_OFFLINE:-true} cargo build --quiet --profile "$profile" -p opportune
program=target/$([[ $profile == dev ]] && echo debug || echo "$profile")/opportune
notes=$data/runs/$tenant
mkdir -p "$notes"

title "Starting PostgreSQL, RabbitMQ and opportune in $data"
start_server
say "tenant $tenant"
start_consumer

title "A team with three salespeople"
grpc=$(sed -n 's/.*"grpc": *"\([^"]*\)".*/\1/p' "$data/endpoints.json")
mapfile -t ids < <("$python" deploy/demo/team.py "$grpc" "$tenant" "Inside sales" "Ann Lee" "Bo Berg" "Cy Cole")
[[ ${#ids[@]} -eq 4 ]] || fail "the team was not made"
team=${ids[0]}
salesperson=${ids[1]}
say "team Inside sales: Ann Lee, Bo Berg, Cy Cole"

title "Importing $sample"
# Exit code 2 says that some rows were rejected, which is expected of this sample.
show import "$sample" --rejects "$notes/rejects.csv" >"$notes/import.txt" || [[ $? -eq 2 ]] || fail "the import failed"
head -n 8 "$notes/import.txt"
say "… all of them in $notes/rejects.csv"
tail -n 1 "$notes/import.txt"

title "What is similar to one of them"
external_id=$("$python" deploy/demo/pick.py "$sample")
lead=$(opportune leads --external-id "$external_id" --json | sed -n 's/^    "id": "\(.*\)",$/\1/p')
[[ -n $lead ]] || fail "the lead $external_id is missing"
show similar "$lead" --limit 8

title "What its conversion would do"
show convert "$lead" --preview --on-duplicates ignore --salesperson "$salesperson"

title "Converting it, and exactly that way"
plan=$(opportune convert "$lead" --preview --on-duplicates ignore --salesperson "$salesperson" --json |
    sed -n 's/^ *"digest": "\(.*\)",\{0,1\}$/\1/p')
show convert "$lead" --wait --on-duplicates ignore --salesperson "$salesperson" --expect-plan "$plan"

title "Converting $amount leads through the queue"
show convert --limit "$amount" --wait --team "$team" >"$notes/convert.txt" || [[ $? -eq 2 ]] || fail "the conversions failed"
cat "$notes/convert.txt"
opportune conversions --limit 1000000 --json >"$notes/conversions.json"

title "Report"
outcome=0
"$python" deploy/demo/report.py "$sample" "$notes" || outcome=1
end "$tail" || fail "the consumer of events did not end in order: $(tail -n 5 "$notes/tail.log")"
tail=
end "$server" || fail "opportune dev did not end in order: $(tail -n 5 "$notes/dev.log")"
server=
say "  Everything was stopped; $data keeps the data, $notes the notes of this run."
exit "$outcome"
