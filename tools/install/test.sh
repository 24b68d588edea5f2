#!/usr/bin/env bash
# Runs every test (or the packages of PACKAGES) against a real Postgres and
# prints totals; the last line is "N passed, N failed, N skipped".
set -euo pipefail
. tools/install/database.sh
. tools/install/checkers.sh
results=$(mktemp)
trap 'rm -f "$results"' EXIT

# Many tests wait for a daemon, so more of them run at once than there are cores.
code=0
# shellcheck disable=SC2086 # flags and packages are lists
go tool -modfile=tools/gotestsum/go.mod gotestsum --format pkgname --format-icons text --junitfile "$results" \
  -- -parallel 4 ${TEST_FLAGS:-} ${PACKAGES:-./...} || code=$?

# A package that does not build, or ends by itself, is a failure among these.
count() { grep -c "<$1[ >]" "$results" || true; }
total=$(count testcase) failed=$(count failure) skipped=$(count skipped)
[ "$code" = 0 ] || [ "$failed" -gt 0 ] || failed=1 # the run was ended from outside
[ "$total" -gt 0 ] || code=1                       # no tests are no success
echo "$((total - failed - skipped)) passed, $failed failed, $skipped skipped"
exit "$code"
