package scp

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strconv"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// walkContracts asks for the contracts page by page, from 1, and for the
// details of each page's rows.
func (f *fetcher) walkContracts(ctx context.Context) iter.Seq2[catalog.Page, error] {
	requests := f.newDetailRequests()
	fetch := func(number, _ int) (catalog.Page, error) {
		page, err := f.client.Page(ctx, number, f.get(contractsPath, url.Values{
			"limit": {strconv.Itoa(f.pageSize)}, "page": {strconv.Itoa(number)},
		}))
		if err != nil {
			return catalog.Page{}, fmt.Errorf("fetch: %w", err)
		}
		details, err := requests.ask(ctx, page)
		if err != nil {
			return catalog.Page{}, fmt.Errorf("fetch details: %w", err)
		}
		page.Parts = append(page.Parts, details...)
		return page, nil
	}
	return web.Walk(f.List().ID, fetch, f.Decode)
}

// walkPrices asks for the catalogue prices page by page, from 0.
func (f *fetcher) walkPrices(ctx context.Context) iter.Seq2[catalog.Page, error] {
	fetch := func(number, _ int) (catalog.Page, error) {
		page, err := f.client.Page(ctx, number, f.get("/v1/reports/prices", url.Values{
			"page": {strconv.Itoa(number - 1)}, "size": {strconv.Itoa(f.pageSize)},
		}))
		if err != nil {
			return catalog.Page{}, fmt.Errorf("fetch: %w", err)
		}
		return page, nil
	}
	return web.Walk(f.List().ID, fetch, f.Decode)
}

// walkServices asks for the services, a list without pages.
func (f *fetcher) walkServices(ctx context.Context) iter.Seq2[catalog.Page, error] {
	fetch := func(number, _ int) (catalog.Page, error) {
		page, err := f.client.Page(ctx, number, f.get(servicesPath, nil))
		if err != nil {
			return catalog.Page{}, fmt.Errorf("fetch: %w", err)
		}
		return page, nil
	}
	return web.Walk(f.List().ID, fetch, f.Decode)
}

// walkByService asks for the services, then for the codes of each: a page a
// service. Without a service the provider answers HTTP 500 (server-types) or
// mixes what belongs to different services. Each page also holds the answer
// that names the services, which is how its reader knows the last one. A service
// that is refused, after others that were answered for, has a page that says so.
func (f *fetcher) walkByService(ctx context.Context) iter.Seq2[catalog.Page, error] {
	var named catalog.Part
	var services []string
	var refusals web.Refusals
	answered := false
	fetch := func(number, _ int) (catalog.Page, error) {
		if number == 1 {
			var err error
			if named, services, err = f.services(ctx); err != nil {
				return catalog.Page{}, fmt.Errorf("fetch services: %w", err)
			}
		}
		if len(services) == 0 {
			return catalog.Page{Number: number, Parts: []catalog.Part{named}}, nil
		}
		request := f.get(contractsPath+"/"+f.list.name, url.Values{"service_id": {services[number-1]}})
		part, err := f.client.Part(ctx, request)
		if err != nil && answered {
			part, err = refusals.Part(ctx, request.Line(), err)
		} else {
			answered = err == nil
		}
		if err != nil {
			return catalog.Page{}, fmt.Errorf("fetch codes of %s: %w", services[number-1], err)
		}
		return catalog.Page{Number: number, Parts: []catalog.Part{part, named}}, nil
	}
	return web.Walk(f.List().ID, fetch, f.Decode)
}

func (f *fetcher) services(ctx context.Context) (catalog.Part, []string, error) {
	named, err := f.client.Part(ctx, f.get(servicesPath, nil))
	if err != nil {
		return catalog.Part{}, nil, err
	}
	services, err := serviceIDs(named)
	return named, services, err
}
