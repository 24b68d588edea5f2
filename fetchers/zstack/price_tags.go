package zstack

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

const (
	tagsPath = "/v1/system-tags"
	// userConfig begins the tag of a price that is for some volumes only:
	// priceUserConfig::{"priceUserConfig":{"priceKeyName":"highSpeedDisk"}}. A disk
	// offering of the same key has that price (BillingSystemTags and
	// VolumePriceExtension of the billing module).
	userConfig = "priceUserConfig::"
)

// tagsOfPrices are the conditions that ask for the tags of all prices.
func tagsOfPrices() []string {
	return []string{"resourceType=PriceVO", "tag~=" + userConfig + "%"}
}

// priceTags are the keys of prices that have one, from the further parts of a page.
type priceTags struct {
	keys  map[string]string // by the price's uuid
	known bool
	// lacking is why some are not there, and reason what that is.
	lacking error
	reason  catalog.SetAsideReason
	// denied is why the account may not see tags; "" where it may.
	denied string
}

// read takes in one answer. A page of before tags were asked for knows none.
func (t *priceTags) read(decoded *catalog.Decoded, part catalog.Part, name string) {
	if refusal, refused := web.RefusalIn(part); refused {
		switch {
		case refusal.Status == 404: // an edition without tags
		case strings.HasPrefix(refusal.Code, "ID."), refusal.Status/100 == 4:
			t.denied = cmp.Or(t.denied, refusal.Text)
		default:
			t.lack(catalog.Incomplete, errors.New(refusal.Text))
		}
		return
	}
	answer, err := readReply(part, 1)
	if err != nil {
		t.lack(catalog.Unreadable, fmt.Errorf("%s: %w", name, err))
		return
	}
	t.known = true
	if t.keys == nil {
		t.keys = make(map[string]string)
	}
	for _, row := range answer.rows {
		object := row.Object()
		price, tag := object.Get("resourceUuid").Key(), object.Get("tag")
		object.Ignore("uuid", "inherent", "resourceType", "type", "createDate", "lastOpDate")
		object.Done()
		if key := priceKey(tag); key != "" {
			t.keys[price] = key
		}
	}
	if err := answer.document.Err(); err != nil {
		t.lack(catalog.Unreadable, fmt.Errorf("%s: %w", name, err))
	}
	decoded.Unknown = append(decoded.Unknown, answer.document.Unknown()...)
	decoded.Warnings = append(decoded.Warnings, answer.document.Warnings()...)
}

func (t *priceTags) lack(reason catalog.SetAsideReason, err error) {
	t.lacking, t.reason = cmp.Or(t.lacking, err), cmp.Or(t.reason, reason)
}

// priceKey reads the key out of a tag, whose value is JSON.
func priceKey(tag web.Value) string {
	value, ok := strings.CutPrefix(tag.Text(), userConfig)
	if !ok {
		return "" // the question asks for others only
	}
	document, err := web.ParseJSON([]byte(value))
	if err != nil {
		tag.Fail("%v", err)
		return ""
	}
	key := document.Root().Object().Get("priceUserConfig").Object().Get("priceKeyName").Key()
	if err := document.Err(); err != nil {
		tag.Fail("%v", err)
	}
	return key
}

// lacks returns why the prices of a table cannot be told apart; nil if they can, or
// need not be.
func (t *priceTags) lacks(table *tablePrices) (catalog.SetAsideReason, error) {
	if t.lacking == nil || !table.ofVolumes() {
		return "", nil
	}
	return t.reason, t.lacking
}

// ofVolumes reports whether tags tell some prices of a table apart.
func (t *tablePrices) ofVolumes() bool {
	return t != nil && slices.ContainsFunc(slices.Collect(maps.Values(t.lines)), line.ofVolume)
}

// suffix is what tells a line apart from others of its resource: "/highSpeedDisk",
// or nothing.
func (t *priceTags) suffix(l line) string {
	if key := t.keys[l.uuid]; key != "" && l.ofVolume() {
		return "/" + key
	}
	return ""
}
