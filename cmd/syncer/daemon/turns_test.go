package daemon

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

func TestTurnsLetOneIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns()
		ctx, cancel := context.WithCancel(t.Context())
		leave, err := turns.wait(ctx, "a")
		if err != nil {
			t.Fatal(err)
		}
		if leaveOther, err := turns.wait(ctx, "b"); err != nil {
			t.Error("another source waits")
		} else {
			leaveOther()
		}
		second := make(chan error, 1)
		go func() { _, err := turns.wait(ctx, "a"); second <- err }()
		synctest.Wait()
		select {
		case <-second:
			t.Error("two have one turn")
		default:
		}
		cancel()
		if err := <-second; !errors.Is(err, errStopping) {
			t.Errorf("when it stops: got %v", err)
		}
		leave()
		if _, err := turns.wait(ctx, "a"); !errors.Is(err, errStopping) {
			t.Errorf("after it stopped: got %v", err)
		}
	})
}
