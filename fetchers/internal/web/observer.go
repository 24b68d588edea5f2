package web

import "time"

// Observer receives what a client does, for metrics. Its methods are called from
// several goroutines at once, with nothing that names more than the provider.
type Observer interface {
	// Answered is an attempt that ended after so long: with the status of its
	// answer, or 0 where there was none.
	Answered(provider string, status int, took time.Duration)
	// Paced is a wait for the source's turn, before an attempt.
	Paced(provider string, wait time.Duration)
	// Repeated is an attempt that will be made again after a wait.
	Repeated(provider string, wait time.Duration)
}

// unobserved is the Observer that does nothing.
type unobserved struct{}

func (unobserved) Answered(string, int, time.Duration) {}
func (unobserved) Paced(string, time.Duration)         {}
func (unobserved) Repeated(string, time.Duration)      {}
