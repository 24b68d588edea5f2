package monitor_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"syncer/monitor"
)

// TestSlowClientsAreCutOff opens more connections than are served, sends half
// a request on each, and still wants an answer soon.
func TestSlowClientsAreCutOff(t *testing.T) {
	s := newStand(t)
	listening, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- monitor.ServeOn(ctx, listening, s.Handler(), slog.New(slog.DiscardHandler)) }()
	address := listening.Addr().String()
	var slow []net.Conn
	for range monitor.MostConnections + 50 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "GET /livez HTTP/1.1\r\nHost: x\r\n"); err != nil {
			continue // it was one too many
		}
		slow = append(slow, conn)
	}
	began, answered := time.Now(), false
	for !answered && time.Since(began) < 20*time.Second {
		response, err := http.Get("http://" + address + "/livez")
		if answered = err == nil; answered {
			response.Body.Close()
		} else {
			time.Sleep(100 * time.Millisecond)
		}
	}
	if !answered {
		t.Error("nobody is answered any more")
	}
	slow[0].SetReadDeadline(time.Now().Add(10 * time.Second))
	if text, err := io.ReadAll(slow[0]); err != nil {
		t.Errorf("half a request is still open: %q, %v", text, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}
