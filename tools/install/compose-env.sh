#!/usr/bin/env bash
# Writes .syncer/compose.env once: the password of the container's database,
# made here and readable by its owner only.
set -euo pipefail
[ -s .syncer/compose.env ] && exit 0
mkdir -p .syncer
umask 077
password=$(head -c 18 /dev/urandom | od -An -tx1 | tr -d ' \n')
port=${SYNCER_COMPOSE_PORT:-55432}
cat >.syncer/compose.env.new <<ENV
POSTGRES_PASSWORD=$password
SYNCER_PORT=$port
DATABASE_URL=postgres://syncer:$password@127.0.0.1:$port/syncer?sslmode=disable
ENV
mv .syncer/compose.env.new .syncer/compose.env
