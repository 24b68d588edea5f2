package notify

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	firstWait   = 10 * time.Second
	longestWait = 6 * time.Hour
	// longestAsked caps what a receiver may ask for.
	longestAsked = 6 * time.Hour
	// mostAttempts takes about three days.
	mostAttempts = 24
)

// waitAfter is how long to wait after an attempt that failed, 1 being the first:
// between half and all of a wait that doubles, and no less than the receiver
// asked for.
func waitAfter(attempt int, asked time.Duration) time.Duration {
	wait := min(firstWait<<min(attempt-1, 16), longestWait)
	wait = wait/2 + rand.N(wait/2+1) //nolint:gosec // chance, not secrecy
	return max(wait, asked)
}

// retryAfter reads seconds or an HTTP date (RFC 9110, 10.2.3). Nonsense and the
// past are 0; what is too long is capped.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(header); err == nil {
		return min(max(time.Duration(min(seconds, int(longestAsked/time.Second)))*time.Second, 0), longestAsked)
	}
	moment, err := http.ParseTime(header)
	if err != nil {
		return 0
	}
	return min(max(moment.Sub(now), 0), longestAsked)
}
