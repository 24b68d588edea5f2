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
	// many it may be; fifty keeps questions and answers small.
	batch = 50
	// notFound is what BSS says when it does not know one of the products, of
	// the whole enquiry (400 CBC.99006006, error codes of both enquiries).
	notFound = "CBC.99006006"
)

// The words of charge_mode.
const (
	onDemand      = "0"
	yearlyMonthly = "1"
)

// offer is a product as the enquiry wants to know it.
type offer struct {
	row          int
	ProductID    string `json:"product_id"`
	ChargeMode   string `json:"charge_mode"`
	ResourceType string `json:"resource_type"`
	CloudService string `json:"cloud_service_type"`
}

// priceable leaves out what cannot be asked for: no charge mode, no codes, and
// volumes, whose price depends on a size that the list does not hold.
func (o offer) priceable() bool {
	return (o.ChargeMode == onDemand || o.ChargeMode == yearlyMonthly) &&
		o.ResourceType != "" && o.CloudService != "" && !strings.HasSuffix(o.ResourceType, ".volume")
}

// priceableIn are the products of a list's answer to ask prices for.
func priceableIn(listed []byte) ([]offer, error) {
	var list struct{ Products []offer }
	if err := json.Unmarshal(listed, &list); err != nil {
		return nil, fmt.Errorf("read the products to ask prices for: %w", err)
	}
	var offers []offer
	for row, offer := range list.Products {
		if offer.row = row; offer.priceable() {
			offers = append(offers, offer)
		}
	}
	return offers, nil
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

// enquire asks BSS for the prices of a decoded list's products, one hour of
// those on demand and one month of the others.
func (a *account) enquire(ctx context.Context, project string, listed []byte) ([]catalog.Part, error) {
	offers, err := priceableIn(listed)
	if err != nil || len(offers) == 0 {
		return nil, err
	}
	byMode := make(map[string][]offer)
	for _, offer := range offers {
		byMode[offer.ChargeMode] = append(byMode[offer.ChargeMode], offer)
	}
	e := enquiry{account: a, project: project, auth: a.domainAuth()}
	if _, err := e.auth.acquire(ctx); err != nil {
		return nil, err
	}
	var parts []catalog.Part
	for _, mode := range []string{onDemand, yearlyMonthly} {
		for offers := range slices.Chunk(byMode[mode], batch) {
			answers, err := e.ask(ctx, offers)
			if err != nil {
				return nil, err
			}
			parts = append(parts, answers...)
		}
	}
	return parts, nil
}

// enquiry is asking for prices in the course of one walk.
type enquiry struct {
	account *account
	project string
	auth    auth
}

// ask asks for offers of one charge mode. Where BSS does not know one of them
// it refuses all, so the halves are asked for: a product that is refused alone
// has no price. Any other error is none of the product's.
func (e enquiry) ask(ctx context.Context, offers []offer) ([]catalog.Part, error) {
	part, code, err := e.send(ctx, offers)
	switch {
	case code == notFound && len(offers) == 1:
		e.account.bss.Logger().InfoContext(ctx, "the price enquiry does not know the product",
			"source", e.account.source.Name, "product", offers[0].ProductID)
		return nil, nil
	case code == notFound:
		half := len(offers) / 2
		first, err := e.ask(ctx, offers[:half])
		if err != nil {
			return nil, err
		}
		second, err := e.ask(ctx, offers[half:])
		return append(first, second...), err
	case err != nil:
		return nil, fmt.Errorf("price enquiry: %w", err)
	}
	return []catalog.Part{part}, nil
}

// send asks once. An error may come with status 200 as well.
func (e enquiry) send(ctx context.Context, offers []offer) (part catalog.Part, code string, err error) {
	request, err := e.request(offers)
	if err != nil {
		return catalog.Part{}, "", err
	}
	part, err = e.account.bss.Part(ctx, request)
	if refusal, ok := errors.AsType[*web.StatusError](err); ok {
		return catalog.Part{}, refusal.Code, err
	}
	if err != nil {
		return catalog.Part{}, "", err
	}
	if code, message := failureIn(part.Body); code != "" && code != success {
		return catalog.Part{}, code, fmt.Errorf("%s %s: the answer is an error: %s: %.300s", request.Method, request.Path, code, message)
	}
	return part, "", nil
}

// request numbers the products by their rows in the list, from 1, so that
// answers can always be matched to products without the question.
func (e enquiry) request(offers []offer) (web.Request, error) {
	path, body := "/v2/bills/ratings/on-demand-resources", map[string]any{"project_id": e.project}
	if offers[0].ChargeMode == yearlyMonthly {
		path = "/v2/bills/ratings/period-resources/subscribe-rate"
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
		ID: strconv.Itoa(o.row + 1), CloudService: o.CloudService, ResourceType: o.ResourceType,
		ResourceSpec: o.ProductID, Region: region, Subscriptions: 1,
	}
	if o.ChargeMode == yearlyMonthly {
		q.PeriodType, q.PeriodNum = 2, 1 // a month
		return q
	}
	q.UsageFactor, q.UsageValue, q.UsageMeasureID = "Duration", 1, 4 // an hour
	return q
}
