package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"syncer/simulate"
)

// served is a running `syncer serve`, what it logged, and what it sent to
// systemd, whose part the test plays.
type served struct {
	name string
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended
	err  error         // how it ended

	mutex sync.Mutex
	log   bytes.Buffer
	sent  []string
}

// startServe runs `syncer serve` as a process of its own. The watchdog wants a
// sign of life within three seconds.
func startServe(t *testing.T, database, config string, args ...string) *served {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "notify")
	listener, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	p := &served{done: make(chan struct{})}
	go p.listen(listener)
	p.cmd = exec.Command("syncer", append([]string{"serve", "-c", config}, args...)...)
	p.cmd.Env = append(os.Environ(), "DATABASE_URL="+database, "NOTIFY_SOCKET="+socket, "WATCHDOG_USEC=3000000")
	p.cmd.Stderr = p
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.err = p.cmd.Wait(); close(p.done) }()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.done
		listener.Close()
		if t.Failed() {
			t.Logf("log of %s (status %q, %d messages to systemd):\n%s", p.name, p.status(), len(p.heard()), p.text())
		}
	})
	return p
}

// Write keeps the log.
func (p *served) Write(text []byte) (int, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.log.Write(text)
}

func (p *served) listen(listener *net.UnixConn) {
	message := make([]byte, 4096)
	for {
		n, err := listener.Read(message)
		if err != nil {
			return
		}
		p.mutex.Lock()
		p.sent = append(p.sent, string(message[:n]))
		p.mutex.Unlock()
	}
}

func (p *served) text() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.log.String()
}

func (p *served) heard() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.Clone(p.sent)
}

// status is the newest status, without its name.
func (p *served) status() string {
	for _, message := range slices.Backward(p.heard()) {
		if text, found := strings.CutPrefix(message, "STATUS="); found {
			return text
		}
	}
	return ""
}

// count is how many messages to systemd begin so.
func (p *served) count(prefix string) int {
	n := 0
	for _, message := range p.heard() {
		if strings.HasPrefix(message, prefix) {
			n++
		}
	}
	return n
}

func (p *served) signal(t *testing.T, signal os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
}

// end waits until the process has ended, and says how.
func (p *served) end(t *testing.T) error {
	t.Helper()
	select {
	case <-p.done:
		return p.err
	case <-time.After(patience):
		t.Fatalf("%s still runs after %s", p.name, patience)
	}
	return nil
}

func (p *served) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// patience bounds what takes seconds, on a machine that has other work, too.
const patience = 90 * time.Second

// eventually waits until something has happened.
func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !happened(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

// killedBy is the signal that ended a process; 0 if none did.
func killedBy(err error) syscall.Signal {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() {
		return 0
	}
	return status.Signal()
}

// scheduled writes a configuration of lists of the simulated iwinv.
func scheduled(t *testing.T, endpoint simulate.Endpoint, address, lists string) string {
	t.Helper()
	path := configured(t, endpoint, address)
	rewrite(t, path, address, lists)
	return path
}

func rewrite(t *testing.T, path, address, lists string) {
	t.Helper()
	text := fmt.Sprintf("sources:\n  iwinv:\n    base_url: %s\n    credentials: { access_key_file: access_key, secret_key_file: secret_key }\n    lists: %s\n", address, lists)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
