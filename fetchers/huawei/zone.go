package huawei

import (
	"cmp"
	"slices"
	"strings"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// zoneStatuses reads cond_operation_az: "az0(normal), az1(sellout)". A zone
// that it names has that status, every other one the product's. An item
// without a status is invalid by the document, so it says nothing.
func zoneStatuses(value web.Value) []catalog.ZoneStatus {
	stated := value.OptionalText()
	if stated == nil {
		return nil
	}
	var zones []catalog.ZoneStatus
	for item := range strings.SplitSeq(*stated, ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		zone, ok := zoneStatus(item)
		if !ok {
			value.UnknownWord(item)
			value.Warn("%q is not a zone with a status", item)
			continue
		}
		if !slices.Contains(statusWords(), zone.Status) {
			value.UnknownWord(zone.Status)
		}
		zones = append(zones, zone)
	}
	return onceEach(value, zones)
}

// zoneStatus reads one "az(status)".
func zoneStatus(item string) (catalog.ZoneStatus, bool) {
	zone, rest, opened := strings.Cut(item, "(")
	word, closed := strings.CutSuffix(rest, ")")
	zone, word = strings.TrimSpace(zone), strings.TrimSpace(word)
	ok := opened && closed && zone != "" && word != "" && !strings.ContainsAny(word, "()")
	return catalog.ZoneStatus{Zone: zone, Status: word}, ok
}

// onceEach sorts by zone. A zone that is stated twice alike is stated once;
// with two statuses, nobody knows which one holds.
func onceEach(value web.Value, zones []catalog.ZoneStatus) []catalog.ZoneStatus {
	slices.SortFunc(zones, func(a, b catalog.ZoneStatus) int {
		return cmp.Or(strings.Compare(a.Zone, b.Zone), strings.Compare(a.Status, b.Status))
	})
	zones = slices.Compact(zones)
	for i := 1; i < len(zones); i++ {
		if zones[i].Zone == zones[i-1].Zone {
			value.Fail("zone %s is stated as %s and as %s", zones[i].Zone, zones[i-1].Status, zones[i].Status)
		}
	}
	return zones
}

// availabilityZone reads an AvailabilityZoneInfo. product_ids are the only
// products of the zone; without them it has all.
func availabilityZone(row web.Object, entry *catalog.Entry) {
	if name := row.Get("display_name").OptionalText(); name != nil {
		entry.Name = *name
	}
	attributes := map[string]any{}
	row.Keep(attributes, "i18n", "visible", "default_availability_zone")
	web.Keep(attributes, "product_ids", set(row.Get("product_ids")))
	if soldOut := row.Get("sold_out"); soldOut.Given() {
		object := soldOut.Object()
		web.Keep(attributes, "sold_out_products", set(object.Get("products")))
		object.Done()
	}
	entry.Attributes = row.Attributes(attributes)
}
