package notify

import (
	"encoding/json"
	"time"

	"syncer/store/outbox"
)

// mostNamed is how many changes of each kind a message names; it counts all.
const mostNamed = 10

// News is what one message says about one list, and the payload that the outbox
// keeps for it. Moments are UTC, amounts and ratios decimals as text.
type News struct {
	Kind     outbox.Kind `json:"kind"`
	List     string      `json:"list"`
	Provider string      `json:"provider"`
	At       time.Time   `json:"at"`                // when it was recorded, by the database's clock
	TakenAt  time.Time   `json:"taken_at,omitzero"` // of the snapshot
	RunID    int64       `json:"run_id,omitempty"`
	Counts   *NewsCounts `json:"counts,omitempty"`
	Prices   *PriceNews  `json:"price_changes,omitempty"`
	Statuses *StatusNews `json:"status_changes,omitempty"`
	HeldFor  string      `json:"held_for,omitempty"` // the guard's reason
	// LastSnapshot is the newest of a stale list; zero if there is none.
	LastSnapshot time.Time `json:"last_snapshot_at,omitzero"`
}

// NewsCounts is how many entries a snapshot has, and how many of them differ
// from the one before.
type NewsCounts struct {
	Entries int `json:"entries"`
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Removed int `json:"removed"`
}

// PriceNews are changes of prices, the farthest first; Up and Down count all.
type PriceNews struct {
	Total int         `json:"total"`
	Up    int         `json:"up"`
	Down  int         `json:"down"`
	Top   []PriceMove `json:"top"`
}

// PriceMove is one price whose amount changed.
type PriceMove struct {
	List     string `json:"list"`
	Key      string `json:"key"`
	Name     string `json:"name"`
	Kind     string `json:"price_kind"`
	Variant  string `json:"price_variant"`
	Unit     string `json:"pricing_unit"`
	Currency string `json:"pricing_currency"`
	From     string `json:"from"`
	To       string `json:"to"`
	// Ratio is To by From, Percent the change in percent of From; both are "",
	// as nothing, where From is 0.
	Ratio   string `json:"ratio,omitempty"`
	Percent string `json:"percent,omitempty"`
	// ChangedAt is the moment of the snapshot that showed it.
	ChangedAt time.Time `json:"changed_at"`
}

// StatusNews are changes of statuses; the three counts are by event.
type StatusNews struct {
	Total    int          `json:"total"`
	Delisted int          `json:"delisted"`
	Relisted int          `json:"relisted"`
	Changed  int          `json:"changed"`
	Top      []StatusMove `json:"top"`
}

// StatusMove is one product whose status changed.
type StatusMove struct {
	List   string `json:"list"`
	Key    string `json:"key"`
	Name   string `json:"name"`
	Event  string `json:"event"`  // delisted, relisted, changed
	Aspect string `json:"aspect"` // status or lifecycle
	Zone   string `json:"availability_zone,omitempty"`
	From   string `json:"from,omitempty"` // the provider's word
	To     string `json:"to,omitempty"`
	// ChangedAt is the moment of the snapshot that showed it.
	ChangedAt time.Time `json:"changed_at"`
}

// newsIn reads the payloads of a message, a single one or those of a digest; nil
// if any of them cannot be read.
func newsIn(payloads []json.RawMessage) []News {
	all := make([]News, len(payloads))
	for i, payload := range payloads {
		if err := json.Unmarshal(payload, &all[i]); err != nil {
			return nil
		}
	}
	return all
}
