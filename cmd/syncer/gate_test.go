package main

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// gate stands before a provider and holds requests back.
type gate struct {
	URL   string
	held  atomic.Int32 // requests that wait now
	mutex sync.Mutex
	path  string        // what the paths of requests to hold end with; "": none
	open  chan struct{} // closed when they may go on
}

func newGate(t *testing.T, provider string) *gate {
	t.Helper()
	target, err := url.Parse(provider)
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorLog = log.New(io.Discard, "", 0) // a reader that hangs up is no news
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.wait(r)
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	t.Cleanup(g.release) // before Close, which waits for requests
	g.URL = server.URL
	return g
}

func (g *gate) wait(r *http.Request) {
	g.mutex.Lock()
	hold, open := g.path != "" && strings.HasSuffix(r.URL.Path, g.path), g.open
	g.mutex.Unlock()
	if !hold {
		return
	}
	g.held.Add(1)
	defer g.held.Add(-1)
	select {
	case <-open:
	case <-r.Context().Done():
	}
}

// hold keeps back requests whose path ends so, until release.
func (g *gate) hold(path string) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.path, g.open = path, make(chan struct{})
}

func (g *gate) release() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.path != "" {
		g.path = ""
		close(g.open)
	}
}

// door stands before a database and can be shut, so that it seems down.
type door struct {
	url             string
	network, target string
	address         string

	mutex    sync.Mutex
	listener net.Listener
	through  []net.Conn
}

// newDoor is shut. Its URL is that of the database through it.
func newDoor(t *testing.T, database string) *door {
	t.Helper()
	config, err := pgconn.ParseConfig(database)
	if err != nil {
		t.Fatal(err)
	}
	d := &door{}
	d.network, d.target = pgconn.NetworkAddress(config.Host, config.Port)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.address = free.Addr().String()
	free.Close()
	at := url.URL{Scheme: "postgres", User: url.UserPassword(config.User, config.Password), Host: d.address, Path: "/" + config.Database, RawQuery: "sslmode=disable"}
	d.url = at.String()
	t.Cleanup(d.shut)
	return d
}

func (d *door) unlock(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp", d.address)
	if err != nil {
		t.Fatal(err)
	}
	d.mutex.Lock()
	d.listener = listener
	d.mutex.Unlock()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go d.pass(conn)
		}
	}()
}

func (d *door) pass(conn net.Conn) {
	defer conn.Close()
	inside, err := net.Dial(d.network, d.target)
	if err != nil {
		return
	}
	defer inside.Close()
	d.mutex.Lock()
	d.through = append(d.through, conn, inside)
	d.mutex.Unlock()
	go func() { io.Copy(inside, conn); inside.Close() }()
	io.Copy(conn, inside)
}

// shut cuts what is through and lets nobody in.
func (d *door) shut() {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.listener != nil {
		d.listener.Close()
	}
	for _, conn := range d.through {
		conn.Close()
	}
	d.listener, d.through = nil, nil
}

// unixDial reaches a unix socket, whatever address is asked for.
func unixDial(dialer *net.Dialer, path string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) { return dialer.DialContext(ctx, "unix", path) }
}
