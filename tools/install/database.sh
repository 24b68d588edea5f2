# Sourced: makes sure that there is a Postgres server to run, the cheapest way
# first. Where only containers help, it exports the address of theirs.

# have_server says whether syncer would find a server (pgtemp/find.go).
have_server() {
  local bin
  [ -n "${DATABASE_URL:-}${SYNCER_TEST_DATABASE_URL:-}" ] && return 0
  for bin in "${SYNCER_PG_BIN:-}" "$(pg_config --bindir 2>/dev/null)" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
    /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin /Applications/Postgres.app/Contents/Versions/*/bin; do
    [ -n "$bin" ] && [ -x "$bin/initdb" ] && [ -x "$bin/postgres" ] && return 0
  done
  command -v postgres >/dev/null && command -v initdb >/dev/null
}

# as_root is the prefix that makes a command root's, if that asks nobody.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# with_apt installs the server without the cluster that Debian would create
# and start: ours lives in its own folder.
with_apt() {
  command -v apt-get >/dev/null && as_root true 2>/dev/null || return 1
  echo "installing PostgreSQL (apt-get install postgresql) ..." >&2
  local log; log=$(mktemp)
  as_root mkdir -p /etc/postgresql-common &&
    { [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null; } &&
    as_root apt-get -qq update >"$log" 2>&1 &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends -o Dpkg::Options::=--force-confold postgresql >>"$log" 2>&1 ||
    { tail -5 "$log" >&2; rm -f "$log"; return 1; }
  rm -f "$log"
}

# with_compose runs the server of docker-compose.yml and names its address.
with_compose() {
  docker compose version >/dev/null 2>&1 && docker info >/dev/null 2>&1 || return 1
  bash tools/install/compose-env.sh
  docker compose --env-file .syncer/compose.env up -d --wait postgres >&2 || return 1
  DATABASE_URL=$(sed -n 's/^DATABASE_URL=//p' .syncer/compose.env)
  export DATABASE_URL SYNCER_TEST_DATABASE_URL=$DATABASE_URL
}

if ! have_server && ! with_apt && ! with_compose; then
  echo "no PostgreSQL server (15 or newer): install one (Debian, Ubuntu: sudo apt-get install postgresql; macOS: brew install postgresql@17), start Docker, or set DATABASE_URL, and run make again" >&2
  exit 1
fi
