package monitor

import "context"

// BeatOnce is one heartbeat, for tests that do not wait a minute.
func (m *Monitor) BeatOnce(ctx context.Context) (string, error) { return m.beat(ctx) }

// MostConnections is how many are served at once.
const MostConnections = mostConnections
