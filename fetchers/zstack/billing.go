package zstack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

const (
	billingPath = "/v1/billings/"
	pricesPath  = "/v1/billings/prices"
	// mostPriceParts bounds the answers that hold the prices of one table.
	mostPriceParts = 1000
)

// optionCurrency is ISO 4217 for the amounts of price tables: the API states
// them without a currency (what the console shows is a setting of its own).
const optionCurrency = "currency"

// noCurrency is ISO 4217's own code for amounts in no currency.
const noCurrency = "XXX"

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

func currencyOf(source catalog.Source) (string, error) {
	currency, set := source.Options[optionCurrency]
	if !set {
		return noCurrency, nil
	}
	if !currencyCode.MatchString(currency) {
		return "", fmt.Errorf("source %q: currency: want three capital letters (ISO 4217), got %q", source.Name, currency)
	}
	return currency, nil
}

// prices asks for the prices of each table in a list answer.
func (f *fetcher) prices(ctx context.Context, auth auth, tables catalog.Part) ([]catalog.Part, error) {
	uuids, err := uuidsOf(tables)
	if err != nil {
		return nil, err
	}
	var parts []catalog.Part
	for _, uuid := range uuids {
		more, err := f.pricesOf(ctx, auth, uuid)
		if err != nil {
			return nil, fmt.Errorf("prices of table %q: %w", uuid, err)
		}
		parts = append(parts, more...)
	}
	return parts, nil
}

func (f *fetcher) pricesOf(ctx context.Context, auth auth, table string) ([]catalog.Part, error) {
	var parts []catalog.Part
	for start := 0; len(parts) < mostPriceParts; {
		part, err := f.client.Part(ctx, f.request(auth, pricesPath, start, []string{"tableUuid=" + table}))
		if err != nil {
			return nil, err
		}
		answer, err := readReply(part, len(parts)+1)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
		if answer.end.Last {
			return parts, nil
		}
		start += len(answer.rows)
	}
	return nil, fmt.Errorf("more than %d answers: %w", mostPriceParts, catalog.ErrRepeated)
}

func uuidsOf(tables catalog.Part) ([]string, error) {
	answer, err := readReply(tables, 1)
	if err != nil {
		return nil, err
	}
	var uuids []string
	for _, row := range answer.rows {
		uuids = append(uuids, row.Object().Get("uuid").Key())
	}
	return uuids, answer.document.Err()
}

// explained adds to a 404 under /v1/billings what it means: the billing module
// belongs to commercial editions, and the others know no such path.
func explained(err error) error {
	status, ok := errors.AsType[*web.StatusError](err)
	if ok && status.Status == http.StatusNotFound && strings.HasPrefix(status.Path, billingPath) {
		return fmt.Errorf("this edition of ZStack serves no price tables (it has no billing module), take the list out of the configuration: %w", err)
	}
	return err
}
