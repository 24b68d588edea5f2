package storetest

import (
	"time"

	"syncer/store"
)

// Retract takes a snapshot back, or with a key what it says of that entry.
func (l *Live) Retract(at time.Time, key string, by store.Decision) {
	l.T.Helper()
	l.rewrite("retract", by, func(run store.Run) error {
		_, err := l.Store.Retract(l.T.Context(), run, at, key, l.Source.Reread)
		return err
	})
}

// Restore makes what was taken back part of history again.
func (l *Live) Restore(at time.Time, key string, by store.Decision) {
	l.T.Helper()
	l.rewrite("restore", by, func(run store.Run) error {
		_, err := l.Store.Restore(l.T.Context(), run, at, key, l.Source.Reread)
		return err
	})
}

// Believe confirms what is doubted of an entry now.
func (l *Live) Believe(key string, by store.Decision) {
	l.T.Helper()
	l.rewrite("believe", by, func(run store.Run) error {
		_, err := l.Store.Believe(l.T.Context(), run, key, nil, l.Source.Reread)
		return err
	})
}

func (l *Live) rewrite(kind string, by store.Decision, how func(store.Run) error) {
	l.T.Helper()
	run, err := l.Store.BeginRewrite(l.T.Context(), l.List, kind, by)
	run.Subscriptions = l.Subscriptions
	if err == nil {
		err = how(run)
	}
	if err != nil {
		l.T.Fatal(err)
	}
}
