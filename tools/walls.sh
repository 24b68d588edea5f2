#!/usr/bin/env bash
# Proves that the walls of .golangci.yml stand: breaches each in a copy of the
# tree, and fails when the linter says nothing.
set -euo pipefail
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
  if [ -e "$file" ]; then printf '%s\0' "$file"; fi
done | tar --create --null --files-from=- | tar --extract --directory="$copy"
cd "$copy"

breached=()
# breach FOLDER IMPORT: a file in a folder that imports what it must not.
breach() {
  local file=$1/breach.go
  mkdir -p "$1"
  printf 'package %s\n\nimport _ "%s" // breach\n' "$(basename "$1")" "$2" >"$file"
  breached+=("$file")
}
breach catalog syncer/migrations
breach diff syncer/migrations
breach timeline syncer/migrations
breach fetchers/breacher syncer/migrations
breach fetchers/breachers github.com/jackc/pgx/v5
breach fetchers/internal/web syncer/migrations
breach snapshot syncer/archive
breach store/postgres syncer/catalog
breach store/record syncer/migrations
breach store/history syncer/store/record
breach store/delta syncer/store/proof
breach store/proof syncer/migrations
breach store/outbox syncer/store/record
breach store/report syncer/store/history
breach ingest syncer/sqlcgen
breach schedule syncer/pgtemp/pgtest
breach archive github.com/jackc/pgx/v5
breach monitor syncer/store/postgres
breach ingest/watched syncer/monitor
breach notify syncer/store
breach store/notified syncer/notify
breach store/tested syncer/store/storetest
breach store/schema syncer/catalog
breach bi syncer/migrations
breach reach syncer/migrations
breach store/watched github.com/prometheus/client_golang/prometheus
breach soak/program syncer/cmd/syncer/config
breach store/workbooks github.com/xuri/excelize/v2
mkdir cmd/syncer/attic # a room that no other may import, and that makes no circle
printf 'package attic\n' >cmd/syncer/attic/attic.go
for room in completion config daemon database demo disk display doctor export pipeline setup terminal; do
  breach "cmd/syncer/$room" syncer/cmd/syncer/attic
done
printf 'package daemon\n\nimport "time"\n\nvar begun = time.Now()\n' >cmd/syncer/daemon/clock.go
breached+=(cmd/syncer/daemon/clock.go)
printf 'package migrations\n\nimport "os"\n\nvar home = os.Getenv("HOME")\n' >migrations/breach.go
breached+=(migrations/breach.go)

folders=$(dirname "${breached[@]}" | sort -u | sed 's|^|./|')
# shellcheck disable=SC2086 # a list
found=$(CGO_ENABLED=0 go tool -modfile=tools/golangci/go.mod golangci-lint run --enable-only=depguard,forbidigo --allow-parallel-runners $folders 2>&1) && {
  echo "walls: the linter is green with every wall breached" >&2; exit 1; }
for file in "${breached[@]}"; do
  grep -Eq "^$file:.*\((depguard|forbidigo)\)" <<<"$found" || {
    echo "walls: $file breaches a wall and the linter does not say so:" >&2; echo "$found" >&2; exit 1; }
done
echo "walls: ${#breached[@]} breaches, ${#breached[@]} found"
