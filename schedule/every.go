package schedule

import "time"

// every is an interval in whole seconds, counted from the epoch.
type every time.Duration

func (e every) next(after time.Time) time.Time {
	seconds := int64(time.Duration(e) / time.Second)
	rest := after.Unix() % seconds
	if rest < 0 { // before the epoch
		rest += seconds
	}
	return time.Unix(after.Unix()-rest+seconds, 0)
}
