package scp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

const (
	instancesPath = contractsPath + "/instances"
	feePath       = contractsPath + "/cancellation-fee"

	// Covered use is asked for over coverageDays whole days, of which the last
	// lies coverageLag before today: the user guide says that the data is up
	// to two days late. A month, and not a day, because a resource is only in
	// the answer when it ran: one that stands still for a night would lose its
	// price and get it again.
	coverageDays = 31
	coverageLag  = 2
)

// detailRequests asks for the details of contracts, in one walk.
type detailRequests struct {
	*fetcher
	now   time.Time
	first string // of the period, a day
	last  string
	// covered are the answers so far, refusals too: groups come again on later
	// pages.
	covered map[group]catalog.Part
	// feeBody is the form of the question for a fee that the provider takes.
	feeBody func(contract) ([]byte, error)
	// The two services that are asked, each with its own refusals.
	ofInstances, ofFees web.Refusals
}

func (f *fetcher) newDetailRequests() *detailRequests {
	now := f.client.Now().In(f.source.Location)
	last := now.AddDate(0, 0, -coverageLag)
	return &detailRequests{
		fetcher: f, now: now, last: last.Format(dateOnly), first: last.AddDate(0, 0, 1-coverageDays).Format(dateOnly),
		covered: make(map[group]catalog.Part), feeBody: listedFee,
	}
}

// ask requests the covered instances of each group and the fee of each
// contract on the page that is live. What is refused is a part all the same.
func (r *detailRequests) ask(ctx context.Context, page catalog.Page) ([]catalog.Part, error) {
	var parts []catalog.Part
	var groups []group
	for _, contract := range r.live(page) {
		if contract.group.complete() && !slices.Contains(groups, contract.group) {
			groups = append(groups, contract.group)
			part, err := r.instances(ctx, contract.group)
			if err != nil {
				return nil, err
			}
			parts = append(parts, part)
		}
		fee, err := r.fee(ctx, contract)
		if err != nil {
			return nil, err
		}
		parts = append(parts, fee...)
	}
	return parts, nil
}

// live are the contracts to ask about. A page that cannot be read has none;
// its decoder says why.
func (r *detailRequests) live(page catalog.Page) []contract {
	document, err := web.ParseJSON(page.Parts[0].Body)
	if err != nil {
		return nil
	}
	contracts, _ := r.contracts(document, page, web.NewRows(document))
	if document.Err() != nil {
		return nil
	}
	return slices.DeleteFunc(contracts, func(c contract) bool { return !c.live })
}

// instances asks with all five parameters, which are required.
func (r *detailRequests) instances(ctx context.Context, group group) (catalog.Part, error) {
	if part, known := r.covered[group]; known {
		return part, nil
	}
	request := r.get(instancesPath, url.Values{
		"service_id": {group.service}, "os_type": {group.os}, "server_type": {group.server},
		"start_date": {r.first}, "end_date": {r.last},
	})
	part, err := r.answer(ctx, &r.ofInstances, request, request.Line())
	if err != nil {
		return catalog.Part{}, fmt.Errorf("instances of %s: %w", group, err)
	}
	r.covered[group] = part
	return part, nil
}

// answer is the answer to a question, which the line names, or the part that stands
// for its refusal; a service that is down is not asked. An answer that cannot be
// read is not kept as it is: what has to be blanked in it cannot be found.
func (r *detailRequests) answer(ctx context.Context, refusals *web.Refusals, request web.Request, line string) (catalog.Part, error) {
	part, err := catalog.Part{}, refusals.Down()
	if err == nil {
		part, err = r.client.Part(ctx, request)
	}
	if err != nil {
		return refusals.Part(ctx, line, err)
	}
	refusals.Answered()
	if _, unread := web.ParseJSON(part.Body); unread != nil {
		return web.RefusedPart(ctx, line, &web.TransferError{Method: request.Method, Path: request.Path, Class: web.ClassRefused, Err: unread})
	}
	part.Request = line
	return part, nil
}

// fee is one part, or none for a contract that is past its end: what the
// provider says to that is undocumented, and there is nothing left to cancel.
func (r *detailRequests) fee(ctx context.Context, c contract) ([]catalog.Part, error) {
	part, err := r.askFee(ctx, c, r.feeBody)
	if isRefused(part, http.StatusBadRequest) && err == nil {
		if other, otherErr := r.askFee(ctx, c, singleFee); otherErr == nil && !isRefused(other) {
			r.feeBody = singleFee
			return []catalog.Part{other}, nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("fee of %s: %w", c.row.Entry.Key, err)
	}
	if c.end != nil && !c.end.After(r.now) && isRefused(part, http.StatusBadRequest, http.StatusNotFound) {
		refusal, _ := web.RefusalIn(part)
		r.client.Logger().InfoContext(ctx, "no fee of an ended contract", "contract", c.row.Entry.Key, "err", refusal.Text)
		return nil, nil
	}
	return []catalog.Part{part}, nil
}

// askFee only asks, although it is a POST. The body belongs to the question,
// so the part names it too.
func (r *detailRequests) askFee(ctx context.Context, c contract, form func(contract) ([]byte, error)) (catalog.Part, error) {
	body, err := form(c)
	if err != nil {
		return catalog.Part{}, fmt.Errorf("build request: %w", err)
	}
	request := web.Request{Method: http.MethodPost, Path: feePath, Body: body, Sign: r.sign}
	return r.answer(ctx, &r.ofFees, request, request.Line()+" "+string(body))
}

// isRefused reports whether a part stands for a refusal, with one of the statuses
// if any are named.
func isRefused(part catalog.Part, statuses ...int) bool {
	refusal, refused := web.RefusalIn(part)
	return refused && (len(statuses) == 0 || slices.Contains(statuses, refusal.Status))
}

// feeQuestion is CancellationFeeRequest.
type feeQuestion struct {
	Region           *string `json:"region,omitempty"`
	PlannedComputeID any     `json:"planned_compute_id"`
}

// listedFee sends the id in a list, as the schema and the SDK have it.
func listedFee(c contract) ([]byte, error) {
	return json.Marshal(feeQuestion{c.region, []string{c.row.Entry.Key}})
}

// singleFee sends the id alone, as the documents' sample has it.
func singleFee(c contract) ([]byte, error) {
	return json.Marshal(feeQuestion{c.region, c.row.Entry.Key})
}
