package daemon

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"
)

// turns let one list of a source be read at a time.
type turns struct {
	mutex    sync.Mutex
	bySource map[string]*semaphore.Weighted
}

func newTurns() *turns { return &turns{bySource: map[string]*semaphore.Weighted{}} }

// wait waits for the source's turn; leave ends it. It is errStopping when ctx
// ends first.
func (t *turns) wait(ctx context.Context, source string) (leave func(), err error) {
	t.mutex.Lock()
	turn := t.bySource[source]
	if turn == nil {
		turn = semaphore.NewWeighted(1)
		t.bySource[source] = turn
	}
	t.mutex.Unlock()
	if err := turn.Acquire(ctx, 1); err != nil {
		return nil, errStopping
	}
	return func() { turn.Release(1) }, nil
}
