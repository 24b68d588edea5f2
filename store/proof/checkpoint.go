package proof

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/sqlcgen"
)

// Checkpoint is a digest over all that a list recorded up to a run. Noted
// outside of the database, it shows later whether that is still what it was.
type Checkpoint struct {
	Digest     string    `json:"digest"` // SHA-256, in hex
	Run        int64     `json:"run"`
	RecordedAt time.Time `json:"recorded_at"`
}

// Checkpoint is the newest one of a list, nil where nothing was recorded.
func (v Verified) Checkpoint() *Checkpoint {
	if len(v.Checkpoints) == 0 {
		return nil
	}
	return &v.Checkpoints[len(v.Checkpoints)-1]
}

// Reaches returns the checkpoint of a digest, nil if the list never had it.
func (v Verified) Reaches(digest string) *Checkpoint {
	for i := range v.Checkpoints {
		if strings.EqualFold(v.Checkpoints[i].Digest, digest) {
			return &v.Checkpoints[i]
		}
	}
	return nil
}

// checkpoints are those after each run, in the order in which runs were recorded.
// Each covers the one before, and only what no later run may change: so not the
// entries of a snapshot whose pages are kept, which a newer decoder may read
// otherwise. (What jsonb is written as is one spelling.) Runs that recorded nothing
// are covered by the first one that began after they had ended.
func (a *accounts) checkpoints(list catalog.List) []Checkpoint {
	var all []Checkpoint
	chain := (&link{}).text("syncer.ledger.1", list.ID.Source, list.ID.Name, string(list.Kind)).sum()
	covered := make(map[int64]bool)
	for i := range a.runs {
		run := &a.runs[i]
		if run.RecordedAt == nil {
			continue
		}
		next := &link{fields: chain[:]}
		next.run(run)
		if run.Ledger > 1 {
			next.since(run)
			for _, passed := range a.endedBefore(run) {
				if !covered[passed.ID] {
					covered[passed.ID] = true
					next.run(passed)
					next.since(passed).optional(passed.ErrorClass, passed.ErrorText)
				}
			}
		}
		next.brought(a.brought[run.ID])
		if decided := a.decided[run.ID]; decided != nil {
			next.text("decided", run.Kind).moment(&decided.TakenAt)
		}
		for i := range a.decisions {
			next.decided(&a.decisions[i], run.ID)
		}
		chain = next.sum()
		all = append(all, Checkpoint{hex.EncodeToString(chain[:]), run.ID, run.RecordedAt.UTC()})
	}
	return all
}

// endedBefore are the runs that recorded nothing and had ended when a run began. By a
// clock that was set back nobody knows, and they are left to no checkpoint: else one
// that was noted might not be reached any more.
func (a *accounts) endedBefore(run *sqlcgen.Run) []*sqlcgen.Run {
	var all []*sqlcgen.Run
	for i := range a.without {
		other := &a.without[i]
		if other.ID > run.ID {
			break
		}
		if ended := other.EndedAt; other.Ledger > 1 && ended != nil && !ended.Before(other.StartedAt) && !ended.After(run.StartedAt) {
			all = append(all, other)
		}
	}
	return all
}

// link collects length-prefixed fields and hashes them at once.
type link struct{ fields []byte }

func (l *link) text(all ...string) *link {
	for _, text := range all {
		l.fields = binary.BigEndian.AppendUint64(l.fields, uint64(len(text)))
		l.fields = append(l.fields, text...)
	}
	return l
}

func (l *link) number(all ...int64) *link {
	for _, n := range all {
		l.text(strconv.FormatInt(n, 10))
	}
	return l
}

// optional makes null differ from "".
func (l *link) optional(all ...*string) *link {
	for _, text := range all {
		if text == nil {
			l.number(0)
			continue
		}
		l.number(1).text(*text)
	}
	return l
}

func (l *link) moment(all ...*time.Time) *link {
	for _, at := range all {
		if at == nil {
			l.text("")
			continue
		}
		l.number(at.UnixMicro())
	}
	return l
}

func (l *link) sum() [32]byte { return sha256.Sum256(l.fields) }

func (l *link) run(run *sqlcgen.Run) {
	l.text("run", run.Kind, run.Outcome).moment(run.DueAt, &run.StartedAt, run.EndedAt, run.RecordedAt)
	l.number(run.ID, int64(run.Pages), int64(run.Entries), int64(run.Added), int64(run.Changed), int64(run.Removed), int64(run.Warnings))
	l.optional(run.Actor, run.Reason)
}

// since is what ledger 2 covers of a run beside.
func (l *link) since(run *sqlcgen.Run) *link {
	return l.moment(&run.HeartbeatAt).number(int64(run.SetAside), int64(run.Doubts))
}

func (l *link) brought(row *sqlcgen.Snapshot) {
	if row == nil {
		return
	}
	l.text("snapshot", row.Origin, string(row.PagesDigest), string(row.Settings), string(row.Delta))
	l.moment(&row.TakenAt, row.PagesOf, row.LateAfter).optional(row.HeldFor)
	if spared := snapshot.DigestOfPages(nil); string(row.PagesDigest) == string(spared[:]) {
		l.text(string(row.Digest)) // nobody can read it again
	}
}

// decided is what a run decided, or ended of what had been.
func (l *link) decided(row *sqlcgen.Decision, run int64) {
	if row.RecordedBy == run {
		l.text("decision", row.Kind, string(row.Price)).number(row.ID).moment(&row.TakenAt).optional(row.Key)
	}
	if row.EndedBy != nil && *row.EndedBy == run {
		l.text("decision ended").number(row.ID)
	}
}
