package main

import (
	"log/slog"
	"strings"
	"sync"
	"time"

	sd "github.com/coreos/go-systemd/v22/daemon"

	"syncer/schedule"
)

// notifier tells systemd how the daemon is (sd_notify(3)); without
// NOTIFY_SOCKET nobody listens, and nothing is said.
type notifier struct {
	log      *slog.Logger
	watchdog time.Duration // within which systemd wants a sign of life; 0: none

	mutex sync.Mutex
	last  string // status
	mute  bool   // systemd could not be told; said once
}

func newNotifier(log *slog.Logger) (*notifier, error) {
	watchdog, err := sd.SdWatchdogEnabled(false)
	return &notifier{log: log, watchdog: watchdog}, err
}

// poll is how often the scheduler has to turn, so that two signs of life may
// be lost.
func (n *notifier) poll() time.Duration {
	if n.watchdog == 0 {
		return 0
	}
	return min(n.watchdog/3, 30*time.Second)
}

func (n *notifier) ready()    { n.send(sd.SdNotifyReady) }
func (n *notifier) stopping() { n.send(sd.SdNotifyStopping) }

// reloading is followed by ready. Type=notify-reload wants the time with it.
func (n *notifier) reloading() {
	n.send(sd.SdNotifyReloading + "\n" + sd.SdNotifyMonotonicUsec())
}

func (n *notifier) alive() {
	if n.watchdog > 0 {
		n.send(sd.SdNotifyWatchdog)
	}
}

// status shows a line in `systemctl status`; the same twice is sent once.
func (n *notifier) status(text string) {
	n.mutex.Lock()
	same := text == n.last
	n.last = text
	n.mutex.Unlock()
	if !same {
		n.send("STATUS=" + text)
	}
}

func (n *notifier) send(state string) {
	_, err := sd.SdNotify(false, state)
	n.mutex.Lock()
	first := err != nil && !n.mute
	n.mute = err != nil
	n.mutex.Unlock()
	if first {
		n.log.Warn("systemd cannot be told how the daemon is", "err", err)
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
