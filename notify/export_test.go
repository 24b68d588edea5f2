package notify

import "time"

// MostAttempts is after how many a message is parked.
const MostAttempts = mostAttempts

// Within bounds one attempt of a webhook.
func (w *Webhook) Within(d time.Duration) { w.within = d }

// WaitAfter and RetryAfter are the waits between attempts.
var WaitAfter, RetryAfter = waitAfter, retryAfter

// Sign signs.
func (k Key) Sign(id string, at time.Time, body []byte) string { return k.sign(id, at, body) }

// Farthest chooses the moves that a message names.
var Farthest = farthest

// Plain makes a provider's text harmless.
var Plain = plain
