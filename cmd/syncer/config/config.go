package config

import (
	"time"

	"syncer/catalog"
	"syncer/ingest"
	"syncer/schedule"
	"syncer/timeline"
)

// Config is a checked configuration with every default filled in.
type Config struct {
	Path     string // the file it was read from
	Database Database
	Sources  []Source // by name
	Guard    ingest.Guard
	Absence  Absence
	Doubt    Doubt
	SetAside SetAside
	Evidence Evidence
	// Listen is the address of the web page, health and metrics; "" serves
	// none.
	Listen string
	// PprofSocket is a unix socket for pprof; "" serves none.
	PprofSocket string
	// Heartbeat is asked every minute while no list is stale.
	Heartbeat Heartbeat
	// Notifications say who is notified of what; the zero value notifies nobody.
	Notifications Notifications
	// ReportTimezone is the zone in which a day or month of a report begins.
	ReportTimezone *time.Location
}

// Provider is what the configuration must know of a provider to check names.
type Provider struct {
	Name    string
	BaseURL string   // the public address; "" where each installation has its own
	Lists   []string // the names of its lists
	// Credentials are the alternatives, each a set of fields that is enough.
	Credentials [][]string
	// Plain are the credential fields that are no secrets and may stand in
	// the file.
	Plain []string
	// Options are the names of further settings; nil leaves the check to the
	// provider.
	Options []string
	// BackfillOnly says that nobody can be asked: no address, no schedule, and
	// lists of any name.
	BackfillOnly bool
	// Timezone is the IANA zone of its zone-less times; "" takes the zone of
	// reports.
	Timezone string
}

// Source is one configured source without its secrets; Open adds them.
type Source struct {
	Name     string
	Provider Provider
	BaseURL  string
	Options  map[string]string
	Lists    []List // by name
	Location *time.Location

	// CAFile holds the certificates to trust instead of the system's; "" for
	// those.
	CAFile string
	// InsecureHTTP allows plain http to other machines than this one.
	InsecureHTTP bool

	files map[string]string // credential field -> file
	plain map[string]string // credential field -> value, no secret
	dir   string            // of the configuration: relative files start here
}

// List is one configured list.
type List struct {
	ID catalog.ListID
	// Schedule is a cron expression; "" means that the list is read only by
	// hand.
	Schedule string
	// Ignored are the attributes that are not tracked, each once and in order.
	Ignored []string
	// Expectation holds the due times of Schedule, in the time zone of the list
	// or else of its source.
	schedule.Expectation
}

// Absence says when an absent entry is delisted: both must be reached.
type Absence struct {
	ConfirmSnapshots int
	ConfirmFor       time.Duration
}

// Rule is the same as the rule by which history is written.
func (a Absence) Rule() timeline.Rule {
	return timeline.Rule{Snapshots: a.ConfirmSnapshots, For: a.ConfirmFor}
}

// Doubt says when a price that cannot be believed is: both must be reached. With no
// snapshots nothing is doubted.
type Doubt struct {
	ConfirmSnapshots int
	ConfirmFor       time.Duration
}

// Rule is the same as the rule by which history is written.
func (d Doubt) Rule() timeline.Rule {
	return timeline.Rule{Snapshots: d.ConfirmSnapshots, For: d.ConfirmFor}
}

// SetAside bounds how many rows of a snapshot may be set aside.
type SetAside struct {
	MaxPercent int // of the rows; one row always may
}

// Evidence says how long raw pages are kept.
type Evidence struct {
	Keep    Keep
	KeepFor time.Duration // only with KeepAge
	Mirror  string        // a folder that receives a copy; "" for none
	// PauseBelow is the free space, in bytes, of a disk below which no evidence
	// is written to it any more; 0 never pauses.
	PauseBelow uint64
}

// Keep is the rule by which evidence is kept.
type Keep string

// The three rules: all of it, the pages that opened or closed a version, or
// what is younger than KeepFor.
const (
	KeepForever    Keep = "forever"
	KeepBoundaries Keep = "boundaries"
	KeepAge        Keep = "age"
)

// Lookup reads the environment, as os.LookupEnv does.
type Lookup func(name string) (string, bool)

// Source returns the source of a name.
func (c *Config) Source(name string) (Source, bool) {
	for _, source := range c.Sources {
		if source.Name == name {
			return source, true
		}
	}
	return Source{}, false
}

// Lists are all configured lists, by source and name.
func (c *Config) Lists() []List {
	var all []List
	for _, source := range c.Sources {
		all = append(all, source.Lists...)
	}
	return all
}

// Scheduled are the configured lists that have a schedule.
func (c *Config) Scheduled() []List {
	var scheduled []List
	for _, list := range c.Lists() {
		if !list.Times.IsZero() {
			scheduled = append(scheduled, list)
		}
	}
	return scheduled
}

// IDs are the identifiers of lists, in their order.
func IDs(lists []List) []catalog.ListID {
	ids := make([]catalog.ListID, len(lists))
	for i, list := range lists {
		ids[i] = list.ID
	}
	return ids
}
