package zstack

import (
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// priceTable reads a PriceTableInventory, which has no prices in it: those are
// the further parts of its page.
func priceTable(f *fetcher, row web.Object, entry *catalog.Entry) {
	if name := row.Get("name").OptionalText(); name != nil {
		entry.Name = *name
	}
	attributes := map[string]any{}
	keepText(attributes, "description", row.Get("description").OptionalText())
	web.Keep(attributes, "create_date", f.moment(row.Get("createDate")))
	row.Ignore("lastOpDate")
	entry.Attributes = row.Attributes(attributes)
}

// line is a PriceInventory: what a resource costs from a moment on, in the end
// until another.
type line struct {
	uuid      string
	resource  string
	offerings []string // the devices it is for, sorted; empty for all
	priced    bool
	price     catalog.Price
}

// readLine reads one row of /v1/billings/prices. Amounts are for a unit of the
// resource and of time; neither tax nor currency is stated.
func (f *fetcher) readLine(row web.Object, table string) line {
	l := line{uuid: row.Get("uuid").Key(), resource: row.Get("resourceName").Key()}
	// The words of resourceName are those of CreateResourcePrice; Volume stands
	// in the sample of QueryResourcePrice.
	row.Get("resourceName").Word("cpu", "memory", "rootVolume", "dataVolume", "snapShot", "gpu",
		"pubIpVmNicBandwidthOut", "pubIpVmNicBandwidthIn", "pubIpVipBandwidthOut", "pubIpVipBandwidthIn",
		"bareMetal2Instance", "Volume")
	if stated := row.Get("tableUuid"); stated.Given() && stated.Text() != table {
		stated.Fail("asked for table %q, got table %q", table, stated.Text())
	}
	l.price = catalog.Price{
		Kind: catalog.PriceList, Variant: l.resource, Unit: unit(row), Currency: f.currency, TaxBasis: catalog.TaxUnknown,
		EffectiveFrom: milliseconds(row.Get("dateInLong")), EffectiveTo: milliseconds(row.Get("endDateInLong")),
	}
	if amount := row.Get("price").OptionalAmount(); amount != nil {
		l.priced, l.price.ListUnitPrice = true, *amount
	}
	for _, name := range []string{"pciDeviceOfferings", "gpuOfferings", "bareMetal2VmOfferings"} {
		l.offerings = append(l.offerings, offerings(row.Get(name))...)
	}
	slices.Sort(l.offerings)
	row.Ignore("createDate", "lastOpDate")
	row.Done()
	return l
}

// unit is what an amount is for, in the provider's words: 1/s, GB/s.
func unit(row web.Object) string {
	var words []string
	for _, name := range []string{"resourceUnit", "timeUnit"} {
		if word := row.Get(name).OptionalText(); word != nil && *word != "" {
			words = append(words, *word)
		}
	}
	return strings.Join(words, "/")
}

// offerings reads the devices that a price is for: objects with a member that
// ends in OfferingUuid. Of another member nothing is known.
func offerings(value web.Value) []string {
	if !value.Given() {
		return nil
	}
	var uuids []string
	for _, row := range value.Rows() {
		object := row.Object()
		for _, name := range object.Names() {
			if strings.HasSuffix(name, "OfferingUuid") {
				uuids = append(uuids, object.Get(name).Key())
			}
		}
		object.Ignore("priceUuid", "createDate", "lastOpDate")
		object.Done()
	}
	return uuids
}

// milliseconds is a moment in milliseconds since 1970 (dateInLong), before the
// year 10000.
func milliseconds(value web.Value) *time.Time {
	number := value.OptionalNumber()
	if number == nil {
		return nil
	}
	if !number.IsInteger() || number.IsNegative() || number.GreaterThan(decimal.NewFromInt(253402300799999)) {
		value.Fail("want milliseconds since 1970, got %s", number)
		return nil
	}
	moment := time.UnixMilli(number.IntPart()).UTC()
	return &moment
}
