// Package outbox is a queue of messages in the database. Facts go in with the
// write that made them true, or not at all; leases come out. What a message says
// is for those who subscribe: the outbox keeps their payloads, puts those of a
// digest together, and reads none of them.
package outbox

import (
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/sqlcgen"
)

// Outbox hands out the messages of one database, and knows how many wait.
type Outbox struct {
	pool *pgxpool.Pool
	q    *sqlcgen.Queries
}

// New returns the outbox of a migrated database.
func New(pool *pgxpool.Pool) *Outbox { return &Outbox{pool: pool, q: sqlcgen.New()} }

// Kind is what a message is about.
type Kind string

// The kinds of messages.
const (
	Changed Kind = "changed" // prices or statuses of a list moved
	Held    Kind = "held"    // a snapshot waits for a decision
	// Retracted is what a person took back, or restored.
	Retracted Kind = "retracted"
	Stale     Kind = "stale"  // what is expected of a list did not come
	Digest    Kind = "digest" // several of the others
)

// Subscription is a rule by which a webhook gets messages.
type Subscription struct {
	// Rule is its name. It gets at most one message of each run, and one for
	// each time that a list becomes stale.
	Rule    string
	Webhook string // the name of the receiver
	// Covers reports whether the rule is about a list.
	Covers func(list catalog.ListID) bool
	// Compose returns the payload of a message about facts, a JSON value, or nil
	// where the rule wants none. It is called inside the write that made the
	// facts true: it must be quick, and ask nothing of the database.
	Compose func(facts Facts) (json.RawMessage, error)
	// Digest returns when a payload that was composed at a moment is gathered
	// with the others of the rule; nil makes each one a message at once.
	Digest func(at time.Time) time.Time
}

// due is when a payload of a moment is to be sent or gathered, and the state in
// which it waits for that.
func (s Subscription) due(at time.Time) (due time.Time, state string) {
	if s.Digest == nil {
		return at, "pending"
	}
	return s.Digest(at), "collecting"
}
