package scp

import (
	"cmp"
	"fmt"
	"net/http"
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

// lack is why an answer, or some of it, says nothing.
type lack struct {
	reason catalog.SetAsideReason
	why    string
	// service reports that the service did not answer, whoever was asked about.
	service bool
}

// missing is the lack of an answer about something.
func missing(what string) *lack {
	return &lack{reason: catalog.Incomplete, why: "the page lacks the answer about " + what}
}

// lackOf returns what a part that stands for a refusal lacks; nil for an answer.
func lackOf(part catalog.Part) *lack {
	refusal, refused := web.RefusalIn(part)
	if !refused {
		return nil
	}
	ofOne := refusal.Status >= http.StatusBadRequest && refusal.Status < http.StatusInternalServerError && refusal.Status != http.StatusForbidden
	return &lack{reason: catalog.Incomplete, why: refusal.Text, service: !ofOne}
}

func (f *fetcher) newDetails() *details {
	return &details{fetcher: f, coverages: make(map[group]coverage), fees: make(map[string]fee)}
}

// read adds one answer, whose name is for errors; its request shows what it is
// about. What cannot be read of it concerns those contracts, and is kept with it.
func (d *details) read(part catalog.Part, name string) error {
	question, isFee := strings.CutPrefix(part.Request, "POST "+feePath+" ")
	switch {
	case strings.HasPrefix(part.Request, "GET "+instancesPath+"?"):
		return d.readCoverage(part, name)
	case isFee:
		return d.readFee(part, name, question)
	}
	return fmt.Errorf("want an answer about instances or a cancellation fee")
}

// open returns the answer of a part, or why there is none.
func open(part catalog.Part, name string) (*web.Document, *lack) {
	if lack := lackOf(part); lack != nil {
		return nil, lack
	}
	document, err := web.ParseJSON(part.Body)
	if err != nil {
		return nil, &lack{reason: catalog.Unreadable, why: name + ": " + err.Error()}
	}
	if members, _ := document.Root().Raw().(map[string]any); members["errors"] != nil {
		err := document.Try(func() { envelope(document) })
		return nil, &lack{reason: catalog.Incomplete, why: name + ": " + err.Error(), service: true}
	}
	return document, nil
}

// unreadable is the lack that an error makes; nil for none.
func unreadable(name string, err error) *lack {
	if err == nil {
		return nil
	}
	return &lack{reason: catalog.Unreadable, why: name + ": " + err.Error()}
}

// noticed keeps what a document reported.
func (d *details) noticed(document *web.Document) {
	d.unknown = append(d.unknown, document.Unknown()...)
	d.warnings = append(d.warnings, document.Warnings()...)
}

func (d *details) readCoverage(part catalog.Part, name string) error {
	query := queryOf(part.Request)
	asked := group{query.Get("service_id"), query.Get("os_type"), query.Get("server_type")}
	start, _, isStart := moment(query.Get("start_date"), d.source.Location)
	end, _, isEnd := moment(query.Get("end_date"), d.source.Location)
	if !isStart || !isEnd || end.Before(start) {
		return fmt.Errorf("want start_date and end_date in the request")
	}
	d.asked = end.AddDate(0, 0, 1)
	document, lack := open(part, name)
	if lack != nil {
		lack.why = "instances of " + asked.String() + ": " + lack.why
		d.coverages[asked] = coverage{lack: lack}
		return nil
	}
	document.About(asked.String())
	d.coverages[asked] = readCoverage(document, name, asked, span{start, end.AddDate(0, 0, 1)})
	d.noticed(document)
	return nil
}

func (d *details) readFee(part catalog.Part, name, question string) error {
	key, err := askedKey(question)
	if err != nil {
		return err
	}
	document, lack := open(part, name)
	if lack != nil {
		lack.why = "cancellation fee of " + key + ": " + lack.why
		d.fees[key] = fee{lack: lack}
		return nil
	}
	document.About(key)
	var read fee
	err = document.Try(func() { read = readFee(document, d.source.Location) })
	read.lack = unreadable(name, err)
	d.fees[key] = read
	d.noticed(document)
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

// lacking returns what a live contract needs and the page does not hold; nil for
// nothing. Without it prices would end in silence.
func (d *details) lacking(c *contract) *lack {
	if !c.live {
		return nil
	}
	covered, held := d.coverages[c.group]
	switch {
	case !held && c.group.complete():
		return missing("the instances of " + c.group.String())
	case covered.lack != nil:
		return covered.lack
	case c.id != "" && covered.contracts[c.id].lack != nil:
		return covered.contracts[c.id].lack
	}
	fee, held := d.fees[c.row.Entry.Key]
	if !held && !d.mayBeOver(c) {
		return missing("its cancellation fee")
	}
	return fee.lack
}

// unread is why no price of the page could be had: for each contract that has any, a
// service did not answer. "" where it did for some.
func (d *details) unread(contracts []contract) string {
	why := ""
	for i := range contracts {
		if !contracts[i].live {
			continue
		}
		lack := d.lacking(&contracts[i])
		if lack == nil || !lack.service {
			return ""
		}
		why = cmp.Or(why, lack.why)
	}
	return why
}

// mayBeOver reports whether the contract's term may have been over when the page
// was asked for, which is why it may have no fee. The days that instances were
// asked for give that moment to within a day.
func (d *details) mayBeOver(c *contract) bool {
	return c.end != nil && (d.asked.IsZero() || c.end.Before(d.asked.AddDate(0, 0, coverageLag)))
}

// attach gives a contract its prices and its figures. A contract that is not
// live has none, also where an answer about others of its group names it.
func (d *details) attach(c *contract) {
	if !c.live {
		return
	}
	if coverage, asked := d.coverages[c.group]; asked {
		coverage.attach(&c.row.Entry, c.id)
	}
	if fee, asked := d.fees[c.row.Entry.Key]; asked {
		fee.attach(&c.row.Entry)
	}
}
