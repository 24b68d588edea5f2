package ncp

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// Pages walks the list, region by region. Which regions there are is asked
// first, unless the option says; every page then carries that answer, so that
// it shows by itself where the walk ends.
func (f *fetcher) Pages(ctx context.Context) iter.Seq2[catalog.Page, error] {
	return func(yield func(catalog.Page, error) bool) {
		walk := &walk{fetcher: f, retries: f.vserver.client.Retries(), page: 1}
		fetch := func(number, _ int) (catalog.Page, error) {
			page, err := walk.fetch(ctx, number)
			if err != nil {
				return catalog.Page{}, fmt.Errorf("fetch: %w", err)
			}
			return page, nil
		}
		web.Walk(f.List().ID, fetch, walk.decode)(yield)
	}
}

// walk is the state of one walk.
type walk struct {
	*fetcher
	retries *web.Retries
	regions []string      // all of the walk; one "" for a list without regions
	known   *catalog.Part // the answer that named them; nil when the option did
	region  int
	page    int
}

// fetch asks for the next page, and for the detail of each of its rows.
func (w *walk) fetch(ctx context.Context, number int) (catalog.Page, error) {
	if err := w.begin(ctx); err != nil {
		return catalog.Page{}, err
	}
	part, err := w.ask(ctx, w.list.action, w.query())
	if err != nil {
		return catalog.Page{}, err
	}
	page := catalog.Page{Number: number, Parts: []catalog.Part{part}}
	for _, image := range w.detailed(part) {
		query := url.Values{imageNumber: {image}, "regionCode": {w.regions[w.region]}}
		detail, err := w.ask(ctx, w.list.detail, query)
		if err != nil {
			return catalog.Page{}, err
		}
		page.Parts = append(page.Parts, detail)
	}
	if w.known != nil {
		page.Parts = append(page.Parts, *w.known)
	}
	return page, nil
}

// decode goes on to the next page, or to the first one of the next region.
func (w *walk) decode(page catalog.Page) (catalog.Decoded, error) {
	decoded, done, err := w.read(page)
	w.page++
	if done {
		w.region, w.page = w.region+1, 1
	}
	return decoded, err
}

// begin learns the regions, once.
func (w *walk) begin(ctx context.Context) error {
	switch {
	case w.regions != nil:
		return nil
	case !w.list.regional:
		w.regions = []string{""}
		return nil
	case w.account.regions != nil:
		w.regions = w.account.regions
		return nil
	}
	part, err := w.ask(ctx, "getRegionList", url.Values{})
	if err != nil {
		return err
	}
	parsed, err := parse(part)
	if err == nil {
		w.regions, err = parsed.regionCodes()
	}
	if err != nil {
		return fmt.Errorf("regions: %w", err)
	}
	w.known = &part
	return nil
}

// query is the question for a page of the list.
func (w *walk) query() url.Values {
	query := url.Values{}
	if w.list.regional {
		query.Set("regionCode", w.regions[w.region])
	}
	if w.list.pageSize > 0 {
		query.Set("pageNo", strconv.Itoa(w.page))
		query.Set("pageSize", strconv.Itoa(w.pageSize))
	}
	if w.list.billed {
		query.Set("payCurrencyCode", payCurrency)
	}
	return query
}

// payCurrency is asked for: without it the currency is that of the account.
const payCurrency = "KRW"

// ask sends a signed request.
func (w *walk) ask(ctx context.Context, action string, query url.Values) (catalog.Part, error) {
	service, path := w.vserver, "/"+action
	if w.list.billed && action == w.list.action {
		service, path = w.billing, "/product/"+action
	}
	query.Set("responseFormatType", w.format)
	return service.client.Part(ctx, web.Request{
		Method: http.MethodGet, Path: service.prefix + path, Query: query, Accept: "application/" + w.format,
		Sign: w.sign, Retries: w.retries,
	})
}

// detailed are the images of a list answer whose details are to be asked for,
// each once. Of an answer that cannot be read there are none: Decode says why.
func (w *walk) detailed(part catalog.Part) []string {
	if w.list.detail == "" {
		return nil
	}
	parsed, err := parse(part)
	if err != nil {
		return nil
	}
	var images []string
	seen := map[string]bool{"": true}
	for _, row := range rowsOf(parsed.body.Get(w.list.rows)) {
		if image := numberOf(row.Object()); !seen[image] {
			seen[image] = true
			images = append(images, image)
		}
	}
	return images
}
