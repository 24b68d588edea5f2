#!/usr/bin/env bash
# Runs the vendors' own SDKs against the simulation, each in a module of its
# own. Samsung's is not served as a module: SCP_SDK names a folder that holds
# its source, and without one that module is left out.
set -euo pipefail
cd "$(dirname "$0")"

for module in huawei ncp zstack; do
  (cd "$module" && go test ./...)
done

if [ -z "${SCP_SDK:-}" ]; then
  echo "left out: scp, whose SDK is not served as a module; SCP_SDK=FOLDER names its source"
  exit 0
fi
source=$(realpath "$SCP_SDK")
name=$(sed -n 's/^module //p' "$source/go.mod")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp scp/go.mod scp/go.sum "$work"
go mod edit -replace="$name=$source" "$work/go.mod"
(cd scp && go test -mod=mod -modfile="$work/go.mod" ./...)
