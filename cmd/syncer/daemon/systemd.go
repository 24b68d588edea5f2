package daemon

import (
	"log/slog"
	"strings"
	"sync"
	"time"

	sd "github.com/coreos/go-systemd/v22/daemon"

	"syncer/schedule"
)

// systemd notifies systemd of how the daemon is (sd_notify(3)); without
// NOTIFY_SOCKET nobody listens, and nothing is sent.
type systemd struct {
	log      *slog.Logger
	watchdog time.Duration // within which systemd wants a sign of life; 0: none

	mutex sync.Mutex
	last  string // status
	mute  bool   // systemd could not be notified; logged once
}

func newSystemd(log *slog.Logger) (*systemd, error) {
	watchdog, err := sd.SdWatchdogEnabled(false)
	return &systemd{log: log, watchdog: watchdog}, err
}

// poll is how often the scheduler has to turn, so that two signs of life may
// be lost.
func (s *systemd) poll() time.Duration {
	if s.watchdog == 0 {
		return 0
	}
	return min(s.watchdog/3, 30*time.Second)
}

func (s *systemd) ready()    { s.send(sd.SdNotifyReady) }
func (s *systemd) stopping() { s.send(sd.SdNotifyStopping) }

// reloading is followed by ready. Type=notify-reload wants the time with it.
func (s *systemd) reloading() {
	s.send(sd.SdNotifyReloading + "\n" + sd.SdNotifyMonotonicUsec())
}

func (s *systemd) alive() {
	if s.watchdog > 0 {
		s.send(sd.SdNotifyWatchdog)
	}
}

// status shows a line in `systemctl status`; the same twice is sent once.
func (s *systemd) status(text string) {
	s.mutex.Lock()
	same := text == s.last
	s.last = text
	s.mutex.Unlock()
	if !same {
		s.send("STATUS=" + text)
	}
}

func (s *systemd) send(state string) {
	_, err := sd.SdNotify(false, state)
	s.mutex.Lock()
	first := err != nil && !s.mute
	s.mute = err != nil
	s.mutex.Unlock()
	if first {
		s.log.Warn("systemd cannot be notified of how the daemon is", "err", err)
	}
}

// statusText is what the daemon does, in one line.
func statusText(states []schedule.State, away time.Time) string {
	var running []string
	var next schedule.State
	for _, state := range states {
		if !state.Running.IsZero() {
			running = append(running, state.Name)
		}
		if !state.Next.IsZero() && (next.Next.IsZero() || state.Next.Before(next.Next)) {
			next = state
		}
	}
	switch {
	case !away.IsZero():
		return "waiting for the database since " + away.UTC().Format(time.RFC3339)
	case len(running) > 0:
		return "reading " + strings.Join(running, ", ")
	case !next.Next.IsZero():
		return "idle; next " + next.Name + " at " + next.Next.Format(time.RFC3339)
	}
	return "idle"
}
