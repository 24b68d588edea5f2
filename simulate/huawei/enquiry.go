package huawei

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"

	"github.com/shopspring/decimal"

	"syncer/simulate/fault"
)

// enquiry is the question of both enquiries; each wants other members of it.
type enquiry struct {
	ProjectID    string         `json:"project_id"`
	Precision    int            `json:"inquiry_precision"`
	ProductInfos []productAsked `json:"product_infos"`
}

type productAsked struct {
	ID             string           `json:"id"`
	CloudService   string           `json:"cloud_service_type"`
	ResourceType   string           `json:"resource_type"`
	ResourceSpec   string           `json:"resource_spec"`
	Region         string           `json:"region"`
	UsageFactor    string           `json:"usage_factor"`
	UsageValue     *decimal.Decimal `json:"usage_value"`
	UsageMeasureID int32            `json:"usage_measure_id"`
	PeriodType     *int32           `json:"period_type"`
	PeriodNum      int32            `json:"period_num"`
	Subscriptions  int32            `json:"subscription_num"`
}

// The words of BSS for what is wrong with an enquiry (error codes of both
// operations).
func wrongParameter(name string) *fault.Answer {
	return refuse(failure(http.StatusBadRequest, "CBC.0100", "Parameter error: "+name))
}

func productNotFound() *fault.Answer {
	return refuse(failure(http.StatusBadRequest, "CBC.99006006", "The product is not found."))
}

// mostProducts is how many products one enquiry may hold, by a page of the vendor's.
const mostProducts = 100

func tooMuch() *fault.Answer {
	return refuse(failure(http.StatusBadRequest, "CBC.99006055", "The inquiry result exceeds the maximum amount."))
}

// read wants what both enquiries want: ids that differ, codes and a region.
func read(body []byte) (enquiry, *fault.Answer) {
	var asked enquiry
	if err := json.Unmarshal(body, &asked); err != nil || asked.ProjectID == "" || len(asked.ProductInfos) == 0 {
		return asked, wrongParameter("project_id or product_infos")
	}
	if len(asked.ProductInfos) > mostProducts {
		return asked, tooMuch()
	}
	seen := map[string]bool{}
	for _, product := range asked.ProductInfos {
		switch {
		case product.ID == "" || seen[product.ID]:
			return asked, wrongParameter("id")
		case product.CloudService == "" || product.ResourceType == "" || product.ResourceSpec == "" || product.Region == "":
			return asked, wrongParameter("cloud_service_type, resource_type, resource_spec or region")
		case product.Subscriptions < 1:
			return asked, wrongParameter("subscription_num")
		}
		seen[product.ID] = true
	}
	return asked, nil
}

// onDemandRatings prices usage in hours. The account has ten percent off.
func (a *API) onDemandRatings(c call) fault.Answer {
	asked, bad := read(c.body)
	if bad != nil {
		return *bad
	}
	sum, results := rating{}, []map[string]any{}
	for _, product := range asked.ProductInfos {
		price, bad := c.catalog.hourly(product)
		if bad != nil {
			return *bad
		}
		rated := rate(price, decimals(asked.Precision))
		sum = sum.plus(rated)
		results = append(results, rated.members(map[string]any{
			"id": product.ID, "product_id": offering(product.ResourceSpec), "measure_id": 1,
			"discount_rating_results": []any{map[string]any{
				"discount_id": "DISC0000000001", "discount_type": 605, "discount_name": "commercial discount",
				"amount": number(rated.official.Sub(rated.amount)), "measure_id": 1,
			}},
		}))
	}
	return write(http.StatusOK, sum.members(map[string]any{"measure_id": 1, "currency": "CNY", "product_rating_results": results}))
}

// decimals is how many an answer has; more are cut off.
func decimals(precision int) int32 {
	if precision == 1 {
		return 10
	}
	return 6
}

// rating is a price and what the account pays of it.
type rating struct{ official, amount decimal.Decimal }

func rate(official decimal.Decimal, places int32) rating {
	return rating{official.Truncate(places), official.Mul(decimal.New(9, -1)).Truncate(places)}
}

func (r rating) plus(other rating) rating {
	return rating{r.official.Add(other.official), r.amount.Add(other.amount)}
}

func (r rating) members(more map[string]any) map[string]any {
	more["official_website_amount"], more["amount"] = number(r.official), number(r.amount)
	more["discount_amount"] = number(r.official.Sub(r.amount))
	return more
}

// number prints money as JSON numbers, which BSS does.
func number(value decimal.Decimal) json.Number { return json.Number(value.String()) }

// offering is BSS's own id of a product.
func offering(spec string) string {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(spec)) // a hash takes everything
	return fmt.Sprintf("OFFI%018d", sum.Sum64()%1_000_000_000_000_000_000)
}

func (c *catalog) hourly(asked productAsked) (decimal.Decimal, *fault.Answer) {
	const hours = 4
	price, found := c.price(asked, onDemand)
	switch {
	case asked.UsageFactor == "" || asked.UsageValue == nil:
		return price, wrongParameter("usage_factor or usage_value")
	case asked.UsageFactor != "Duration" && asked.UsageFactor != "duration":
		return price, refuse(failure(http.StatusBadRequest, "CBC.99006074", "The usage factor does not exist."))
	case asked.UsageMeasureID != hours:
		return price, refuse(failure(http.StatusBadRequest, "CBC.99006050", "The usage measurement unit is incorrect."))
	case !found:
		return price, productNotFound()
	}
	return price.Mul(*asked.UsageValue).Mul(decimal.NewFromInt32(asked.Subscriptions)), nil
}

// periodRatings prices months and years; a year costs ten months.
func (a *API) periodRatings(c call) fault.Answer {
	asked, bad := read(c.body)
	if bad != nil {
		return *bad
	}
	sum, results := decimal.Zero, []map[string]any{}
	for _, product := range asked.ProductInfos {
		price, bad := c.catalog.forPeriod(product)
		if bad != nil {
			return *bad
		}
		sum = sum.Add(price)
		results = append(results, map[string]any{
			"id": product.ID, "product_id": offering(product.ResourceSpec), "official_website_amount": number(price), "measure_id": 1,
		})
	}
	return write(http.StatusOK, map[string]any{
		"official_website_rating_result": map[string]any{
			"official_website_amount": number(sum), "measure_id": 1, "product_rating_results": results,
		},
		"optional_discount_rating_results": []any{}, "currency": "CNY",
	})
}

func (c *catalog) forPeriod(asked productAsked) (decimal.Decimal, *fault.Answer) {
	price, found := c.price(asked, yearlyMonthly)
	switch {
	case asked.PeriodType == nil || asked.PeriodNum < 1:
		return price, wrongParameter("period_type or period_num")
	case !found:
		return price, productNotFound()
	}
	price = price.Mul(decimal.NewFromInt32(asked.PeriodNum)).Mul(decimal.NewFromInt32(asked.Subscriptions))
	switch *asked.PeriodType {
	case 2:
		return price, nil
	case 3:
		return price.Mul(decimal.NewFromInt(10)), nil
	}
	return price, wrongParameter("period_type")
}

// price finds a product by the four members that BSS goes by.
func (c *catalog) price(asked productAsked, mode string) (decimal.Decimal, bool) {
	for _, row := range c.products {
		if row.ProductID != asked.ResourceSpec || row.ChargeMode != mode {
			continue
		}
		price, priced := c.prices[row.ProductID]
		return price, priced && row.ResourceType == asked.ResourceType && row.CloudServiceType == asked.CloudService && asked.Region == Region
	}
	return decimal.Decimal{}, false
}
