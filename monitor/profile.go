package monitor

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof" // its handlers are served on a socket of our own, never on the default mux
	"os"
	"path/filepath"
)

// Profile serves pprof on a unix socket that only its owner can use, until ctx
// ends. Profiles show memory: they are nothing for a port.
func Profile(ctx context.Context, path string, log *slog.Logger) error {
	listener, err := privateSocket(ctx, path)
	if err != nil {
		return fmt.Errorf("pprof_socket: %w", err)
	}
	defer os.Remove(path) // the next start replaces it
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return ServeOn(ctx, listener, mux, log)
}

// privateSocket is made in a folder that nobody else can enter, and moved to
// its place once its mode is right. What a dead process left there goes.
func privateSocket(ctx context.Context, path string) (net.Listener, error) {
	dir, err := os.MkdirTemp(filepath.Dir(path), ".pprof-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // it is empty
	made := filepath.Join(dir, "s")
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "unix", made)
	if err != nil {
		return nil, err
	}
	listener.(*net.UnixListener).SetUnlinkOnClose(false) // it moves
	if err = os.Chmod(made, 0o600); err == nil {
		err = os.Rename(made, path)
	}
	if err != nil {
		_ = listener.Close() // the reason why it is of no use is returned instead
		return nil, err
	}
	return listener, nil
}
