package monitor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// What became of a heartbeat.
const (
	pinged       = "sent"
	pingFailed   = "failed"
	pingWithheld = "withheld"
)

const (
	heartbeatEvery  = time.Minute
	heartbeatWithin = 10 * time.Second
)

// Beat pings the heartbeat's address every minute until ctx ends, while the
// database answers and nothing that is expected of a list is missing. Whoever
// listens there alerts people when it stops.
func (m *Monitor) Beat(ctx context.Context) {
	ticker := time.NewTicker(heartbeatEvery)
	defer ticker.Stop()
	last := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		outcome, err := m.beat(ctx)
		if outcome != last && outcome != "" {
			m.logBeat(outcome, err)
		}
		last = outcome
	}
}

// logBeat writes a line when the outcome becomes another.
func (m *Monitor) logBeat(outcome string, err error) {
	switch outcome {
	case pinged:
		m.options.Log.Info("heartbeat sent; from now on only a change is logged")
	case pingFailed:
		m.options.Log.Warn("heartbeat failed", "err", err)
	case pingWithheld:
		m.options.Log.Warn("heartbeat withheld", "err", err)
	}
}

// beat is one heartbeat, or its absence; "" where none is configured.
func (m *Monitor) beat(ctx context.Context) (outcome string, err error) {
	address := m.inUse().Heartbeat
	if address == "" {
		return "", nil
	}
	defer func() { m.counts.pings.WithLabelValues(outcome).Inc() }()
	lists, err := m.lists(ctx)
	if err != nil {
		return pingWithheld, errors.New(shown(err))
	}
	for _, list := range lists {
		if list.Stale {
			return pingWithheld, fmt.Errorf("%s is stale", list.List)
		}
	}
	if err := ping(ctx, address); err != nil {
		return pingFailed, err
	}
	return pinged, nil
}

// ping asks once and follows nobody. Errors never hold the address, whose path
// is what lets anybody ping.
func ping(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, heartbeatWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return errors.New("heartbeat_url cannot be read")
	}
	request.Header.Set("User-Agent", "syncer")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		var detailed *url.Error
		if errors.As(err, &detailed) {
			err = detailed.Err // without the address
		}
		return fmt.Errorf("ask %s: %w", request.URL.Host, err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10)) // so that the connection can be used again
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("ask %s: status %d", request.URL.Host, response.StatusCode)
	}
	return nil
}
