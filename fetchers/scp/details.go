package scp

import (
	"fmt"
	"strings"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// details are the answers about the rows of one page.
type details struct {
	*fetcher
	coverages map[group]coverage
	fees      map[string]fee // by the contract's key
	// asked is the day after the last one that covered instances were asked
	// for; zero where none were.
	asked    time.Time
	unknown  []catalog.Unknown
	warnings []catalog.Warning
}

func (f *fetcher) newDetails() *details {
	return &details{fetcher: f, coverages: make(map[group]coverage), fees: make(map[string]fee)}
}

// read adds one answer; its request shows what it is about.
func (d *details) read(part catalog.Part) error {
	document, err := web.ParseJSON(part.Body)
	if err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(part.Request, "GET "+instancesPath+"?"):
		err = d.readCoverage(document, part.Request)
	case strings.HasPrefix(part.Request, "POST "+feePath+" "):
		err = d.readFee(document, strings.TrimPrefix(part.Request, "POST "+feePath+" "))
	default:
		err = fmt.Errorf("want an answer about instances or a cancellation fee")
	}
	if err != nil {
		return err
	}
	d.unknown = append(d.unknown, document.Unknown()...)
	d.warnings = append(d.warnings, document.Warnings()...)
	return document.Err()
}

func (d *details) readCoverage(document *web.Document, request string) error {
	query := queryOf(request)
	asked := group{query.Get("service_id"), query.Get("os_type"), query.Get("server_type")}
	start, _, isStart := moment(query.Get("start_date"), d.source.Location)
	end, _, isEnd := moment(query.Get("end_date"), d.source.Location)
	if !isStart || !isEnd || end.Before(start) {
		return fmt.Errorf("want start_date and end_date in the request")
	}
	d.asked = end.AddDate(0, 0, 1)
	document.About(asked.String())
	d.coverages[asked] = readCoverage(document, asked, span{start, end.AddDate(0, 0, 1)})
	return nil
}

func (d *details) readFee(document *web.Document, question string) error {
	key, err := askedKey(question)
	if err != nil {
		return err
	}
	document.About(key)
	d.fees[key] = readFee(document, d.source.Location)
	return nil
}

// askedKey is the one contract that a question for a fee names.
func askedKey(question string) (string, error) {
	document, err := web.ParseJSON([]byte(question))
	if err != nil {
		return "", fmt.Errorf("request body: %w", err)
	}
	id := document.Root().Object().Get("planned_compute_id")
	if _, isList := id.Raw().([]any); !isList {
		return id.Key(), document.Err()
	}
	rows := id.Rows()
	if len(rows) != 1 {
		return "", fmt.Errorf("request body: planned_compute_id: want one, got %d", len(rows))
	}
	return rows[0].Key(), document.Err()
}

// lacking returns what a live contract needs and the page does not hold; "" if
// nothing. A page without it would make prices end in silence.
func (d *details) lacking(c contract) string {
	if !c.live {
		return ""
	}
	if _, held := d.coverages[c.group]; !held && c.group.complete() {
		return "the answer about the instances of " + c.group.String()
	}
	if _, held := d.fees[c.entry.Key]; !held && !d.mayBeOver(c) {
		return "the answer about its cancellation fee"
	}
	return ""
}

// mayBeOver reports whether the contract's term may have been over when the page
// was asked for, which is why it may have no fee. The days that instances were
// asked for give that moment to within a day.
func (d *details) mayBeOver(c contract) bool {
	end := c.entry.Contract.PeriodEnd
	return end != nil && (d.asked.IsZero() || end.Before(d.asked.AddDate(0, 0, coverageLag)))
}

// attach gives a contract its prices and its figures. A contract that is not
// live has none, also where an answer about others of its group names it.
func (d *details) attach(c *contract) {
	if !c.live {
		return
	}
	if coverage, asked := d.coverages[c.group]; asked {
		coverage.attach(&c.entry)
	}
	if fee, asked := d.fees[c.entry.Key]; asked {
		fee.attach(&c.entry)
	}
}
