package monitor

import (
	"errors"
	"fmt"
	"net/http"

	"syncer/store/schema"
)

// errNotReached is the state of a daemon that still waits for its database.
var errNotReached = errors.New("the database was not reached yet")

// alive answers as long as the process can: nothing else is asked.
func (m *Monitor) alive(w http.ResponseWriter, _ *http.Request) {
	plain(w, http.StatusOK, "alive")
}

// ready says whether lists can be read into the database, and why not.
func (m *Monitor) ready(w http.ResponseWriter, r *http.Request) {
	if err := m.read(r.Context()).err; err != nil {
		plain(w, http.StatusServiceUnavailable, "not ready: "+shown(err))
		return
	}
	plain(w, http.StatusOK, "ready")
}

// shown is a reason for everybody: errors of connections name machines and
// users, which is for the log.
func shown(err error) string {
	switch {
	case errors.Is(err, errNotReached), errors.Is(err, schema.ErrOld), errors.Is(err, schema.ErrNew), errors.Is(err, schema.ErrViews):
		return err.Error()
	}
	return "the database does not answer, or refuses; the log says why"
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintln(w, text)
}
