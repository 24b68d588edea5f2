package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// patience is how long a process may take to end after SIGTERM.
const patience = 3 * time.Minute

// program is a built syncer and the folder that it works in.
type program struct{ binary, dir string }

// child is a running syncer.
type child struct {
	command *exec.Cmd
	log     tail
	ended   chan struct{}
}

// start runs a command of syncer with these variables and nothing else.
func (p program) start(ctx context.Context, environment []string, stdout io.Writer, args ...string) (*child, error) {
	c := &child{ended: make(chan struct{})}
	c.command = exec.CommandContext(ctx, p.binary, args...)
	c.command.Dir = p.dir
	c.command.Env = append([]string{"PATH=/usr/bin:/bin", "TZ=UTC"}, environment...)
	c.command.Stderr = &c.log
	c.command.Stdout = stdout
	if err := c.command.Start(); err != nil {
		return nil, fmt.Errorf("start syncer %s: %w", args[0], err)
	}
	go func() {
		defer close(c.ended)
		_ = c.command.Wait() // ProcessState says the same
	}()
	return c, nil
}

// stop ends a process as systemd does, and wants it to end well.
func (c *child) stop() error {
	_ = c.command.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-c.ended:
	case <-time.After(patience):
		_ = c.command.Process.Kill()
		<-c.ended
		return fmt.Errorf("%s does not end: %s", c, c.log.text())
	}
	if code := c.command.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("%s ends with %d: %s", c, code, c.log.text())
	}
	return nil
}

// kill ends a process that is not needed any more.
func (c *child) kill() {
	_ = c.command.Process.Kill() // it may have ended
	<-c.ended
}

// over reports that the process has ended by itself.
func (c *child) over() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

// String is the command.
func (c *child) String() string { return "syncer " + strings.Join(c.command.Args[1:], " ") }

// tail keeps the last of what is written to it.
type tail struct {
	mutex sync.Mutex
	last  []byte
}

// Write keeps the last 16 KiB.
func (t *tail) Write(text []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.last = append(t.last, text...)
	if over := len(t.last) - 16<<10; over > 0 {
		t.last = append([]byte(nil), t.last[over:]...)
	}
	return len(text), nil
}

func (t *tail) text() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return string(bytes.TrimSpace(t.last))
}

// fields are what a provider's source is configured with, by provider.
type fields map[string]map[string]string

// variables are the fields as the environment gives them to syncer.
func (f fields) variables() []string {
	var all []string
	for provider, values := range f {
		for name, value := range values {
			all = append(all, strings.ToUpper("SYNCER_"+provider+"_"+name)+"="+value)
		}
	}
	return all
}

// simulate runs the simulated providers on ports that follow one another from
// port on, 0 for any, and returns what they are configured with.
func (p program) simulate(ctx context.Context, port int, args ...string) (*child, fields, error) {
	args = append([]string{"simulate", "--json", "--port", strconv.Itoa(port)}, args...)
	reader, writer := io.Pipe()
	c, err := p.start(ctx, nil, writer, args...)
	if err != nil {
		return nil, nil, err
	}
	go func() { <-c.ended; _ = writer.Close() }()
	line, err := bufio.NewReader(reader).ReadBytes('\n')
	if err != nil {
		c.kill()
		return nil, nil, fmt.Errorf("%s: %w: %s", c, err, c.log.text())
	}
	var found fields
	if err := json.Unmarshal(line, &found); err != nil {
		c.kill()
		return nil, nil, fmt.Errorf("%s: %w", c, err)
	}
	return c, found, nil
}

// ask runs a command to its end and returns what it writes, also when it fails.
func (p program) ask(ctx context.Context, environment []string, args ...string) ([]byte, error) {
	var out bytes.Buffer
	c, err := p.start(ctx, environment, &out, args...)
	if err != nil {
		return nil, err
	}
	<-c.ended
	if code := c.command.ProcessState.ExitCode(); code != 0 {
		return out.Bytes(), fmt.Errorf("%s ends with %d: %.2000s", c, code, c.log.text())
	}
	return out.Bytes(), nil
}
