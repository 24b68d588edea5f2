package monitor

import (
	"context"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"syncer/store/outbox"
	"syncer/store/report"
)

// collector reads what stands in the database when metrics are asked for.
type collector struct{ *Monitor }

// gauge is a metric that is read: its name, its help, its labels.
type gauge struct {
	name, help string
	labels     []string
}

func (g gauge) describe() *prometheus.Desc { return prometheus.NewDesc(g.name, g.help, g.labels, nil) }

func ofList(name, help string, more ...string) gauge {
	return gauge{name, help, append([]string{"list", "provider"}, more...)}
}

// gauges are all that is read, in an order that the collector follows.
func gauges() []gauge {
	return []gauge{
		{"syncer_database_up", "1 if the database answers and has the schema of this program.", nil},
		{"syncer_start_time_seconds", "When this daemon began, in seconds since 1970.", nil},
		ofList("syncer_list_state", "1 for the state a list is in: fresh, never, late, held or failed.", "state"),
		ofList("syncer_list_stale", "1 if what is expected of a list did not come; absent where nothing is expected."),
		ofList("syncer_list_snapshot_age_seconds", "Age of the newest snapshot in history; absent before the first."),
		ofList("syncer_list_entries", "Entries of the newest snapshot in history."),
		ofList("syncer_list_held_snapshots", "Snapshots that wait for syncer accept or reject."),
		ofList("syncer_list_missing_entries", "Entries that the newest snapshots lack and that are not delisted yet."),
		ofList("syncer_list_flaps", "Absences that ended before they were believed, ever."),
		ofList("syncer_list_set_aside_entries", "Entries of which the newest snapshot could not read or have a part."),
		ofList("syncer_list_nameless_rows", "Rows of the newest snapshot whose keys could not be read."),
		ofList("syncer_list_open_doubts", "Prices of which something unlikely is shown that waits to be confirmed."),
		ofList("syncer_list_prices_unread_seconds", "For how long snapshots could have no prices; 0 where the newest has them."),
		ofList("syncer_list_announced_prices", "Prices that the newest snapshot shows for a later day."),
		ofList("syncer_list_retractions", "Snapshots, and entries in one, that a person took back."),
		ofList("syncer_list_next_due_timestamp_seconds", "The coming due time, in seconds since 1970; absent where there is none."),
		ofList("syncer_list_running", "1 while this daemon reads the list."),
		{"syncer_disk_free_bytes", "Room on the disks that evidence is written to: database (embedded) or mirror.", []string{"disk"}},
		{"syncer_evidence_paused", "1 while so little room is left on a disk that no evidence is written to it.", []string{"disk"}},
		{"syncer_notifications_waiting", "Notifications by what they wait for: pending to be sent, collecting for a digest, parked for a person.", []string{"webhook", "state"}},
		{"syncer_notifications_oldest_seconds", "Age of the oldest notification that is to be sent; 0 if there is none.", []string{"webhook"}},
		{"syncer_pool_max_connections", "Connections to the database that may be open.", nil},
		{"syncer_pool_connections", "Connections to the database by what they do.", []string{"state"}},
		{"syncer_pool_acquired_total", "Connections that were asked for.", nil},
		{"syncer_pool_waited_total", "Connections that had to be waited for.", nil},
		{"syncer_pool_wait_seconds_total", "Waits for connections, all together.", nil},
	}
}

// Describe sends the registry what may come.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, g := range gauges() {
		out <- g.describe()
	}
}

// Collect reads it.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	send := sender{out, map[string]*prometheus.Desc{}}
	for _, g := range gauges() {
		send.known[g.name] = g.describe()
	}
	lists, err := c.lists(context.Background())
	send.gauge("syncer_database_up", truth(err == nil))
	send.gauge("syncer_start_time_seconds", float64(c.started.UnixMilli())/1000)
	for _, list := range lists {
		if list.Configured {
			send.list(list)
		}
	}
	for _, disk := range c.inUse().disks() {
		send.gauge("syncer_disk_free_bytes", float64(disk.Free), disk.Name)
		send.gauge("syncer_evidence_paused", truth(disk.Paused), disk.Name)
	}
	send.outbox(c.inUse().Webhooks, c.read(context.Background()).facts.Outbox)
	if database := c.inUse().Database; database != nil {
		send.pool(database.Report.Pool())
	}
}

// sender hands values to the registry.
type sender struct {
	out   chan<- prometheus.Metric
	known map[string]*prometheus.Desc
}

func (s sender) gauge(name string, value float64, labels ...string) {
	s.out <- prometheus.MustNewConstMetric(s.known[name], prometheus.GaugeValue, value, labels...)
}

func (s sender) counter(name string, value float64) {
	s.out <- prometheus.MustNewConstMetric(s.known[name], prometheus.CounterValue, value)
}

func (s sender) list(l ListStatus) {
	name, provider := l.List.String(), l.Provider
	for _, state := range States() {
		s.gauge("syncer_list_state", truth(l.State == state), name, provider, state)
	}
	if l.Judged {
		s.gauge("syncer_list_stale", truth(l.Stale), name, provider)
	}
	if !l.LastSnapshotAt.IsZero() {
		s.gauge("syncer_list_snapshot_age_seconds", l.Age.Seconds(), name, provider)
	}
	if !l.Next.IsZero() {
		s.gauge("syncer_list_next_due_timestamp_seconds", float64(l.Next.Unix()), name, provider)
	}
	s.gauge("syncer_list_entries", float64(l.Entries), name, provider)
	s.gauge("syncer_list_held_snapshots", float64(l.Held), name, provider)
	s.gauge("syncer_list_missing_entries", float64(l.Missing), name, provider)
	s.gauge("syncer_list_flaps", float64(l.Flaps), name, provider)
	s.gauge("syncer_list_set_aside_entries", float64(l.SetAside), name, provider)
	s.gauge("syncer_list_nameless_rows", float64(l.Nameless), name, provider)
	s.gauge("syncer_list_open_doubts", float64(l.DoubtsOpen), name, provider)
	s.gauge("syncer_list_prices_unread_seconds", l.PricesUnreadFor.Seconds(), name, provider)
	s.gauge("syncer_list_announced_prices", float64(l.PricesAnnounced), name, provider)
	s.gauge("syncer_list_retractions", float64(l.Retractions), name, provider)
	s.gauge("syncer_list_running", truth(l.Running), name, provider)
}

// unconfigured stands for webhooks that the configuration does not name any
// more: the database may remember any number of them.
const unconfigured = "unconfigured"

func (s sender) outbox(webhooks []string, figures []outbox.Figures) {
	all := map[string]outbox.Figures{}
	for _, name := range webhooks {
		all[name] = outbox.Figures{}
	}
	for _, waiting := range figures {
		name := waiting.Webhook
		if !slices.Contains(webhooks, name) {
			name = unconfigured
		}
		sum := all[name]
		sum.Pending, sum.Collecting, sum.Parked = sum.Pending+waiting.Pending, sum.Collecting+waiting.Collecting, sum.Parked+waiting.Parked
		sum.Oldest = max(sum.Oldest, waiting.Oldest)
		all[name] = sum
	}
	for name, sum := range all {
		s.gauge("syncer_notifications_waiting", float64(sum.Pending), name, "pending")
		s.gauge("syncer_notifications_waiting", float64(sum.Collecting), name, "collecting")
		s.gauge("syncer_notifications_waiting", float64(sum.Parked), name, "parked")
		s.gauge("syncer_notifications_oldest_seconds", sum.Oldest.Seconds(), name)
	}
}

func (s sender) pool(p report.PoolFigures) {
	s.gauge("syncer_pool_max_connections", float64(p.Max))
	s.gauge("syncer_pool_connections", float64(p.Idle), "idle")
	s.gauge("syncer_pool_connections", float64(p.InUse), "in_use")
	s.counter("syncer_pool_acquired_total", float64(p.Acquired))
	s.counter("syncer_pool_waited_total", float64(p.Waited))
	s.counter("syncer_pool_wait_seconds_total", p.WaitedFor.Seconds())
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
