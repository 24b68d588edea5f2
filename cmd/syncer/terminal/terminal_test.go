package terminal

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

func TestTableStaysAlignedUnderWideNames(t *testing.T) {
	var out bytes.Buffer
	table := Table{Head: []string{"NAME", "PRICE"}, Right: []int{1}}
	table.Add("\uc11c\ubc84", "5,600")
	table.Add("disk\x1b[2J", "70")
	if err := table.Show(Screen{Writer: &out}); err != nil {
		t.Fatal(err)
	}
	want := "NAME      PRICE\n\uc11c\ubc84      5,600\ndisk\u00b7[2J     70\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

func TestTableGivesWayOnANarrowTerminal(t *testing.T) {
	var out bytes.Buffer
	table := Table{Head: []string{"LIST", "NOTE"}}
	table.Add("iwinv/flavors", strings.Repeat("x", 50))
	if err := table.Show(Screen{Writer: &out, Width: 40}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if Columns(strings.TrimSuffix(line, "\n")) > 40 {
			t.Errorf("too wide: %q", line)
		}
	}
}

// led is a table of two products, of which one has two prices.
func led() Table {
	table := Table{Head: []string{"WHEN", "KEY", "NAME", "PRICE", "TO"}, Right: []int{4}, Lead: []int{1, 2}}
	table.Add("2026-01-10", "k-1", "\uc11c\ubc84 \uc11c\ubc84 \uc11c\ubc84 \uc11c\ubc84", "full", "1.23456789")
	table.Add("2026-01-10", "k-1", "\uc11c\ubc84 \uc11c\ubc84 \uc11c\ubc84 \uc11c\ubc84", "a price of many words", "2")
	table.Add("2026-01-11", "k-2", "k-2", "full", "3")
	return table
}

func TestFirstColumnsGoAboveWhereARowDoesNotFit(t *testing.T) {
	var narrow, middle, wide bytes.Buffer
	table := led()
	if err := errors.Join(table.Show(Screen{Writer: &narrow, Width: 30}), table.Show(Screen{Writer: &middle, Width: 62}), table.Show(Screen{Writer: &wide, Width: 90})); err != nil {
		t.Fatal(err)
	}
	want := "WHEN\n" +
		"  KEY  NAME\n" +
		"    PRICE                   TO\n" +
		"2026-01-10\n" +
		"  k-1  \uc11c\ubc84 \uc11c\ubc84 \uc11c\ubc84 \uc11c\ubc84\n" +
		"    full            1.23456789\n" +
		"    a price of ma\u2026           2\n" +
		"2026-01-11\n" +
		"  k-2\n" +
		"    full                     3\n"
	if diff := cmp.Diff(want, narrow.String()); diff != "" {
		t.Errorf("narrow (-want +got):\n%s", diff)
	}
	want = "WHEN\n" +
		"  KEY  NAME                 PRICE                          TO\n" +
		"2026-01-10\n" +
		"  k-1  \uc11c\ubc84 \uc11c\ubc84 \uc11c\ubc84 \uc11c\ubc84  full                   1.23456789\n" +
		"  k-1  \uc11c\ubc84 \uc11c\ubc84 \uc11c\ubc84 \uc11c\ubc84  a price of many words           2\n" +
		"2026-01-11\n" +
		"  k-2  k-2                  full                            3\n"
	if diff := cmp.Diff(want, middle.String()); diff != "" {
		t.Errorf("middle (-want +got):\n%s", diff)
	}
	if got := strings.Count(wide.String(), "\n"); got != 4 {
		t.Errorf("wide: %d lines\n%s", got, wide.String())
	}
}

func TestAKeyIsNeverShortened(t *testing.T) {
	var out bytes.Buffer
	table := led()
	table.Rows[2][1].Text, table.Rows[2][2].Text = strings.Repeat("k", 40), ""
	if err := table.Show(Screen{Writer: &out, Width: 30}); err != nil || !strings.Contains(out.String(), "  "+strings.Repeat("k", 40)+"\n") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestANameGoesBelowAKeyThatLeavesNoRoom(t *testing.T) {
	var out bytes.Buffer
	table := led()
	table.Rows[2][1].Text, table.Rows[2][2].Text = strings.Repeat("k", 25), "a name"
	if err := table.Show(Screen{Writer: &out, Width: 30}); err != nil || !strings.Contains(out.String(), "  "+strings.Repeat("k", 25)+"\n  a name\n    full") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestNumbersAreNeverShortened(t *testing.T) {
	var out bytes.Buffer
	table := Table{Head: []string{"A", "B"}, Right: []int{1}}
	table.Add("a text", "1.234567890123456789")
	if err := table.Show(Screen{Writer: &out, Width: 20}); err != nil || !strings.Contains(out.String(), "1.234567890123456789") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestColourOnlyWhereWanted(t *testing.T) {
	if got := (Screen{}).Paint(Bad, "x"); got != "x" {
		t.Errorf("got %q", got)
	}
	if got := (Screen{Colour: true}).Paint(Bad, "x"); got != "\x1b[31mx\x1b[0m" {
		t.Errorf("got %q", got)
	}
	none := func(string) (string, bool) { return "", false }
	if screen := NewScreen(&bytes.Buffer{}, none); screen.Colour || screen.Live {
		t.Errorf("a buffer is no terminal: %+v", screen)
	}
}

func TestAmountsAndDurations(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "999": "999", "1000": "1,000", "1234567.50": "1,234,567.5", "-1234": "-1,234", "0.000000019": "0.000000019",
	} {
		if got := Amount(decimal.RequireFromString(text)); got != want {
			t.Errorf("Amount(%s): got %q, want %q", text, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "0ms", 850 * time.Millisecond: "850ms", 59 * time.Second: "59s", 725 * time.Second: "12m 5s",
		76 * time.Hour: "3d 4h", 72 * time.Hour: "3d", -time.Minute: "-1m",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%v): got %q, want %q", d, got, want)
		}
	}
}

func TestProgressWritesOverOnlyOnATerminal(t *testing.T) {
	clock := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	now := func() time.Time { clock = clock.Add(time.Second); return clock }
	var plain, live bytes.Buffer
	for _, screen := range []Screen{{Writer: &plain}, {Writer: &live, Live: true}} {
		progress := NewProgress(screen, "load", 100, now)
		for i := range 100 {
			progress.Step(i+1, "a")
		}
		progress.End()
	}
	if got := strings.Count(plain.String(), "\n"); got != 11 || strings.Contains(plain.String(), "\r") {
		t.Errorf("plain: %d lines:\n%s", got, plain.String())
	}
	if strings.Count(live.String(), "\n") != 1 || strings.Count(live.String(), "\r") != 100 {
		t.Errorf("live: %q", live.String())
	}
}

func TestProgressShowsRatesAndWhatIsLeft(t *testing.T) {
	clock := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var out bytes.Buffer
	progress := NewProgress(Screen{Writer: &out}, "load", 1000, func() time.Time { return clock }).Rate("snapshots", "entries")
	for i := range 61 {
		clock = clock.Add(500 * time.Millisecond)
		progress.Add(2400)
		progress.Step(i+1, "a")
	}
	want := "load 1/1,000 snapshots, 2.0/s, 4,800 entries/s, 8m 20s left  a\n" +
		"load 61/1,000 snapshots, 2.0/s, 4,800 entries/s, 7m 50s left  a\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestChartShowsSteps(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	amount := func(text string) *decimal.Decimal { d := decimal.RequireFromString(text); return &d }
	var out bytes.Buffer
	err := Chart{
		Title: "price", Width: 22, Height: 3, Zone: time.UTC, End: start.AddDate(0, 0, 22),
		Points: []Point{{start, amount("1000")}, {start.AddDate(0, 0, 8), amount("2000")}, {start.AddDate(0, 0, 16), nil}},
	}.Show(Screen{Writer: &out})
	if err != nil {
		t.Fatal(err)
	}
	want := "price\n" +
		"2,000 |        \u250c\u2500\u2500\u2500\u2500\u2500\u2500\u2500\n" +
		"      |        \u2502\n" +
		"1,000 |\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2518\n" +
		"      +----------------------\n" +
		"       2026-01-01  2026-01-23\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("chart (-want +got):\n%s", diff)
	}
}
