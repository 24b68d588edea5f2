#!/usr/bin/env bash
# What an operator does, step by step, on the systemd that run.sh booted.
#   steps.sh PROJECT
set -euo pipefail
cd "$1"

began=$SECONDS
say() { printf 'unit: %3d s  %s\n' $((SECONDS - began)) "$*"; }
fail() { say "FAILED: $*"; systemctl status --no-pager syncer || true; journalctl --no-pager -q -n 40 -u syncer -u syncer-sync || true; exit 1; }
property() { systemctl show -p "$1" --value syncer; }
until_true() { local what=$1; shift; for _ in $(seq 300); do "$@" >/dev/null 2>&1 && return 0; sleep 0.2; done; fail "$what"; }

# Whether systemd may do here what the unit asks it to.
install -d -m 0700 /etc/syncer/secrets
install -m 0600 /dev/null /etc/syncer/secrets/tried
sed -e 's|^Type=.*|Type=oneshot|; s|^ExecStart=.*|ExecStart=/bin/sh -c "cat $CREDENTIALS_DIRECTORY/secret_tried"|' \
  -e '/^Restart/d; /^WatchdogSec/d' deploy/syncer.service >/etc/systemd/system/tried.service
systemctl daemon-reload
systemctl start tried 2>/dev/null || { journalctl --no-pager -q -o cat -n 5 -u tried >&2; exit 77; }
rm /etc/syncer/secrets/tried

# A server and providers, as this machine would have them.
for bin in "${SYNCER_PG_BIN:-}" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin; do [ -x "$bin/initdb" ] && break; done
useradd --system --home-dir /srv/postgres box
install -d -o box /srv/postgres
setpriv --reuid=box --clear-groups "$bin/initdb" -D /srv/postgres/data -A trust -U postgres >/dev/null
setpriv --reuid=box --clear-groups "$bin/pg_ctl" -s -w -D /srv/postgres/data -o "-c unix_socket_directories=/srv/postgres" -l /srv/postgres/log start
ask() { "$bin/psql" -h 127.0.0.1 -U postgres -qAtX "${@:2}" -d "$1"; }
ask postgres -c "CREATE ROLE syncer LOGIN" -c "CREATE DATABASE syncer OWNER syncer"
bin/syncer simulate --json --fault iwinv:slow:for=200ms >/srv/providers.json 2>/srv/providers.log &
until_true "the simulation does not start" grep -q base_url /srv/providers.json
field() { sed -n "s/.*\"iwinv\":{\([^}]*\)}.*/\1/p" /srv/providers.json | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

# Install, as docs/operating.md says.
make install >/dev/null
install -m 0600 <(field access_key) /etc/syncer/secrets/iwinv_access_key
install -m 0600 <(field secret_key) /etc/syncer/secrets/iwinv_secret_key
cat >/etc/syncer/syncer.yaml <<YAML
database: { url: "postgres://syncer@127.0.0.1:5432/syncer" }
sources:
  iwinv:
    provider: iwinv
    base_url: $(field base_url)
    insecure_http: true
    credentials: { access_key_file: \$CREDENTIALS_DIRECTORY/secret_iwinv_access_key, secret_key_file: \$CREDENTIALS_DIRECTORY/secret_iwinv_secret_key }
    lists:
      flavors: { schedule: "*/5 * * * * *" }
      zones: { schedule: "@every 5s" }
YAML
systemctl daemon-reload

systemctl start syncer || fail "it does not start"
[ "$(property ActiveState)" = active ] || fail "it is $(property ActiveState)"
say "READY: the schema is migrated, the daemon is active (main pid $(property MainPID))"
runs() { [ "$(ask syncer -c "SELECT count(*) FROM runs WHERE outcome IN ('changed', 'unchanged')")" -ge "$1" ]; }
until_true "no list is read" runs 6
say "STATUS: $(property StatusText)"
tr '\0' '\n' </proc/"$(property MainPID)"/environ | grep -q "$(field secret_key)" && fail "a secret is in the environment"
[ "$(stat -c %u "/proc/$(property MainPID)")" != 0 ] || fail "it runs as root"

systemctl reload syncer || fail "reload"
say "RELOADING: $(journalctl --no-pager -q -o cat -u syncer | grep -i 'configuration' | tail -n 1)"
cp /etc/syncer/syncer.yaml /srv/good.yaml
echo "nonsense: true" >>/etc/syncer/syncer.yaml
systemctl reload syncer || fail "reload of a bad configuration"
[ "$(property ActiveState)" = active ] || fail "a bad configuration ended it"
journalctl --no-pager -q -o cat -u syncer | grep -q nonsense || fail "a bad configuration is not logged"
cp /srv/good.yaml /etc/syncer/syncer.yaml
say "a bad configuration is refused and the old one kept"

mkdir -p /etc/systemd/system/syncer.service.d
printf '[Service]\nWatchdogSec=10s\nRestartSec=1s\n' >/etc/systemd/system/syncer.service.d/short.conf
systemctl daemon-reload; systemctl restart syncer
sleep 21
[ "$(property NRestarts)" = 0 ] || fail "the watchdog bites a healthy daemon"
kill -STOP "$(property MainPID)"
restarted() { [ "$(property NRestarts)" -ge 1 ] && [ "$(property ActiveState)" = active ]; }
until_true "a frozen daemon is not restarted" restarted
say "WATCHDOG: lives through two of them, frozen it was restarted"

before=$(ask syncer -c "SELECT count(*) FROM runs")
until_true "it reads nothing after the restart" bash -c "[ \$($bin/psql -h 127.0.0.1 -U postgres -qAtX -d syncer -c 'SELECT count(*) FROM runs') -gt $((before + 3)) ]"
systemctl stop syncer || fail "stop"
[ "$(property Result)" = success ] || fail "it stopped with $(property Result)"
left=$(ask syncer -c "SELECT count(*) FROM runs WHERE outcome = 'running' AND heartbeat_at > now() - interval '30 seconds' AND started_at > now() - interval '5 seconds'")
[ "$left" = 0 ] || fail "$left runs are left running"
say "STOPPING: $(journalctl --no-pager -q -o cat -u syncer | tail -n 1)"

systemctl start syncer-sync.service || fail "the oneshot unit: $(systemctl show -p Result --value syncer-sync)"
say "oneshot: $(systemctl show -p Result --value syncer-sync.service)"
systemctl enable --now -q syncer-sync.timer
say "timer: next at $(systemctl show -p NextElapseUSecRealtime --value syncer-sync.timer)"
say "security: $(systemd-analyze security --no-pager syncer 2>/dev/null | tail -n 1 | sed 's/.*: //')"
say "history: $(ask syncer -c "SELECT count(*) || ' runs, ' || (SELECT count(*) FROM snapshots WHERE status = 'committed') || ' snapshots, ' || (SELECT count(*) FROM product_versions) || ' versions' FROM runs")"
make uninstall >/dev/null
[ -d /etc/syncer ] && [ ! -e /usr/local/bin/syncer ] || fail "uninstall"
