#!/usr/bin/env bash
# Writes .syncer/compose.env once: the passwords of the containers' database,
# made here and readable by their owner only. What is there stays; what a newer
# syncer wants beside it is added.
set -euo pipefail
mkdir -p .syncer
umask 077
file=.syncer/compose.env
[ -e "$file" ] && cp "$file" "$file.new" || : >"$file.new"

password() { head -c 18 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
value() { sed -n "s/^$1=//p" "$file.new"; }
ensure() { grep -q "^$1=" "$file.new" || printf '%s=%s\n' "$1" "$2" >>"$file.new"; }

ensure POSTGRES_PASSWORD "$(password)"
ensure SYNCER_PORT "${SYNCER_COMPOSE_PORT:-55432}"
ensure DATABASE_URL "postgres://syncer:$(value POSTGRES_PASSWORD)@127.0.0.1:$(value SYNCER_PORT)/syncer?sslmode=disable"
ensure SYNCER_WRITER_PASSWORD "$(password)"
ensure SYNCER_READER_PASSWORD "$(password)"
ensure SYNCER_UID "$(id -u)"
ensure SYNCER_GID "$(id -g)"
mv "$file.new" "$file"
