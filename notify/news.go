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
	Doubts   *DoubtNews  `json:"doubts,omitempty"`
	HeldFor  string      `json:"held_for,omitempty"` // the guard's reason
	// Decision is a person's, where it made the news.
	Decision *DecisionNews `json:"decision,omitempty"`
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
	// ChangedAt is the moment of the snapshot that showed it first, which is an earlier
	// one where it was doubted for a while.
	ChangedAt time.Time `json:"changed_at"`
}

// DoubtNews are doubts that began or were confirmed.
type DoubtNews struct {
	Total     int         `json:"total"`
	Began     int         `json:"began"`
	Confirmed int         `json:"confirmed"`
	Top       []DoubtMove `json:"top"`
}

// DoubtMove is a price that cannot be believed yet, or is from now on.
type DoubtMove struct {
	List     string `json:"list"`
	Key      string `json:"key"`
	Name     string `json:"name"`
	Kind     string `json:"price_kind"`
	Variant  string `json:"price_variant"`
	Unit     string `json:"pricing_unit"`
	Currency string `json:"pricing_currency"`
	Event    string `json:"event"`  // began or confirmed
	Reason   string `json:"reason"` // as bi.doubts has it
	// Stands is the amount that stands meanwhile, Shown what is shown in its place; ""
	// for none.
	Stands        string    `json:"stands,omitempty"`
	Shown         string    `json:"shown,omitempty"`
	ShownUnit     string    `json:"shown_pricing_unit,omitempty"`
	ShownCurrency string    `json:"shown_pricing_currency,omitempty"`
	Since         time.Time `json:"since"` // its first snapshot
	// Decide are the commands that believe it, and that take it back.
	Decide []string `json:"decide,omitempty"`
}

// DecisionNews is who decided what, and why.
type DecisionNews struct {
	Actor    string `json:"actor"`
	Reason   string `json:"reason"`
	Key      string `json:"key,omitempty"` // of the entry that it is about; "" for the whole snapshot
	Restored bool   `json:"restored,omitempty"`
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
