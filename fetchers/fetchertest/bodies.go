package fetchertest

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

func testBodies(t *testing.T, c Case) {
	format := formatOf(c.Pages[0])
	for name, body := range format.bad() {
		t.Run(name, func(t *testing.T) { testBad(t, c, http.StatusOK, body) })
	}
	t.Run("no content", func(t *testing.T) { testBad(t, c, http.StatusNoContent, "") })
	t.Run("too large", func(t *testing.T) { testTooLarge(t, c, format.with(strings.Repeat("x", 2<<20))) })
	t.Run("a gzip bomb", func(t *testing.T) { testTooLarge(t, c, strings.Repeat(" ", 16<<20)+c.Pages[0]) })
	t.Run("endless", func(t *testing.T) { testEndless(t, c) })
	t.Run("gzip", func(t *testing.T) { testGzip(t, c) })
	t.Run("gzip with a bad checksum", func(t *testing.T) {
		testGzipTail(t, c, func(body []byte) []byte { body[len(body)-8] ^= 0xff; return body })
	})
	t.Run("gzip without its end", func(t *testing.T) {
		testGzipTail(t, c, func(body []byte) []byte { return body[:len(body)-8] })
	})
	t.Run("gzip with more behind it", func(t *testing.T) {
		testGzipTail(t, c, func(body []byte) []byte { return append(body, "more"...) })
	})
	t.Run("a coding that was not asked for", func(t *testing.T) { testCoding(t, c) })
	t.Run("cut short", func(t *testing.T) { testCutShort(t, c) })
}

// testBad wants one request, no page and an error, never a panic.
func testBad(t *testing.T, c Case, code int, body string) {
	w := newWorld(t, c, times(always, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		w.Write([]byte(body))
	}))
	pages, err := w.walk(t.Context())
	if err == nil || len(pages) != 0 {
		t.Errorf("got %d pages and error %v", len(pages), err)
	}
	if len(w.asked) != 1 {
		t.Errorf("%d requests, want 1", len(w.asked))
	}
}

func testTooLarge(t *testing.T, c Case, body string) {
	w := newWorld(t, c, times(always, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(compressed(body))
	}))
	w.mustFail(t, "too large", "1048576 bytes")
}

func testGzip(t *testing.T, c Case) {
	w := newWorld(t, c, times(1, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(compressed(c.Pages[0]))
	}))
	if got := string(w.mustWalk(t)[0].Parts[0].Body); got != c.Pages[0] {
		t.Errorf("got body %q", got)
	}
}

// testGzipTail wants an error of a body whose every row could be read.
func testGzipTail(t *testing.T, c Case, spoil func([]byte) []byte) {
	w := newWorld(t, c, times(always, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(spoil(compressed(c.Pages[0])))
	}))
	w.mustFail(t, "read answer: ")
}

func testCoding(t *testing.T, c Case) {
	w := newWorld(t, c, times(always, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "br")
		w.Write([]byte(c.Pages[0]))
	}))
	w.mustFail(t, `"br"`)
}

// testEndless ends because the client hangs up, or after far more than a client
// that keeps to its limit would read.
func testEndless(t *testing.T, c Case) {
	w := newWorld(t, c, times(always, func(w http.ResponseWriter, _ *http.Request) {
		blanks := bytes.Repeat([]byte(" "), 64<<10)
		for range 1 << 10 {
			if _, err := w.Write(blanks); err != nil {
				return
			}
		}
	}))
	w.mustFail(t, "too large")
}

func testCutShort(t *testing.T, c Case) {
	w := newWorld(t, c, times(always, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(c.Pages[0])))
		w.Write([]byte(c.Pages[0][:len(c.Pages[0])-1]))
	}))
	w.mustFail(t, "unexpected EOF")
}

func compressed(text string) []byte {
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	writer.Write([]byte(text)) // a bytes.Buffer takes everything
	writer.Close()
	return out.Bytes()
}
