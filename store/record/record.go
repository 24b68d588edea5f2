// Package record is what a list recorded of itself, in words and rows: how its
// runs ended, its snapshots, and the pages that prove them. It only reads.
package record

import (
	"time"

	"syncer/catalog"
	"syncer/timeline"
)

// List is a list as the database knows it.
type List struct {
	catalog.List
	ListSettings
	RowID int64 // its number in the database; 0 until it is registered
}

// ListSettings are what an operator configures for a list and the database
// keeps.
type ListSettings struct {
	Rule       timeline.Rule // of absence, by which its history is written
	Doubt      timeline.Rule // of doubt, likewise; no snapshots: nothing is doubted
	StaleAfter time.Duration // 0: LateAfter says
	// LateAfter returns the moment after which a snapshot is too old to be the
	// newest; the zero moment, or nil: never.
	LateAfter func(newest time.Time) time.Time
}

// Judgement is by which rules the list's history is written.
func (s ListSettings) Judgement() timeline.Judgement {
	return timeline.Judgement{Absence: s.Rule, Doubt: s.Doubt}
}

// Outcome is how a run ended.
type Outcome string

// Outcomes of a run that did not fail.
const (
	Unchanged Outcome = "unchanged"
	Changed   Outcome = "changed"
	Held      Outcome = "held"
	// Rejected is a snapshot that comes again after a person had rejected it:
	// nothing is written.
	Rejected Outcome = "rejected"
	// Skipped is a run that had nothing to bring: a due time that was skipped, or
	// a snapshot that was stored already.
	Skipped Outcome = "skipped"
)

// Committed reports an outcome that only the transaction of a snapshot writes.
func (o Outcome) Committed() bool {
	return o == Unchanged || o == Changed || o == Held || o == Skipped
}

// Origin says how a snapshot came.
type Origin string

// Live walks and archives.
const (
	Sync     Origin = "sync"
	Backfill Origin = "backfill"
)

// Status is what became of a snapshot.
type Status string

// The four of them. Only committed ones are history; one that was taken back was.
const (
	StatusCommitted Status = "committed"
	StatusHeld      Status = "held"
	StatusRejected  Status = "rejected"
	StatusRetracted Status = "retracted"
)

// Again is what becomes of a snapshot of this status that comes again: a held
// one still waits for its decision, and a rejected one had it.
func (s Status) Again() Outcome {
	switch s {
	case StatusHeld:
		return Held
	case StatusRejected:
		return Rejected
	}
	return Unchanged
}
