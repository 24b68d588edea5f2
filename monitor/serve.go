package monitor

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler answers for the page, metrics and health. Everything is read only.
func (m *Monitor) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", m.page)
	mux.HandleFunc("GET /livez", m.alive)
	mux.HandleFunc("GET /readyz", m.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.counts.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guarded(w.Header())
		mux.ServeHTTP(w, r)
	})
}

// guarded keeps browsers from doing anything but show.
func guarded(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

// listenAgain is how often an address is tried that was taken.
const listenAgain = 15 * time.Second

// Serve answers on an address until ctx ends. Where it cannot, as when another
// process has the address, it says so and tries again: lists are read all the
// same.
func (m *Monitor) Serve(ctx context.Context, address string) {
	for logged := false; ctx.Err() == nil; logged = true {
		var config net.ListenConfig
		listener, err := config.Listen(ctx, "tcp", address)
		if err == nil {
			m.options.Log.Info("page, metrics and health", "address", "http://"+listener.Addr().String())
			err = ServeOn(ctx, listener, m.Handler(), m.options.Log)
		}
		if err != nil && ctx.Err() == nil && !logged {
			m.options.Log.Error("page, metrics and health cannot be served; lists are read all the same", "address", address, "err", err)
		}
		wait(ctx, listenAgain)
	}
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// mostConnections bounds what strangers can make this process hold open.
const mostConnections = 128

// ServeOn answers on a listener until ctx ends. Whoever sends or reads slowly
// is cut off.
func ServeOn(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	err := server.Serve(&bounded{Listener: listener})
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// bounded hangs up on whoever comes when all places are taken.
type bounded struct {
	net.Listener
	open atomic.Int32
}

// Accept returns a connection that has a place.
func (b *bounded) Accept() (net.Conn, error) {
	for {
		conn, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if b.open.Add(1) <= mostConnections {
			return &placed{Conn: conn, leave: &b.open}, nil
		}
		b.open.Add(-1)
		_ = conn.Close()
	}
}

// placed gives its place back when it is closed, once.
type placed struct {
	net.Conn
	leave  *atomic.Int32
	closed atomic.Bool
}

// Close closes the connection.
func (p *placed) Close() error {
	if !p.closed.Swap(true) {
		p.leave.Add(-1)
	}
	return p.Conn.Close()
}
