package store

import (
	"context"
	"fmt"
	"time"
)

// SetReportTimezone makes days and months of reports (bi.prices_on,
// bi.prices_month_end) end in a zone. The database must know it by the same
// name; time.Local has none.
func (s *Store) SetReportTimezone(ctx context.Context, zone *time.Location) error {
	if err := s.q.ReportTimezoneSet(ctx, s.pool, zone.String()); err != nil {
		return fmt.Errorf("set report time zone %s: %w", zone, err)
	}
	return nil
}
