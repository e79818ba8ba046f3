#!/usr/bin/env bash
# A PostgreSQL of its own for a test: `postgres.sh start FOLDER PORT` on 127.0.0.1, `postgres.sh stop FOLDER`. Exit 77: there is none here.
set -euo pipefail
folder=$2
tools=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1 || true)
[ -x "$tools/initdb" ] || exit 77

# The server refuses to run as root.
as_server() { if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

case $1 in
  start)
    [ "$(id -u)" -ne 0 ] || chown postgres "$folder"
    cd "$folder"
    as_server "$tools/initdb" -D "$folder/data" -U nmx --auth trust --no-sync -E UTF8 >/dev/null
    as_server "$tools/pg_ctl" -D "$folder/data" -l "$folder/log" -w -o "-c listen_addresses=127.0.0.1 -p $3 -k $folder" start >/dev/null
    ;;
  stop)
    cd /
    as_server "$tools/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null
    ;;
esac
