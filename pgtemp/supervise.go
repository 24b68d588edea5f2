package pgtemp

import (
	"context"
	"time"
)

const (
	// lookForOwner is how often a guest looks whether the owner of its server is
	// still there.
	lookForOwner = time.Second
	// firstPause and longestPause are between two starts of a server that ended.
	firstPause   = time.Second
	longestPause = 30 * time.Second
	// sayAgain is after how long a server that cannot be started is an error of
	// the log once more.
	sayAgain = time.Minute
)

// supervise starts the server again whenever it ended without us: killed for lack
// of memory, or stopped for a full disk. It gives up never, since room may be made,
// and until ctx ends. Whoever is connected has to connect again, at the same
// address. A guest becomes the owner when the owner of its server is gone.
func (s *Server) supervise(ctx context.Context, o Options) {
	for s.gone(ctx) {
		s.log.Error("postgres ended by itself or with its owner; it is started again", "dir", s.folder.dir, "log", s.logTail())
		var said time.Time
		for pause := firstPause; ; pause = min(2*pause, longestPause) {
			if !sleep(ctx, pause) {
				return
			}
			err := s.restart(ctx, o)
			if err == nil {
				break
			}
			if now := time.Now(); ctx.Err() == nil && now.Sub(said) >= sayAgain { //nolint:forbidigo // how often the log is written to
				said = now
				s.log.Error("postgres cannot be started again; tried until it can", "dir", s.folder.dir, "err", orFull(s.folder.dir, err))
			}
		}
		s.log.Info("postgres is started again", "dir", s.folder.dir, "port", s.port)
	}
}

// gone waits until no server runs any more and this process holds the folder; false
// when ctx ended first.
func (s *Server) gone(ctx context.Context) bool {
	if p := s.running(); p != nil {
		select {
		case <-p.ended:
			return true
		case <-ctx.Done():
			return false
		}
	}
	for sleep(ctx, lookForOwner) {
		lock, err := tryLock(s.folder.lockFile())
		if err == nil && lock != nil {
			s.lock = lock
			return true
		}
	}
	return false
}

// restart runs the server once more at the address it had, for as long as it takes:
// a recovery may be long.
func (s *Server) restart(ctx context.Context, o Options) error {
	if err := endOrphan(ctx, s.folder.data()); err != nil {
		return err
	}
	if s.bin == "" { // a guest ran none
		var err error
		if s.bin, err = findServer(ctx, o.BinDir, s.folder.dataVersion()); err != nil {
			return err
		}
	}
	if err := s.folder.keepSocketDir(s.socket); err != nil {
		return err
	}
	return s.run(ctx, o)
}

// sleep waits; false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
