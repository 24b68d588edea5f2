package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"syncer/simulate"
	"syncer/simulate/iwinv"
)

// The only pair that the simulated provider lets in; it opens nothing else.
const (
	accessKey = "iwinvTestAccessKey0000000001"
	secretKey = "iwinvTestSecretKey0000000001"
)

// generatedProducts join the provider's documented seven.
const generatedProducts = 28

// gate is the provider: iwinv at a date of the simulated world that is set from
// outside. A walk sees one date: the one that was set when its first page was
// asked for. Each process has connections of its own, by which walks are told
// apart.
type gate struct {
	server  *http.Server
	address string

	mutex sync.Mutex
	day   int
	days  map[int]*iwinv.API
	walks map[string]int // connection to the day of its walk
	asked int            // pages since the hook was set
	hook  func(page int, served bool)
}

func openGate(ctx context.Context) (*gate, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open the provider: %w", err)
	}
	g := &gate{address: "http://" + listener.Addr().String(), days: map[int]*iwinv.API{}, walks: map[string]int{}}
	g.server = &http.Server{Handler: g, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = g.server.Serve(listener) }() // ends with close
	return g, nil
}

func (g *gate) close() error { return g.server.Close() }

// show sets the date for walks that begin from now on.
func (g *gate) show(day int) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.day = day
}

// watch has a function called around every page, counted from 1: before it is
// served, when the function may take its time, and after. nil ends it.
func (g *gate) watch(hook func(page int, served bool)) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.hook, g.asked = hook, 0
}

// ServeHTTP answers one request for a page.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	api, hook, page := g.arrive(r)
	if hook != nil {
		hook(page, false)
	}
	api.ServeHTTP(w, r)
	if hook != nil {
		_ = http.NewResponseController(w).Flush() // a client that is gone reads nothing
		hook(page, true)
	}
}

func (g *gate) arrive(r *http.Request) (*iwinv.API, func(int, bool), int) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if r.URL.Query().Get("page_no") == "1" {
		g.walks[r.RemoteAddr] = g.day
	}
	g.asked++
	return g.at(g.walks[r.RemoteAddr]), g.hook, g.asked
}

func (g *gate) at(day int) *iwinv.API {
	if g.days[day] == nil {
		at := simulate.WorldStart().AddDate(0, 0, day)
		g.days[day] = iwinv.New(iwinv.Config{
			AccessKey: accessKey, SecretKey: secretKey, Seed: 1, Products: generatedProducts,
			Now: time.Now, At: func() time.Time { return at },
		})
	}
	return g.days[day]
}
