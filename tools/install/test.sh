#!/usr/bin/env bash
# Runs every test (or the packages of PACKAGES) against a real Postgres and
# prints totals; the last line is "N passed, N failed, N skipped".
set -euo pipefail
. tools/install/database.sh
. tools/install/checkers.sh
mkdir -p bin
go build -o bin/testcount ./tools/testcount
# Many tests wait for a daemon, so more of them run at once than there are cores.
# shellcheck disable=SC2086 # flags and packages are lists
{ go test -json -parallel 4 ${TEST_FLAGS:-} ${PACKAGES:-./...} || true; } | bin/testcount
