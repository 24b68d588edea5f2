#!/usr/bin/env bash
# Runs as the first process of namespaces that run.sh made: lays a throwaway
# copy over this machine's files and becomes its systemd.
#   boot.sh FOLDER   where the copy is to be mounted; the project, from where it is
#                    called, is /srv/project there
set -euo pipefail
box=$1 root=$1/root

mount --make-rprivate /
mount -t tmpfs tmpfs "$box"
mkdir "$box/upper" "$box/work" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$box/upper,workdir=$box/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mkdir -p "$root/srv/project"
mount --bind "$PWD" "$root/srv/project" # it may stand on a disk of its own, or below /tmp
mount -t tmpfs -o mode=0755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"

: >"$root/etc/fstab" # nothing of the machine's is mounted in the copy
systemd=/lib/systemd/systemd
[ -x "$systemd" ] || systemd=/usr/lib/systemd/systemd
cd "$root"
pivot_root . . # no chroot: in one nobody may make user namespaces, and PrivateUsers= does
umount -l .
mount --make-rshared / # as outside of containers: LoadCredential= mounts its folder that way
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin "$systemd" --unit=basic.target --show-status=no
