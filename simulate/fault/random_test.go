package fault

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// struck is the kinds that strike n requests for each of two lists.
func struck(t *testing.T, text string, seed int64, n int, between bool) []Kind {
	t.Helper()
	fault, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	fault.Seed = seed
	set := NewSet("zstack", []Fault{fault}, time.Now)
	var kinds []Kind
	for range n {
		if between {
			set.Take("other", 1)
		}
		active := set.Take("list", 1)
		kind := Kind("")
		if len(active) > 0 {
			kind = active[0].Kind
		}
		kinds = append(kinds, kind)
	}
	return kinds
}

func TestRandomIsReproducible(t *testing.T) {
	first := struck(t, "random:rate=0.5", 1, 200, false)
	if diff := cmp.Diff(first, struck(t, "zstack:random:rate=0.5", 1, 200, true)); diff != "" {
		t.Errorf("requests for another list changed the dice:\n%s", diff)
	}
	if slices.Equal(first, struck(t, "random:rate=0.5", 2, 200, false)) {
		t.Error("two seeds gave the same faults")
	}
}

func TestRandomKeepsItsRate(t *testing.T) {
	for text, want := range map[string][2]int{"random": {70, 130}, "random:rate=0.5": {450, 550}, "random:rate=0": {0, 0}, "random:rate=1": {1000, 1000}} {
		hits := 0
		seen := map[Kind]bool{}
		for _, kind := range struck(t, text, 7, 1000, false) {
			if kind != "" {
				hits++
				seen[kind] = true
			}
		}
		if hits < want[0] || hits > want[1] {
			t.Errorf("%s: %d of 1000", text, hits)
		}
		if hits > 100 && len(seen) != len(Transient("zstack")) {
			t.Errorf("%s: only %v were seen", text, seen)
		}
	}
}

func TestOnlyWhatPassesIsTransient(t *testing.T) {
	if diff := cmp.Diff([]Kind{HTTP500, HTTP429, Truncate, Reset, Gzip, Slow}, Transient("iwinv")); diff != "" {
		t.Error(diff)
	}
	if !slices.Contains(Transient("zstack"), Expire) {
		t.Error("sessions never expire")
	}
}

func TestRandomNeedsNoProvider(t *testing.T) {
	fault, err := Parse("random")
	if err != nil || fault.Provider != "" || fault.Value != "0.1" {
		t.Fatalf("got %+v, %v", fault, err)
	}
	fault.Value = "1"
	for _, provider := range []string{"a", "b"} {
		if len(NewSet(provider, []Fault{fault}, time.Now).Take("x", 1)) != 1 {
			t.Errorf("%s was spared", provider)
		}
	}
	if len(NewSet("a", []Fault{fault}, time.Now).Take(Session, 1)) != 0 {
		t.Error("a session was struck")
	}
	for _, text := range []string{"random:rate=2", "random:rate=-1", "random:rate=NaN", "random:often", "http500"} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%s: got no error", text)
		}
	}
}

// TestUnrulyDrawsAllThatAReaderRefuses, each with the value that it needs, and
// nothing whose answer only the guard could distinguish from a good one.
func TestUnrulyDrawsAllThatAReaderRefuses(t *testing.T) {
	fault, err := Parse("unruly")
	if err != nil || fault.Provider != "" || fault.Value != "0.02" {
		t.Fatalf("got %+v, %v", fault, err)
	}
	fault.Value = "1"
	set, seen := NewSet("iwinv", []Fault{fault}, time.Now), map[Fault]bool{}
	for range 1000 {
		for _, struck := range set.Take("list", 1) {
			seen[Fault{Kind: struck.Kind, Value: struck.Value}] = true
		}
	}
	if len(seen) != len(unruly()) {
		t.Errorf("seen: %v", seen)
	}
	for struck := range seen {
		spec, ok := find(struck.Kind)
		if !ok || spec.Provider != "" || spec.Option != "" && spec.check(struck.Value) != nil {
			t.Errorf("%+v cannot be given by hand", struck)
		}
		if slices.Contains([]Kind{Empty, Shrink, BadPrice, UnknownField}, struck.Kind) {
			t.Errorf("%s may be what the provider means", struck.Kind)
		}
	}
}

// TestUnrulyHasDiceOfItsOwn: struck by the same ones, a request would be
// repeated for the fault that passes, and nobody would see the other.
func TestUnrulyHasDiceOfItsOwn(t *testing.T) {
	random, unruly := struck(t, "random:rate=0.5", 1, 1000, false), struck(t, "unruly:rate=0.5", 1, 1000, false)
	both := 0
	for i := range random {
		if random[i] != "" && unruly[i] != "" {
			both++
		}
	}
	if both < 200 || both > 300 {
		t.Errorf("both strike %d of 1000 requests, want about a quarter", both)
	}
}

// plain is a provider without words of its own.
type plain struct{}

func (plain) Failure(status int) Answer { return Answer{Status: status} }
func (plain) CodeError() Answer         { return Answer{Status: http.StatusOK} }

func TestSlowAndReset(t *testing.T) {
	answer := Answer{Status: http.StatusOK, Type: "text/plain", Body: []byte("good")}
	send := func(ctx context.Context, fault Fault) (body string, took time.Duration, cut error) {
		began := time.Now()
		out := httptest.NewRecorder()
		defer func() {
			body, took = out.Body.String(), time.Since(began)
			cut, _ = recover().(error) // nil where nothing panicked
		}()
		request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
		Active{fault}.Send(out, request, plain{}, answer)
		return
	}
	if body, took, _ := send(t.Context(), Fault{Kind: Slow, Value: "30ms"}); body != "good" || took < 30*time.Millisecond {
		t.Errorf("slow: %q after %v", body, took)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, took, _ := send(gone, Fault{Kind: Slow, Value: "1h"}); took > time.Minute {
		t.Errorf("slow, to a client that is gone: %v", took)
	}
	if body, _, cut := send(t.Context(), Fault{Kind: Reset}); body != "" || !errors.Is(cut, http.ErrAbortHandler) {
		t.Errorf("reset: %q, %v", body, cut)
	}
}
