package huawei

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

const (
	// batch is how many products one enquiry asks for. No document states how
	// many it may be (a page of the vendor's says 100); fifty keeps questions and
	// answers small.
	batch = 50
	// notFound is what BSS says when it does not know one of the products, of
	// the whole enquiry (400 CBC.99006006, error codes of both enquiries).
	notFound = "CBC.99006006"
	// tooMany is what it says when the enquiry asks for too much at once.
	tooMany = "CBC.99006055"
	// mostRefused bounds the products that are refused one by one for any other
	// reason, before that is taken as one of them all.
	mostRefused = 10
)

// The words of charge_mode.
const (
	onDemand      = "0"
	yearlyMonthly = "1"
)

// offer is a product as the enquiry wants to know it.
type offer struct {
	number                                 int // of the list's rows, from 1
	row                                    *web.Row
	chargeMode, resourceType, cloudService string
}

// offers are the products whose prices are asked for. Where what decides that
// cannot be read, nothing is known of the product's price.
func (l listAnswer) offers() (offers []offer) {
	for _, line := range l.lines {
		line.row.Read(catalog.PricesPart, func(*catalog.Entry) {
			read := func(name string) string {
				if text := line.object.Get(name).OptionalText(); text != nil {
					return *text
				}
				return ""
			}
			offer := offer{line.number, line.row, read("charge_mode"), read("resource_type"), read("cloud_service_type")}
			if offer.priceable() {
				offers = append(offers, offer)
			}
		})
	}
	return offers
}

// priceable leaves out what cannot be asked for: no charge mode, no codes, and
// volumes, whose price depends on a size that the list does not hold.
func (o offer) priceable() bool {
	return (o.chargeMode == onDemand || o.chargeMode == yearlyMonthly) &&
		o.resourceType != "" && o.cloudService != "" && !strings.HasSuffix(o.resourceType, ".volume")
}

// question is a product in an enquiry. That resource_spec is the product's id,
// and that 4 is the measure of an hour, is a guess of ours: no document says
// it for Workspace APP.
type question struct {
	ID             string `json:"id"`
	CloudService   string `json:"cloud_service_type"`
	ResourceType   string `json:"resource_type"`
	ResourceSpec   string `json:"resource_spec"`
	Region         string `json:"region"`
	UsageFactor    string `json:"usage_factor,omitempty"`
	UsageValue     int    `json:"usage_value,omitempty"`
	UsageMeasureID int    `json:"usage_measure_id,omitempty"`
	PeriodType     int    `json:"period_type,omitempty"`
	PeriodNum      int    `json:"period_num,omitempty"`
	Subscriptions  int    `json:"subscription_num"`
}

// enquire asks BSS for the prices of a list's products, one hour of those on
// demand and one month of the others. Statuses never wait for prices: where there
// are none to be had, the last part says why, and the walk goes on.
func (a *account) enquire(ctx context.Context, project string, offers []offer) ([]catalog.Part, error) {
	if len(offers) == 0 {
		return nil, nil
	}
	e := enquiry{account: a, project: project, auth: a.domainAuth(), batch: batch}
	err := e.askAll(ctx, offers)
	if err != nil {
		var refused catalog.Part
		refused, err = web.RefusedPart(ctx, e.line, fmt.Errorf("price enquiry: %w", err))
		e.parts = append(e.parts, refused)
	}
	return e.parts, err
}

// enquiry is asking for prices in the course of one walk.
type enquiry struct {
	account *account
	project string
	auth    auth
	parts   []catalog.Part
	line    string // the request that was sent last, without whom it is about
	batch   int    // how many products one may ask for
	refused int    // products that were refused alone, for a reason of their own
}

func (e *enquiry) askAll(ctx context.Context, offers []offer) error {
	e.line = "POST " + onDemandPath
	if _, err := e.auth.acquire(ctx); err != nil {
		return err
	}
	for _, mode := range []string{onDemand, yearlyMonthly} {
		rest := slices.DeleteFunc(slices.Clone(offers), func(o offer) bool { return o.chargeMode != mode })
		for len(rest) > 0 {
			next := rest[:min(e.batch, len(rest))]
			if err := e.ask(ctx, next); err != nil {
				return err
			}
			rest = rest[len(next):]
		}
	}
	return nil
}

// ask asks for offers of one charge mode. BSS refuses all for the sake of one, and
// where they are too many, so the halves are asked for: what is refused alone is
// kept as an answer about that product. What says nothing about the products (no
// right to ask, a service that is down) is an error.
func (e *enquiry) ask(ctx context.Context, offers []offer) error {
	part, code, err := e.send(ctx, offers)
	switch {
	case err == nil:
		e.parts = append(e.parts, part)
		return nil
	case code == "":
		return err
	case len(offers) == 1:
		return e.refuse(ctx, offers, code, err)
	case code == tooMany:
		e.batch = min(e.batch, (len(offers)+1)/2)
	}
	half := len(offers) / 2
	if err := e.ask(ctx, offers[:half]); err != nil {
		return err
	}
	return e.ask(ctx, offers[half:])
}

// refuse keeps the refusal of one product.
func (e *enquiry) refuse(ctx context.Context, offers []offer, code string, err error) error {
	if code == notFound {
		e.account.bss.Logger().InfoContext(ctx, "the price enquiry does not know the product",
			"source", e.account.source.Name, "product", offers[0].row.Entry.Key)
	} else if e.refused++; e.refused > mostRefused {
		return err
	}
	part, err := web.RefusedPart(ctx, askedLine(e.line, offers), err)
	if err == nil {
		e.parts = append(e.parts, part)
	}
	return err
}

// send asks once. code is the provider's, where it refuses what was asked for: with
// status 400, or with 200.
func (e *enquiry) send(ctx context.Context, offers []offer) (part catalog.Part, code string, err error) {
	request, err := e.request(offers)
	if err != nil {
		return catalog.Part{}, "", err
	}
	e.line = request.Line()
	part, err = e.account.bss.Part(ctx, request)
	if refusal, ok := errors.AsType[*web.StatusError](err); ok && refusal.Status == http.StatusBadRequest {
		return catalog.Part{}, refusal.Code, err
	}
	if err != nil {
		return catalog.Part{}, "", err
	}
	if code, message := failureIn(part.Body); code != "" && code != success {
		return catalog.Part{}, code, &web.StatusError{
			Method: request.Method, Path: request.Path, Status: http.StatusOK, Code: code, Message: fmt.Sprintf("%.300s", message),
		}
	}
	part.Request = askedLine(part.Request, offers)
	return part, "", nil
}

// askedLine is the request as a page names it: with the numbers of the rows that it
// asks for, which stand in its body.
func askedLine(line string, offers []offer) string {
	numbers := make([]string, len(offers))
	for i, offer := range offers {
		numbers[i] = strconv.Itoa(offer.number)
	}
	return line + " " + strings.Join(numbers, ",")
}

// askedIn are the numbers of the rows that a request names; nil for none.
func askedIn(request string) (rows []int) {
	for i, word := range strings.Fields(request) {
		if i < 2 {
			continue // method and path
		}
		for text := range strings.SplitSeq(word, ",") {
			if number, err := strconv.Atoi(text); err == nil {
				rows = append(rows, number)
			}
		}
	}
	return rows
}

// The paths of the two enquiries.
const (
	onDemandPath = "/v2/bills/ratings/on-demand-resources"
	periodPath   = "/v2/bills/ratings/period-resources/subscribe-rate"
)

// request numbers the products by their rows in the list, from 1, so that
// answers can always be matched to products without the question.
func (e *enquiry) request(offers []offer) (web.Request, error) {
	path, body := onDemandPath, map[string]any{"project_id": e.project}
	if offers[0].chargeMode == yearlyMonthly {
		path = periodPath
	} else {
		body["inquiry_precision"] = 1 // ten decimals instead of six
	}
	questions := make([]question, len(offers))
	for i, offer := range offers {
		questions[i] = offer.question(e.account.region)
	}
	body["product_infos"] = questions
	encoded, err := json.Marshal(body)
	return web.Request{
		Method: http.MethodPost, Path: path, Body: encoded,
		Sign: e.auth.sign, Renew: e.auth.renew, Secrets: e.auth.secrets,
	}, err
}

func (o offer) question(region string) question {
	q := question{
		ID: strconv.Itoa(o.number), CloudService: o.cloudService, ResourceType: o.resourceType,
		ResourceSpec: o.row.Entry.Key, Region: region, Subscriptions: 1,
	}
	if o.chargeMode == yearlyMonthly {
		q.PeriodType, q.PeriodNum = 2, 1 // a month
		return q
	}
	q.UsageFactor, q.UsageValue, q.UsageMeasureID = "Duration", 1, 4 // an hour
	return q
}
