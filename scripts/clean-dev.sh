#!/usr/bin/env bash
# Removes the data of `opportune dev`: its database, its broker's messages and its logs.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

folder=.opportune
running=$(find "$folder" -name postmaster.pid -exec head -qn 1 {} + 2>/dev/null || true)
for pid in $running; do
    if [[ -d /proc/$pid ]]; then
        fail "$folder is in use by process $pid: stop opportune dev first"
    fi
done
rm -rf "$folder"
