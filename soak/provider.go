package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"syncer/simulate"
	"syncer/simulate/fault"
	"syncer/simulate/iwinv"
)

// The only pair that the simulated provider lets in; it opens nothing else.
const (
	accessKey = "iwinvTestAccessKey0000000001"
	secretKey = "iwinvTestSecretKey0000000001"
)

// generatedProducts join the provider's documented seven.
const generatedProducts = 28

// provider is iwinv at a date of the simulated world that is set from
// outside. A walk sees one date: the one that was set when its first page was
// asked for. Each process has connections of its own, by which walks are kept
// apart.
type provider struct {
	server  *http.Server
	address string

	mutex sync.Mutex
	day   int
	days  map[int]*iwinv.API
	walks map[string]int // connection to the day of its walk
	asked int            // pages since the hook was set
	hook  func(page int, served bool)
}

func openProvider(ctx context.Context) (*provider, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open the provider: %w", err)
	}
	p := &provider{address: "http://" + listener.Addr().String(), days: map[int]*iwinv.API{}, walks: map[string]int{}}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = p.server.Serve(listener) }() // ends with close
	return p, nil
}

func (p *provider) close() error { return p.server.Close() }

// show sets the date for walks that begin from now on.
func (p *provider) show(day int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.day = day
}

// watch has a function called around every page, counted from 1: before it is
// served, when the function may take its time, and after. nil ends it.
func (p *provider) watch(hook func(page int, served bool)) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.hook, p.asked = hook, 0
}

// ServeHTTP answers one request for a page.
func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	api, hook, page := p.arrive(r)
	if hook != nil {
		hook(page, false)
	}
	api.ServeHTTP(w, r)
	if hook != nil {
		_ = http.NewResponseController(w).Flush() // a client that is gone reads nothing
		hook(page, true)
	}
}

func (p *provider) arrive(r *http.Request) (*iwinv.API, func(int, bool), int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if r.URL.Query().Get("page_no") == "1" {
		p.walks[r.RemoteAddr] = p.day
	}
	p.asked++
	return p.at(p.walks[r.RemoteAddr]), p.hook, p.asked
}

func (p *provider) at(day int) *iwinv.API {
	if p.days[day] == nil {
		at := simulate.WorldStart().AddDate(0, 0, day%oddly)
		config := iwinv.Config{
			AccessKey: accessKey, SecretKey: secretKey, Seed: 1, Products: generatedProducts,
			Now: time.Now, At: func() time.Time { return at },
		}
		if odd := oddities(); day >= oddly {
			config.Faults = []simulate.Fault{odd[day/oddly-1]}
		}
		p.days[day] = iwinv.New(config)
	}
	return p.days[day]
}

// oddly is added to a day, once or more often, for the same day on which one row
// cannot be read.
const oddly = 1000

// oddities are what is wrong on the days that have oddly added so often: the price
// of a row is none, and a row has no key. They strike the first page, whatever its
// size.
func oddities() []simulate.Fault {
	return []simulate.Fault{{Provider: source, Kind: fault.BadPrice, Page: 1, Value: "text"}, {Provider: source, Kind: fault.EmptyID, Page: 1}}
}
