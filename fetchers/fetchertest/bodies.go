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
	good := c.Pages[0]
	withMember := func(member string) string {
		return strings.TrimSpace(good)[:len(strings.TrimSpace(good))-1] + "," + member + "}"
	}
	bad := map[string]string{
		"empty": "", "blank": " ", "truncated": good[:len(good)/2], "a second value": good + "{}",
		"trailing text": good + "x", "byte order mark": "\ufeff" + good, "null": "null", "a list": "[]",
		"duplicate names": withMember(`"x1":1,"x1":2`), "deep duplicate names": withMember(`"x1":[{"a":1,"a":2}]`),
		"invalid UTF-8": withMember("\"x1\":\"\xff\""), "lone surrogate": withMember(`"x1":"\ud800"`),
		"NaN": withMember(`"x1":NaN`), "too deep": withMember(`"x1":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)),
		"HTML": "<!DOCTYPE html><html><body>back soon</body></html>", "only an object": "{}",
	}
	for name, body := range bad {
		t.Run(name, func(t *testing.T) { testBad(t, c, body) })
	}
	t.Run("too large", func(t *testing.T) { testTooLarge(t, c, withMember(`"x1":"`+strings.Repeat("x", 2<<20)+`"`)) })
	t.Run("gzip", func(t *testing.T) { testGzip(t, c) })
	t.Run("gzip with a bad checksum", func(t *testing.T) { testGzipTail(t, c) })
	t.Run("cut short", func(t *testing.T) { testCutShort(t, c) })
}

// testBad wants one request, no page and an error, never a panic.
func testBad(t *testing.T, c Case, body string) {
	w := newWorld(t, c, times(always, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
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

func testGzipTail(t *testing.T, c Case) {
	w := newWorld(t, c, times(always, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		body := compressed(c.Pages[0])
		body[len(body)-8] ^= 0xff
		w.Write(body)
	}))
	w.mustFail(t, "checksum")
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
