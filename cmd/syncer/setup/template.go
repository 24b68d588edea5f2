package setup

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"syncer/fetchers"
)

const configHead = `# syncer.yaml, written by "syncer init". Unknown settings are errors.
# Relative paths begin at the folder of this file.

# Where history is kept: exactly one of
#   embedded: DIR        a Postgres of our own (the server's programs must be installed)
#   url_file: FILE       a file with postgres://user:password@host/database, mode 0600
#   url: ADDRESS         the same without a password
# and behind pgbouncer in transaction mode also exec_mode: exec.
# Without this section, DATABASE_URL is used.
%s

# Who is read. The name of a source is yours to choose and part of history:
# do not change it later. Secrets are never written here: a file that only you
# can read holds each, or the environment does: SYNCER_<SOURCE>_<FIELD>.
# Every source may have, beside its own settings:
#   page_size: 20           rows asked for at once, for servers that serve fewer
#   timezone: Asia/Seoul    of its schedules, and of its dates that have none
#   ca_file: FILE           the certificates to trust instead of the system's
#   insecure_http: true     plain http to another machine
#   private_network: true   its address may be a private one
# A schedule is a cron expression in the source's time zone, with seconds in
# front if it has six fields, or @daily, @every 90m...; a list without one is
# read only by hand, a list that is not named here not at all. A list may have
# its own timezone, a jitter (its start is delayed by up to so much) and a pace
# (the least time between two due times, 5s if left out). Attributes that change at
# every look make no version where it says ignore: [fetched_at, meta.read_at].
sources:
`

const configTail = `
# A snapshot that reaches one of these limits is held: kept with its pages and
# shown, while history stays as it was. Later good snapshots go on. Percentages are
# of those that had what is lost or moves at once; fees count nowhere.
guard:
  ignore_up_to: 4                # so few may always change, unless they are half
  max_removed_percent: 20        # entries that go
  max_unpriced_percent: 20       # entries that stay and lose a price
  max_changed_percent: 30        # prices whose amount moves
  max_tax_percent: 30            # prices whose tax or tax basis moves
  max_currency_unit_percent: 5   # prices that change currency or unit
  max_zero_percent: 5            # prices that become 0, or come as 0
  max_status_percent: 50         # entries whose status changes
  max_emptied_percent: 20        # entries whose name, a size, or attributes vanish
  max_growth_factor: 10          # times that a list becomes longer
  max_doubtful_percent: 2        # entries with a price that cannot be believed

# An absent entry is delisted when both are reached. History is written by
# this rule: changing it later takes a rebuild.
absence: { confirm_snapshots: 2, confirm_for: 72h }

# A price that becomes ten times another, 0, lost, or of another currency, unit or tax
# basis is doubted: the one before stands until both are reached, or a person says
# sooner (syncer accept LIST --key KEY). off believes each at once. Changing it later
# takes a rebuild.
doubt: { confirm_snapshots: 2, confirm_for: 72h }

# Rows that cannot be read are set aside, and what held before goes on: one always,
# and so many of a hundred; with more of them the run fails.
set_aside: { max_percent: 2 }

# How long raw pages are kept: forever, boundaries (only those that a change of
# history rests on) or an age such as 730d. mirror: DIR receives a copy of every
# snapshot, from which history can be made again. pause_below: 1GB is the free
# space below which a disk receives no more of them, so that history goes on.
evidence: { keep: forever }

# The time zone in which a day or a month of a report begins.
report_timezone: %s

# Where the daemon serves its page, metrics, /livez and /readyz; off for none.
listen: 127.0.0.1:8630

# An address to ask every minute while no list is stale, so that silence is noticed.
# Whoever knows it can ping, so it is a file like the secrets.
# heartbeat_url_file: secrets/heartbeat_url

# Who is notified when prices move (by at least threshold_percent), products change
# status, snapshots are held or lists become stale: signed JSON, of each run or as
# a digest, daily or weekly. Nobody if left out. This makes a secret:
#   echo whsec_$(openssl rand -base64 32) > secrets/finops_secret; chmod 600 secrets/finops_secret
# notifications:
#   page_url: https://syncer.example.com/       # the link in messages
#   webhooks:
#     finops: { url_file: secrets/finops_url, secret_file: secrets/finops_secret }
#   rules:
#     at-once: { webhook: finops, lists: [iwinv/*], events: [price_change, hold], threshold_percent: 5 }
#     every-week: { webhook: finops, digest: weekly, weekday: monday, at: "09:00" }
`

// configText is the configuration with a comment on every setting.
func configText(chosen []fetchers.Provider, found Machine) string {
	var text strings.Builder
	fmt.Fprintf(&text, configHead, found.databaseText())
	for _, p := range chosen {
		text.WriteString(sourceText(p))
	}
	fmt.Fprintf(&text, configTail, found.reportZone())
	return text.String()
}

// databaseText is the section of the database: a server of our own where its
// programs are, else the one that answers here.
func (m Machine) databaseText() string {
	const own = "database: { embedded: data }"
	if m.socket == "" {
		return own
	}
	server := fmt.Sprintf("database: { url: %q }", "postgres:///syncer?"+url.Values{"host": {m.socket}}.Encode())
	if m.bin == "" {
		return server
	}
	return own + "\n# The server that answers on this machine:\n# " + server
}

// sourceText is the section of a source: a provider under its own name.
func sourceText(p fetchers.Provider) string {
	var text strings.Builder
	fmt.Fprintf(&text, "  %s:\n    provider: %s\n    base_url: %s\n", p.Name, p.Name, cmp.Or(p.DefaultBaseURL, p.Examples["base_url"], "https://"+p.Name+".example.com"))
	for _, name := range append(slices.Clone(p.Options), "timezone") {
		if example := p.Examples[name]; example != "" {
			fmt.Fprintf(&text, "    # %s: %s\n", name, example)
		}
	}
	text.WriteString("    credentials:\n")
	for _, field := range p.Credentials[0] {
		fmt.Fprintf(&text, "      %s_file: %s/%s\n", field, secretsDir, secretName(p.Name, field))
	}
	for _, set := range p.Credentials[1:] {
		fmt.Fprintf(&text, "      # or instead: %s_file\n", strings.Join(set, "_file, "))
	}
	text.WriteString("    lists:\n")
	for _, list := range p.Lists {
		fmt.Fprintf(&text, "      %s: { schedule: %q }\n", list, Schedule(p, list))
	}
	return text.String()
}
