package web

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	usualAttempts = 5
	firstWait     = time.Second
	usualWait     = 30 * time.Second // the longest
	// longestRetryAfter caps what a provider may ask for, so that a walk does
	// not sleep through its next due time.
	longestRetryAfter = 2 * time.Minute
)

// Verdict is what to do after an answer that is not 2xx.
type Verdict int

// The verdicts. ByStatus repeats 408, 429 and 5xx, renews after 401 and takes
// every other status as final.
const (
	ByStatus Verdict = iota
	Final
	Retry
	Renew
)

// Fault is what an error answer says in the provider's own words.
type Fault struct {
	Code    string
	Message string
	Then    Verdict
}

// verdict returns what to do after an error of one attempt.
func verdict(err error) Verdict {
	if status, ok := errors.AsType[*StatusError](err); ok {
		return status.then
	}
	if failed, ok := errors.AsType[*TransferError](err); ok && failed.Class == ClassNetwork {
		return Retry
	}
	return Final
}

func verdictOf(status int) Verdict {
	switch {
	case status == http.StatusUnauthorized:
		return Renew
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status >= 500:
		return Retry
	}
	return Final
}

// Repeating is the message that is logged for a request that is made again, with
// method, path, attempt, wait and err.
const Repeating = "repeating request"

// waitAfter is how long to wait before the next attempt: as long as the provider
// asks, within bounds, else doubling with jitter.
func (c *Client) waitAfter(attempt int, cause error) time.Duration {
	if status, ok := errors.AsType[*StatusError](cause); ok && status.RetryAfter > 0 {
		return status.RetryAfter
	}
	return backoff(attempt, cmp.Or(c.api.LongestWait, usualWait))
}

// attempts is how often one call is made.
func (a API) attempts() int { return cmp.Or(a.Attempts, usualAttempts) }

// pause waits before the next attempt.
func (c *Client) pause(ctx context.Context, r Request, attempt int, wait time.Duration, cause error) error {
	c.options.Logger.WarnContext(ctx, Repeating,
		"method", r.Method, "path", c.hide(r, r.Path), "attempt", attempt, "wait", wait, "err", cause)
	c.options.Observer.Repeated(c.provider, wait)
	if err := c.options.Sleep(ctx, wait); err != nil {
		return c.failed(r, ClassCanceled, err)
	}
	return nil
}

// backoff returns a random wait between half and all of one that doubles with
// each attempt, up to the longest.
func backoff(attempt int, longest time.Duration) time.Duration {
	wait := min(firstWait<<min(attempt-1, 10), longest)
	return wait/2 + rand.N(wait/2+1)
}

// retryAfter reads seconds or an HTTP date (RFC 9110, 10.2.3). Nonsense and
// the past are 0; what is too long is capped.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseFloat(header, 64); err == nil {
		if !(seconds > 0) { // NaN too
			return 0
		}
		if seconds >= longestRetryAfter.Seconds() {
			return longestRetryAfter
		}
		return time.Duration(seconds * float64(time.Second))
	}
	moment, err := http.ParseTime(header)
	if err != nil {
		return 0
	}
	return min(max(moment.Sub(now), 0), longestRetryAfter)
}
