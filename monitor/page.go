package monitor

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"html/template"
	"net/http"
	"slices"
	"time"

	"syncer/store/report"
)

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"ago": Ago, "count": thousands, "stamp": func(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) },
}).Parse(pageHTML))

const (
	// mostChanges and mostHolds bound what the page shows of each kind.
	mostChanges = 20
	mostHolds   = 20
	// changesSince bounds what the database searches for changes.
	changesSince = 90 * 24 * time.Hour
	pageWithin   = 10 * time.Second
)

// pageData is what the template shows.
type pageData struct {
	Now      string
	Zone     string
	NotReady string // why; "" when all is well
	Paused   []Disk // to which no evidence is written
	Summary  string
	Worst    string // the worst state of any list
	Lists    []pageList
	Holds    []pageHold
	Prices   []pageChange
	Statuses []pageChange
	Program  string
	Trouble  string // why there are no changes; "" when they were read
}

// pageList is a list with the words that are shown for its moments.
type pageList struct {
	ListStatus
	Source, Name string
	Age          string
	Snapshot     string // its moment
	Due          string
	Moment       string // of the coming due time
	Reason       string
}

// pageHold is the newest held snapshot of a list.
type pageHold struct {
	report.HeldSnapshot
	Older int // that are held as well
}

// pageChange is a line of either table of changes.
type pageChange struct {
	At, List, Key, Name, What, From, To, Note string
}

func (m *Monitor) page(w http.ResponseWriter, r *http.Request) {
	data := m.pageData(r.Context())
	var page bytes.Buffer
	if err := pageTemplate.Execute(&page, data); err != nil {
		m.options.Log.Error("the page cannot be written", "err", err)
		plain(w, http.StatusInternalServerError, "the page cannot be written; the log says why")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = page.WriteTo(w) // who asked may have gone
}

func (m *Monitor) pageData(ctx context.Context) pageData {
	view, now := m.inUse(), m.options.Now()
	lists, err := m.lists(ctx)
	data := pageData{Now: now.In(view.Zone).Format("2006-01-02 15:04:05"), Zone: view.Zone.String(), Program: m.options.Program}
	if err != nil {
		data.NotReady = shown(err)
	}
	for _, list := range urgentFirst(lists) {
		data.Lists = append(data.Lists, pageListOf(list, now, view.Zone))
	}
	data.Summary, data.Worst = summary(lists)
	data.Paused = slices.DeleteFunc(slices.Clone(view.disks()), func(disk Disk) bool { return !disk.Paused })
	if view.Database == nil || err != nil {
		return data
	}
	ctx, cancel := context.WithTimeout(ctx, pageWithin)
	defer cancel()
	if err := addChanges(ctx, view, lists, now, &data); err != nil {
		m.options.Log.Warn("the page lacks the newest changes", "err", err)
		data.Trouble = "The newest changes could not be read in time; the log says why."
	}
	return data
}

// urgentFirst orders lists by what a person should look at: the worst state
// first, and last what is not configured.
func urgentFirst(lists []ListStatus) []ListStatus {
	rank := func(list ListStatus) int {
		if !list.Configured {
			return len(States())
		}
		return -slices.Index(States(), list.State)
	}
	lists = slices.Clone(lists)
	slices.SortStableFunc(lists, func(a, b ListStatus) int { return cmp.Compare(rank(a), rank(b)) })
	return lists
}

// addChanges reads what only the page shows; a slow database costs the page
// these tables and nothing else.
func addChanges(ctx context.Context, view View, lists []ListStatus, now time.Time, data *pageData) error {
	holds, err := view.Database.Report.Waiting(ctx, mostHolds)
	if err != nil {
		return err
	}
	data.Holds = withOlder(holds, lists)
	prices, err := view.Database.Report.NewestPriceChanges(ctx, now.Add(-changesSince), mostChanges)
	if err != nil {
		return err
	}
	for _, change := range prices {
		data.Prices = append(data.Prices, priceLine(change, view.Zone))
	}
	statuses, err := view.Database.Report.NewestStatusChanges(ctx, now.Add(-changesSince), mostChanges)
	for _, change := range statuses {
		data.Statuses = append(data.Statuses, statusLine(change, view.Zone))
	}
	return err
}

// withOlder counts what is held beside the newest of each list.
func withOlder(holds []report.HeldSnapshot, lists []ListStatus) []pageHold {
	all := make([]pageHold, len(holds))
	for i, hold := range holds {
		all[i].HeldSnapshot = hold
		for _, list := range lists {
			if list.List == hold.List {
				all[i].Older = max(list.Held-1, 0)
			}
		}
	}
	return all
}
