package fault

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"
)

// A Set holds the faults of one provider, with how often each has struck.
type Set struct {
	provider string
	now      func() time.Time
	mutex    sync.Mutex
	armed    []*armed
}

type armed struct {
	Fault
	seen, hit int
	recent    []time.Time    // of Rate: requests of the last minute
	asked     map[string]int // of Random and Unruly: how often each page was asked for
}

// NewSet arms those faults that are the provider's. now is the wall clock.
func NewSet(provider string, faults []Fault, now func() time.Time) *Set {
	set := &Set{provider: provider, now: now}
	for _, fault := range faults {
		if fault.Provider == provider || fault.Provider == "" {
			set.armed = append(set.armed, &armed{Fault: fault})
		}
	}
	return set
}

// Active are the faults that strike one request.
type Active []Fault

// Take counts a request for a page (from 1) of a list, which names these things,
// and returns what goes wrong with it.
func (s *Set) Take(list string, page int, about ...string) Active {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var active Active
	for _, fault := range s.armed {
		if !fault.matches(list, page) || fault.About != "" && !slices.Contains(about, fault.About) {
			continue
		}
		strikes := fault.Fault
		if fault.Kind.drawn() {
			chosen, unlucky := fault.roll(s.provider, list, page)
			if strikes = chosen; !unlucky {
				continue
			}
		}
		if fault.strikes(s.now()) {
			active = append(active, strikes)
		}
	}
	return active
}

// Session is the list name of logging in and out: only a fault that names it
// strikes there.
const Session = "session"

func (a *armed) matches(list string, page int) bool {
	if a.List == "" && list == Session || a.List != "" && a.List != list {
		return false
	}
	return a.Page == 0 || a.Page == page
}

func (a *armed) strikes(now time.Time) bool {
	a.seen++
	if a.seen <= a.After || a.Times > 0 && a.hit >= a.Times {
		return false
	}
	if a.Kind == Rate && !a.overRate(now) || a.Kind == Flaky && !a.unlucky() {
		return false
	}
	a.hit++
	return true
}

// unlucky draws for one request: the nth has the same lot in every run.
func (a *armed) unlucky() bool {
	percent, _ := strconv.Atoi(a.Value)
	return rand.New(rand.NewPCG(uint64(a.seen), 503)).IntN(100) < percent
}

func (a *armed) overRate(now time.Time) bool {
	limit, _ := strconv.Atoi(a.Value)
	a.recent = slices.DeleteFunc(a.recent, func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	if len(a.recent) >= limit {
		return true
	}
	a.recent = append(a.recent, now)
	return false
}

// Has reports whether a kind strikes.
func (a Active) Has(kind Kind) bool {
	_, ok := a.find(kind)
	return ok
}

func (a Active) find(kind Kind) (Fault, bool) {
	at := slices.IndexFunc(a, func(f Fault) bool { return f.Kind == kind })
	if at < 0 {
		return Fault{}, false
	}
	return a[at], true
}
