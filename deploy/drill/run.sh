#!/usr/bin/env bash
# Runs the units of deploy on a real systemd, as docs/operating.md says to: one is
# booted in namespaces of its own over a throwaway copy of this machine's files,
# with a Postgres and simulated providers beside it, and is gone afterwards.
# Needs root, cgroup v2, overlayfs and an installed systemd; exits with 77 where
# no systemd that sandboxes is to be had.
set -euo pipefail
cd "$(dirname "$0")/../.."

lacking() { echo "unit: not to be had here: $*" >&2; exit 77; }
[ "$(id -u)" = 0 ] || lacking "only root can boot a systemd"
[ -x /lib/systemd/systemd ] || [ -x /usr/lib/systemd/systemd ] || lacking "systemd is not installed (Debian: apt-get install systemd)"
grep -qw cgroup2 /proc/filesystems && grep -qw overlay /proc/filesystems || modprobe -q overlay || lacking "this kernel lacks cgroup v2 or overlayfs"
. tools/install/database.sh
go build -trimpath -o bin/syncer ./cmd/syncer

box=$(mktemp -d) groups=$(mktemp -d)
mount -t cgroup2 cgroup2 "$groups" 2>/dev/null && mkdir "$groups/syncer-unit-$$" || lacking "cgroup v2 cannot be mounted"
end() {
  echo 1 >"$groups/syncer-unit-$$/cgroup.kill" 2>/dev/null || kill -9 "${booted:-0}" 2>/dev/null || true
  for _ in $(seq 50); do rmdir -p "$groups/syncer-unit-$$"/*/*/* "$groups/syncer-unit-$$"/*/* "$groups/syncer-unit-$$"/* "$groups/syncer-unit-$$" 2>/dev/null || true
    [ -d "$groups/syncer-unit-$$" ] || break; sleep 0.1; done
  umount "$groups" 2>/dev/null || true
  rmdir "$box" "$groups" 2>/dev/null || true
}
trap end EXIT

bash -c "echo \$\$ >$groups/syncer-unit-$$/cgroup.procs
  exec unshare --mount --pid --fork --kill-child --cgroup --uts --ipc --net bash deploy/drill/boot.sh $box" &
unshared=$!
disown "$unshared" # its end is no news
for _ in $(seq 100); do
  booted=$(cut -d ' ' -f 1 "/proc/$unshared/task/$unshared/children" 2>/dev/null || true)
  [ -n "$booted" ] && nsenter -t "$booted" -m -r test -S /run/systemd/private 2>/dev/null && break
  sleep 0.1
done
within() { nsenter -t "$booted" -m -p -i -u -C -n -r -w env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"; }
[ -n "$booted" ] && within true || lacking "systemd does not boot in namespaces"
within systemctl is-system-running --wait >/dev/null 2>&1 || true
within systemctl --version | sed -n '1s/^/unit: booted /p'

code=0
within bash /srv/project/deploy/drill/steps.sh /srv/project || code=$?
[ "$code" != 77 ] || lacking "this systemd cannot sandbox a service"
[ "$code" = 0 ] || exit "$code"
echo "unit: all is as it should be"
