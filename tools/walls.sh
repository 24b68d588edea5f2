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
breach store/proof syncer/migrations
breach ingest syncer/sqlcgen
breach schedule syncer/pgtemp/pgtest
breach archive github.com/jackc/pgx/v5
breach monitor syncer/migrations
breach ingest/watched syncer/monitor
breach notify syncer/migrations
breach store/told syncer/notify
breach store/schema syncer/catalog
breach bi syncer/migrations
breach reach syncer/migrations
breach store/watched github.com/prometheus/client_golang/prometheus
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
