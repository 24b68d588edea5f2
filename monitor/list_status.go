package monitor

import (
	"cmp"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/schedule"
	"syncer/store/outbox"
	"syncer/store/report"
)

// Watched is a list that the configuration names.
type Watched struct {
	ID       catalog.ListID
	Provider string
	schedule.Expectation
}

// The states of a list, from the best to the worst; those of bi.freshness.
const (
	Fresh  = "fresh"
	Never  = "never"
	Late   = "late"
	Held   = "held"
	Failed = "failed"
)

// States are all states of a list.
func States() []string { return []string{Fresh, Never, Late, Held, Failed} }

// ListStatus is how a list stands at a moment.
type ListStatus struct {
	report.Freshness
	// Configured is false for a list that only the database knows.
	Configured bool
	// Age is that of the newest snapshot; 0 where there is none.
	Age time.Duration
	// Next is the coming due time, without jitter; zero where there is none.
	Next time.Time
	// Judged says that something is expected of the list, and Stale that it did
	// not come.
	Judged, Stale bool
	// Running says that this process is reading it now.
	Running bool

	Held, Missing, Flaps, Retractions int // see report.ListFigures
	// PricesUnreadFor is since when snapshots could have no prices; 0 where the newest
	// has them.
	PricesUnreadFor time.Duration
}

// Facts are what the database knows of lists.
type Facts struct {
	Freshness []report.Freshness
	Figures   []report.ListFigures
	Outbox    []outbox.Figures
}

// Judge puts together what is configured and what is known, by source and
// list. A list without a snapshot is as old as since, the moment from which
// something was expected of it.
func Judge(watched []Watched, facts Facts, since, now time.Time) []ListStatus {
	all := make(map[catalog.ListID]*ListStatus, len(watched))
	for _, freshness := range facts.Freshness {
		all[freshness.List] = &ListStatus{Freshness: freshness}
	}
	for _, list := range watched {
		if all[list.ID] == nil {
			all[list.ID] = &ListStatus{Freshness: report.Freshness{List: list.ID, Provider: list.Provider, State: Never}}
		}
	}
	for _, figures := range facts.Figures {
		if list := all[figures.List]; list != nil {
			list.Held, list.Missing, list.Flaps, list.Retractions = figures.Held, figures.Missing, figures.Flaps, figures.Retractions
		}
	}
	for _, list := range all {
		if !list.LastSnapshotAt.IsZero() {
			list.Age = max(now.Sub(list.LastSnapshotAt), 0)
		}
		if !list.PricesUnreadSince.IsZero() {
			list.PricesUnreadFor = max(now.Sub(list.PricesUnreadSince), 0)
		}
	}
	for _, list := range watched {
		all[list.ID].expect(list, since, now)
	}
	return sorted(all)
}

// expect judges a list by what the configuration expects of it.
func (l *ListStatus) expect(w Watched, since, now time.Time) {
	l.Configured, l.Next = true, w.Times.Next(now)
	newest := l.LastSnapshotAt
	if newest.IsZero() {
		newest = since
	}
	late := w.LateAfter(newest)
	l.Judged = !late.IsZero()
	l.Stale = l.Judged && now.After(late)
	if l.Stale && l.State == Fresh {
		l.State = Late
	}
}

func sorted(all map[catalog.ListID]*ListStatus) []ListStatus {
	lists := make([]ListStatus, 0, len(all))
	for _, list := range all {
		lists = append(lists, *list)
	}
	slices.SortFunc(lists, func(a, b ListStatus) int {
		return cmp.Or(cmp.Compare(a.List.Source, b.List.Source), cmp.Compare(a.List.Name, b.List.Name))
	})
	return lists
}
