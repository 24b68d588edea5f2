# Sourced by test.sh: installs what single tests use to check a part that is not
# ours (systemd's own checker of units, pgbouncer), where that asks nobody.
# Elsewhere those tests say loudly that they were left out.
install_checkers() {
  local wanted=()
  command -v systemd-analyze >/dev/null || wanted+=(systemd)
  command -v pgbouncer >/dev/null || [ -x /usr/sbin/pgbouncer ] || wanted+=(pgbouncer)
  [ ${#wanted[@]} -gt 0 ] && command -v apt-get >/dev/null && as_root true 2>/dev/null || return 0
  echo "installing ${wanted[*]}, which tests check with ..." >&2
  as_root apt-get -qq update >/dev/null 2>&1 || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${wanted[@]}" >/dev/null 2>&1 || true
}
install_checkers
