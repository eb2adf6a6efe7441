#!/usr/bin/env bash
# Shows the plan of every statement on the way of one lead, in a tenant with many leads: explain.sh [ROWS] [FOLDER]
#
# The server logs the plans itself (auto_explain) while one lead is imported, looked at, previewed, converted and listed
# through the service. The plans go to target/explain.txt; what is printed is one line a statement.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

rows=${1:-1000000}
data=$(realpath -m "${2:-target/explain}")
plans=$PWD/target/explain.txt
export SQLX_OFFLINE=true

cargo build --release --quiet -p opportune
opportune=$PWD/target/release/opportune
mkdir -p "$data"
rm -f "$data/endpoints.json"
"$opportune" dev --data "$data" 2>"$data/service.log" >/dev/null &
service=$!
stop() { kill -TERM "$service" 2>/dev/null && wait "$service"; }
trap stop EXIT
for ((tries = 0; tries < 600; tries++)); do
    [[ -s $data/endpoints.json ]] && break
    sleep 0.1
done
[[ -s $data/endpoints.json ]] || fail "the service did not start: $(tail -n 5 "$data/service.log")"

client() { "$opportune" --data "$data" "$@"; }
address=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["postgres"])' "$data/endpoints.json")
sql() { psql "$address" -qAtX -v ON_ERROR_STOP=1 "$@"; }

if (($(sql -c 'SELECT count(*) FROM leads') < rows)); then
    say "importing $rows leads"
    client sample --rows "$rows" --seed 5 --format ndjson >"$data/leads.ndjson"
    client import "$data/leads.ndjson" --format ndjson >/dev/null || (($? == 2))
    sql -c 'VACUUM ANALYZE'
fi

say "one lead goes its way, with every plan logged"
settings=(auto_explain.log_min_duration=0 auto_explain.log_analyze=on auto_explain.log_nested_statements=on)
log=$(dirname "$(sql -c 'SHOW data_directory')")/server.log
database=$(sql -c 'SELECT current_database()')
sql -c "ALTER DATABASE \"$database\" SET session_preload_libraries = 'auto_explain'"
for setting in "${settings[@]}"; do
    sql -c "ALTER DATABASE \"$database\" SET ${setting%%=*} = '${setting#*=}'"
done
forget() {
    sql -c "ALTER DATABASE \"$database\" RESET session_preload_libraries"
    for setting in "${settings[@]}"; do
        sql -c "ALTER DATABASE \"$database\" RESET ${setting%%=*}"
    done
    stop
}
trap forget EXIT
sql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()" >/dev/null
begin=$(wc -c <"$log")
mark=explain-$(date +%s)
printf '{"external_id":"%s","title":"Plan","contact_name":"Pia Plan","company_name":"Plan %s Ltd","email":"pia@%s.example"}\n' \
    "$mark" "$mark" "$mark" >"$data/one.ndjson"
client import "$data/one.ndjson" --format ndjson >/dev/null
lead=$(sql -c "SELECT id FROM leads WHERE tenant_id = (SELECT id FROM tenants LIMIT 1)
    AND external_id = '$mark' AND external_id <> '' AND status <> 'merged'")
client similar "$lead" >/dev/null
client convert "$lead" --preview >/dev/null
client convert "$lead" --wait >/dev/null
client conversions --lead "$lead" >/dev/null
client leads --type opportunity --status open --limit 50 >/dev/null
client leads --text "$mark" >/dev/null
sleep 2 # the outbox is emptied and measured meanwhile
tail -c "+$((begin + 1))" "$log" >"$plans"
python3 scripts/explain_summary.py "$plans"
say "all plans: $plans"
