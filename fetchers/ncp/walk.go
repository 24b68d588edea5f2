package ncp

import (
	"context"
	"errors"
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
		ctx, walk := web.Walking(ctx), &walk{fetcher: f, page: 1}
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
	refusals web.Refusals
	regions  []string      // all of the walk; one "" for a list without regions
	known    *catalog.Part // the answer that named them; nil when the option did
	lacking  *catalog.Part // the refusal of one that would have named more of them
	answered bool          // by a region
	region   int
	page     int
}

// fetch asks for the next page, and for the detail of each of its rows. A detail
// that is refused is a part of the page all the same, and so is a region that the
// provider names, after others that answered.
func (w *walk) fetch(ctx context.Context, number int) (catalog.Page, error) {
	if err := w.begin(ctx); err != nil {
		return catalog.Page{}, err
	}
	if number == 1 && w.lacking != nil {
		return catalog.Page{Number: number, Parts: []catalog.Part{*w.lacking, *w.known}}, nil
	}
	request := w.request(w.service(), w.path(), w.query())
	part, err := w.service().client.Part(ctx, request)
	switch {
	case err == nil:
		w.answered = true
		w.refusals.Answered()
	case w.known == nil || w.page > 1 || !w.answered:
		return catalog.Page{}, err // a region that somebody configured, a part of one, or the first of all
	default:
		if part, err = w.refusals.Part(ctx, request.Line(), err); err != nil {
			return catalog.Page{}, err
		}
	}
	page := catalog.Page{Number: number, Parts: []catalog.Part{part}}
	for _, image := range w.detailed(part) {
		detail, err := w.detail(ctx, image)
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

// detail asks for the detail of one image. An answer that cannot be read at all is
// not kept as it is: what has to be blanked in it cannot be found.
func (w *walk) detail(ctx context.Context, image string) (catalog.Part, error) {
	region := w.regions[w.region]
	request := w.request(w.vserver, "/"+w.list.detail, url.Values{imageNumber: {image}, "regionCode": {region}})
	part, err := catalog.Part{}, w.refusals.Down()
	if err == nil {
		part, err = w.vserver.client.Part(ctx, request)
	}
	switch {
	case err != nil:
		part, err = w.refusals.Part(ctx, request.Line(), err)
	default:
		w.refusals.Answered()
		if _, unread := parseBody(part.MediaType, part.Body); unread != nil {
			part, err = web.RefusedPart(ctx, request.Line(), &web.TransferError{
				Method: request.Method, Path: request.Path, Class: web.ClassRefused, Err: unread,
			})
		}
	}
	if err != nil {
		return catalog.Part{}, fmt.Errorf("image %s in region %s: %w", image, region, err)
	}
	return part, nil
}

// decode goes on to the next page, or to the first one of the next region.
func (w *walk) decode(page catalog.Page) (catalog.Decoded, error) {
	decoded, done, err := w.read(page)
	if page.Number == 1 && w.lacking != nil { // it is of no region
		return decoded, err
	}
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
	part, err := w.askRegions(ctx)
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

// askRegions asks the service that the list is of: the price list has regions in
// which no server stands. Where the billing service refuses to name its own, or names
// none that can be read, those of the servers are better than none, and the first
// page says why.
func (w *walk) askRegions(ctx context.Context) (catalog.Part, error) {
	if w.list.billed {
		part, err := w.askBilling(ctx)
		if err != nil || w.lacking == nil {
			return part, err
		}
	}
	return w.vserver.client.Part(ctx, w.request(w.vserver, "/"+regionsAction, url.Values{}))
}

// askBilling asks the billing service for its regions; lacking is then why it named
// none.
func (w *walk) askBilling(ctx context.Context) (catalog.Part, error) {
	request := w.request(w.billing, "/region/"+regionsAction, url.Values{})
	part, err := w.billing.client.Part(ctx, request)
	var lacking catalog.Part
	if err == nil {
		unread := unreadRegions(part)
		if unread == nil {
			return part, nil
		}
		lacking, err = web.RefusedPart(ctx, request.Line(), &web.TransferError{
			Method: request.Method, Path: request.Path, Class: web.ClassRefused, Err: unread,
		})
	} else if status, refused := errors.AsType[*web.StatusError](err); refused && status.Status < http.StatusInternalServerError {
		lacking, err = w.refusals.Part(ctx, request.Line(), err)
	}
	if err != nil {
		return catalog.Part{}, err
	}
	w.lacking = &lacking
	return catalog.Part{}, nil
}

// unreadRegions is why the answer names no regions.
func unreadRegions(part catalog.Part) error {
	parsed, err := parse(part)
	if err == nil {
		_, err = parsed.regionCodes()
	}
	return err
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
		query.Set("payCurrencyCode", w.currency) // without it the currency is that of the account
	}
	return query
}

// service is the one that serves the list.
func (w *walk) service() service {
	if w.list.billed {
		return w.billing
	}
	return w.vserver
}

func (w *walk) path() string {
	if w.list.billed {
		return "/product/" + w.list.action
	}
	return "/" + w.list.action
}

// request is a signed question.
func (w *walk) request(service service, path string, query url.Values) web.Request {
	query.Set("responseFormatType", w.format)
	return web.Request{
		Method: http.MethodGet, Path: service.prefix + path, Query: query, Accept: "application/" + w.format,
		Sign: w.sign,
	}
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
		if image := numberOf(row); !seen[image] {
			seen[image] = true
			images = append(images, image)
		}
	}
	return images
}
