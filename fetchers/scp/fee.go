package scp

import (
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

const feeName = "cancellation_fee"

// fee is what ending a contract today would cost, and the month whose bill
// would hold it. The month moves on by itself while the fee may stay: as a
// date of the price it would make a version each month in which nothing that
// the contract says had changed. So it is the span of a figure instead.
type fee struct {
	lack    *lack
	amounts []money
	month   *span
}

// readFee reads a CancellationFeeResponse. The fee is a number, the same as a
// text (the documents), or an Amount without a currency beside it (the SDK).
// KRW is the schema's default of currency.code. The members of an Amount
// default to 0: one in another currency counts only when it is not.
func readFee(document *web.Document, location *time.Location) fee {
	answer := envelope(document)
	currency := "KRW"
	if stated := answer.Get("currency"); stated.Given() {
		object := stated.Object()
		if code := textOf(object.Get("code")); code != "" {
			currency = code
		}
		object.Ignore("symbol")
		object.Done()
	}
	value := answer.Get("cancellation_fee")
	read := fee{month: month(answer.Get("bill_year_month"), location)}
	if _, isAmount := value.Raw().(map[string]any); isAmount {
		for _, m := range amounts(value, web.Value.OptionalAmount) {
			if m.currency == currency || !m.amount.IsZero() {
				read.amounts = append(read.amounts, m)
			}
		}
	} else if amount := value.OptionalAmount(); amount != nil {
		read.amounts = []money{{currency, *amount}}
	}
	answer.Ignore("same_day_cancel") // the SDK's: whether ending it today still is free
	answer.Done()
	return read
}

// month is "2022-10" as a span of time.
func month(value web.Value, location *time.Location) *span {
	text := textOf(value)
	if text == "" {
		return nil
	}
	for _, layout := range []string{"2006-01", "200601"} {
		if start, err := time.ParseInLocation(layout, text, location); err == nil {
			return &span{start, start.AddDate(0, 1, 0)}
		}
	}
	value.Fail("want a month such as 2022-10, got %.40q", text)
	return nil
}

func (f fee) attach(entry *catalog.Entry) {
	if f.lack != nil {
		return
	}
	all := figures{}
	for _, m := range f.amounts {
		entry.Prices = append(entry.Prices, catalog.Price{
			SKUPriceID: entry.Key + "/" + feeName, Kind: catalog.PriceFee, Variant: feeName,
			Currency: m.currency, ListUnitPrice: m.amount, TaxBasis: catalog.TaxUnknown,
		})
	}
	if f.month != nil {
		all.add(feeName, "", f.amounts)
		entry.Usage = append(entry.Usage, all.usage(*f.month)...)
	}
}
