#!/usr/bin/env bash
# Runs the units of deploy on a real systemd, as docs/operating.md says to: one is
# booted in namespaces of its own over a throwaway copy of this machine's files,
# with a Postgres and simulated providers beside it, and is gone afterwards.
# Needs root, cgroup v2, overlayfs and an installed systemd.
set -euo pipefail
cd "$(dirname "$0")/../.."

fail() { echo "unit: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "only root can boot a systemd"
[ -x /lib/systemd/systemd ] || [ -x /usr/lib/systemd/systemd ] || fail "systemd is not installed (Debian: apt-get install systemd)"
grep -qw cgroup2 /proc/filesystems && grep -qw overlay /proc/filesystems || modprobe -q overlay || fail "this kernel lacks cgroup v2 or overlayfs"
. tools/install/database.sh
go build -trimpath -o bin/syncer ./cmd/syncer

box=$(mktemp -d) groups=$(mktemp -d)
mount -t cgroup2 cgroup2 "$groups"
mkdir "$groups/syncer-unit-$$"
end() {
  echo 1 >"$groups/syncer-unit-$$/cgroup.kill" 2>/dev/null || kill -9 "${booted:-0}" 2>/dev/null || true
  wait 2>/dev/null || true
  for _ in $(seq 50); do rmdir -p "$groups/syncer-unit-$$"/*/*/* "$groups/syncer-unit-$$"/*/* "$groups/syncer-unit-$$"/* "$groups/syncer-unit-$$" 2>/dev/null || true
    [ -d "$groups/syncer-unit-$$" ] || break; sleep 0.1; done
  umount "$groups" 2>/dev/null || true
  rmdir "$box" "$groups" 2>/dev/null || true
}
trap end EXIT

bash -c "echo \$\$ >$groups/syncer-unit-$$/cgroup.procs
  exec unshare --mount --pid --fork --kill-child --cgroup --uts --ipc --net bash deploy/live/boot.sh $box" &
unshared=$!
for _ in $(seq 100); do
  booted=$(pgrep -P "$unshared" 2>/dev/null | head -n 1 || true)
  [ -n "$booted" ] && nsenter -t "$booted" -m -r test -S /run/systemd/private 2>/dev/null && break
  sleep 0.1
done
within() { nsenter -t "$booted" -m -p -i -u -C -n -r -w env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"; }
within systemctl is-system-running --wait >/dev/null 2>&1 || true
within systemctl --version | sed -n '1s/^/unit: booted /p'

project=$PWD
within bash "$project/deploy/live/drill.sh" "$project"
echo "unit: all is as it should be"
