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
	// mostPriceParts bounds the answers that hold the prices of one table, or all
	// tags.
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
		more, err := f.answers(ctx, auth, pricesPath, []string{tableCondition + uuid})
		if err != nil {
			return nil, fmt.Errorf("prices of table %q: %w", uuid, err)
		}
		parts = append(parts, more...)
	}
	return parts, nil
}

// answers asks until the last answer, or to where one is refused or cannot be read,
// which Decode finds as well.
func (f *fetcher) answers(ctx context.Context, auth auth, path string, conditions []string) ([]catalog.Part, error) {
	var parts []catalog.Part
	for start := 0; len(parts) < mostPriceParts; {
		request := f.request(auth, path, start, conditions)
		part, err := f.client.Part(ctx, request)
		if err != nil {
			refused, err := web.RefusedPart(ctx, request.Line(), explained(err))
			return append(parts, refused), err
		}
		parts = append(parts, part)
		answer, err := readReply(part, len(parts))
		if err != nil || answer.end.Last {
			return parts, nil //nolint:nilerr // what cannot be read is set aside by Decode
		}
		start += len(answer.rows)
	}
	return nil, fmt.Errorf("more than %d answers: %w", mostPriceParts, catalog.ErrRepeated)
}

// uuidsOf are the keys of the tables; one that cannot be read has no prices to ask
// for.
func uuidsOf(tables catalog.Part) ([]string, error) {
	answer, err := readReply(tables, 1)
	if err != nil {
		return nil, err
	}
	rows := web.NewRows(answer.document)
	var uuids []string
	for _, value := range answer.rows {
		if row := rows.Add(func() string { return value.Object().Get("uuid").Key() }); row != nil {
			uuids = append(uuids, row.Entry.Key)
		}
	}
	return uuids, nil
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
