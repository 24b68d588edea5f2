package main

import (
	"context"
	"sync"
)

// lanes let one list of a source be read at a time.
type lanes struct {
	mutex sync.Mutex
	taken map[string]chan struct{}
}

func newLanes() *lanes { return &lanes{taken: map[string]chan struct{}{}} }

// enter waits for the source's turn; leave ends it. When ctx ends first,
// nothing is entered any more.
func (l *lanes) enter(ctx context.Context, source string) (leave func(), err error) {
	l.mutex.Lock()
	lane := l.taken[source]
	if lane == nil {
		lane = make(chan struct{}, 1)
		l.taken[source] = lane
	}
	l.mutex.Unlock()
	select {
	case <-ctx.Done():
		return nil, errStopping
	case lane <- struct{}{}:
	}
	if ctx.Err() != nil { // both came at once
		<-lane
		return nil, errStopping
	}
	return func() { <-lane }, nil
}
