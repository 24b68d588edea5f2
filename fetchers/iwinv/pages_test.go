package iwinv_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
	"syncer/fetchers/iwinv"
)

// capped serves some images, never more than most rows at once, and echoes the
// size that was asked for, as if it had heeded it.
func capped(images, most int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var page int
		fmt.Sscan(r.URL.Query().Get("page_no"), &page)
		var rows []string
		for i := (page - 1) * most; i < min(page*most, images); i++ {
			rows = append(rows, fmt.Sprintf(`{"image_id":"i%d"}`, i))
		}
		io.WriteString(w, `{"code":"0x00","result":[`+strings.Join(rows, ",")+`],"page_size":`+r.URL.Query().Get("page_size")+`}`)
	})
}

// TestServerThatServesFewerRows wants all rows or an error, never a first page
// that passes for a short list.
func TestServerThatServesFewerRows(t *testing.T) {
	for _, c := range []struct {
		images, most, pages int
		fails               bool
	}{{5, 100, 1, false}, {0, 100, 1, false}, {5, 3, 1, true}, {4, 4, 1, false}, {150, 100, 2, false}, {100, 100, 2, false}} {
		server := httptest.NewServer(capped(c.images, c.most))
		pages, err := images(t, server.URL)
		server.Close()
		if pages != c.pages || errors.Is(err, catalog.ErrIncomplete) != c.fails || (err != nil) != c.fails {
			t.Errorf("%d images, %d at once: %d pages, %v", c.images, c.most, pages, err)
		}
	}
}

// images walks the list of images and counts its pages.
func images(t *testing.T, baseURL string) (pages int, err error) {
	t.Helper()
	fetchers, err := iwinv.New(catalog.Source{
		Name: "iwinv", BaseURL: baseURL, Location: time.UTC,
		Credentials: map[string]catalog.Secret{"access_key": catalog.NewSecret("a-key-0001"), "secret_key": catalog.NewSecret("s-key-0001")},
	}, web.Options{Now: time.Now, RequestsPerMinute: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	for _, fetcher := range fetchers {
		if fetcher.List().ID.Name != "images" {
			continue
		}
		for _, err := range fetcher.Pages(t.Context()) {
			if err != nil {
				return pages, err
			}
			pages++
		}
	}
	return pages, nil
}
