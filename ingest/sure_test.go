package ingest_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"

	"syncer/catalog"
	"syncer/ingest"
	"syncer/pgtemp/pgtest"
	"syncer/store/record"
	"syncer/timeline"
)

// moving is a list without a total whose walks answer one after another; the
// last answer stays.
type moving struct {
	walks []string // the keys of each walk, one letter each
	made  int
}

func (m *moving) List() catalog.List {
	return catalog.List{ID: catalog.ListID{Source: "test", Name: "moving"}, Provider: "test", Kind: catalog.Products, DecoderVersion: 1}
}

func (m *moving) Pages(context.Context) iter.Seq2[catalog.Page, error] {
	return func(yield func(catalog.Page, error) bool) {
		keys := m.walks[min(m.made, len(m.walks)-1)]
		m.made++
		yield(catalog.Page{Number: 1, Parts: []catalog.Part{{Request: "GET /moving", MediaType: "json", Body: []byte(keys)}}}, nil)
	}
}

func (m *moving) Decode(p catalog.Page) (decoded catalog.Decoded, err error) {
	for _, key := range string(p.Parts[0].Body) {
		decoded.Entries = append(decoded.Entries, catalog.Entry{Key: string(key), Name: string(key)})
	}
	decoded.End.Last = true
	return decoded, nil
}

// TestRemovalWithoutTotalIsWalkedTwice covers nasty case 3 where no total
// tells: an entry that slips between two pages is not removed.
func TestRemovalWithoutTotalIsWalkedTwice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		walks []string
		want  string // the keys afterwards; "" for a failure
		made  int
	}{
		"nothing removed":      {[]string{"abcd", "abcde"}, "abcde", 2},
		"removed indeed":       {[]string{"abcd", "abc", "abc"}, "abc", 3},
		"slipped once":         {[]string{"abcd", "abc", "abcd", "abcd"}, "abcd", 4},
		"never twice the same": {[]string{"abcd", "abc", "abd", "acd"}, "", 4},
		"not twice in a row":   {[]string{"abcd", "abc", "abcd", "abc"}, "", 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := pgtest.New(t)
			s := &stage{pool: pool, runner: newRunner(pool)}
			s.runner.Guard = ingest.Guard{}
			fetcher := &moving{walks: c.walks}
			list, err := s.runner.Store.EnsureList(t.Context(), fetcher.List(), record.ListSettings{Rule: timeline.Rule{Snapshots: 1}})
			if err != nil {
				t.Fatal(err)
			}
			s.list, s.fetcher = list, fetcher
			s.mustSync(t, record.Changed)
			_, err = s.sync(t)
			if got := fmt.Sprint(fetcher.made); got != fmt.Sprint(c.made) {
				t.Errorf("%s walks were made, want %d", got, c.made)
			}
			if c.want == "" {
				s.mustBeFailed(t, err, "incomplete", []string{"test/moving", "no two in a row alike"})
				c.want = c.walks[0]
			} else if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(column[string](t, pool, "SELECT product_key FROM bi.products_current ORDER BY 1"), ""); got != c.want {
				t.Errorf("current are %q, want %q", got, c.want)
			}
		})
	}
}
