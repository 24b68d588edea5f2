#!/usr/bin/env bash
# Runs every test (or the packages of PACKAGES) against a real Postgres and
# prints totals; the last line is "N passed, N failed, N skipped".
set -euo pipefail
. tools/install/database.sh
. tools/install/checkers.sh
mkdir -p bin
go build -o bin/testcount ./tools/testcount
# shellcheck disable=SC2086 # flags and packages are lists
{ go test -json ${TEST_FLAGS:-} ${PACKAGES:-./...} || true; } | bin/testcount
