package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// patience is how long an undisturbed command may take before it counts as
// hanging, on a machine with other work.
const patience = 5 * time.Minute

// program is a built syncer with its configurations.
type program struct {
	binary string
	dir    string // of the configurations
}

// configure writes the configurations of a program for a provider's address:
// whole.yaml reads the list in one page, pages.yaml in three, daemon.yaml once
// a second, bouncer.yaml through a pooler. The guard lets everything pass; without
// one nothing would be doubted.
func configure(dir, address string) error {
	for name, secret := range map[string]string{"access_key": accessKey, "secret_key": secretKey} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(secret), 0o600); err != nil {
			return err
		}
	}
	const form = `%ssources:
  iwinv:
    base_url: %s
    credentials: { access_key_file: access_key, secret_key_file: secret_key }
    options: { page_size: %d }
    lists: { flavors: %s }
absence: { confirm_snapshots: 2, confirm_for: 0s }
doubt: { confirm_snapshots: 2, confirm_for: 0s }
guard:
  ignore_up_to: 1000
  max_removed_percent: 100
  max_unpriced_percent: 100
  max_changed_percent: 100
  max_tax_percent: 100
  max_currency_unit_percent: 100
  max_zero_percent: 100
  max_status_percent: 100
  max_emptied_percent: 100
  max_growth_factor: 1000
`
	for name, text := range map[string]string{
		"whole.yaml":   fmt.Sprintf(form, "", address, 1000, ""),
		"pages.yaml":   fmt.Sprintf(form, "", address, 15, ""),
		"daemon.yaml":  fmt.Sprintf(form, "", address, 1000, `{ schedule: "@every 1s", pace: 1s }`),
		"bouncer.yaml": fmt.Sprintf(form, "database: { exec_mode: exec }\n", address, 1000, ""),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// process is a running syncer.
type process struct {
	command      *exec.Cmd
	stdout, errs bytes.Buffer
	ended        chan struct{}

	mutex  sync.Mutex
	killed bool
}

// start runs a command of syncer on a database.
func (p program) start(ctx context.Context, database string, args ...string) (*process, error) {
	v := &process{ended: make(chan struct{})}
	v.command = exec.CommandContext(ctx, p.binary, args...)
	v.command.Dir = p.dir
	v.command.Env = []string{"PATH=/usr/bin:/bin", "TZ=UTC", "DATABASE_URL=" + database}
	v.command.Stdout, v.command.Stderr = &v.stdout, &v.errs
	if err := v.command.Start(); err != nil {
		return nil, fmt.Errorf("start syncer: %w", err)
	}
	go func() {
		defer close(v.ended)
		_ = v.command.Wait() // ProcessState says the same
	}()
	return v, nil
}

// kill ends the process at once.
func (v *process) kill() {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if v.command.Process.Signal(syscall.SIGKILL) == nil {
		v.killed = true
	}
}

func (v *process) signal(s syscall.Signal) error { return v.command.Process.Signal(s) }

// over reports that the process has ended.
func (v *process) over() bool {
	select {
	case <-v.ended:
		return true
	default:
		return false
	}
}

// wait waits for the end; a process that hangs is killed and is a violation.
func (v *process) wait() error {
	select {
	case <-v.ended:
		return nil
	case <-time.After(patience):
	}
	v.kill()
	<-v.ended
	return violated("%s hangs for %s", v, patience)
}

// code is the exit code, -1 when a signal ended the process.
func (v *process) code() int { return v.command.ProcessState.ExitCode() }

// dead reports that our SIGKILL ended the process, and not that it had ended
// before.
func (v *process) dead() bool {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return v.killed && v.code() == -1
}

// report is what the program says of a list or a snapshot.
type report struct{ Outcome, Error string }

// reports reads what sync writes, a list, or backfill, an object a snapshot.
func reports(text []byte) ([]report, error) {
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		var lines []report
		return lines, json.Unmarshal(text, &lines)
	}
	var lines []report
	for decoder := json.NewDecoder(bytes.NewReader(text)); ; {
		var line report
		err := decoder.Decode(&line)
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
}

// successes are the lists or snapshots that the process reported as done.
func (v *process) successes() (int, error) {
	lines, err := reports(v.stdout.Bytes())
	if err != nil {
		return 0, fmt.Errorf("%s: read its report: %w", v, err)
	}
	n := 0
	for _, line := range lines {
		if line.Error == "" {
			n++
		}
	}
	return n, nil
}

// String is the command and what it wrote last to stderr.
func (v *process) String() string {
	return fmt.Sprintf("syncer %s (%s)", strings.Join(v.command.Args[1:], " "), strings.TrimSpace(v.errs.String()))
}

// violation is something that must never be.
type violation struct{ text string }

func (v violation) Error() string { return v.text }

func violated(format string, args ...any) error { return violation{fmt.Sprintf(format, args...)} }

func isViolation(err error) bool {
	_, ok := errors.AsType[violation](err)
	return ok
}
