package scp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Dialect is how answers are spelled. The documents' samples and the vendor's
// SDK exclude each other: the SDK cannot read the samples.
type Dialect string

// The dialects.
const (
	// Documented spells as the documents' samples do: counts as texts, "Y",
	// an empty text for an object, dates with a blank, a bare 0 for nothing.
	Documented Dialect = "documented"
	// SDK spells as the schema does, which is what the SDK v3.3.2 reads:
	// integers, booleans, objects, RFC 3339, and no member it does not know.
	SDK Dialect = "sdk"
)

// count is a number of rows, pages or hours.
func (d Dialect) count(n int) json.RawMessage { return d.number(fmt.Appendf(nil, "%d", n)) }

// number is a JSON number, as a text in the documents' samples.
func (d Dialect) number(n json.RawMessage) json.RawMessage {
	if d == SDK || n == nil || bytes.HasPrefix(n, []byte(`"`)) {
		return n
	}
	return fmt.Appendf(nil, "%q", n)
}

func (d Dialect) yes(yes bool) any {
	switch {
	case d == SDK:
		return yes
	case yes:
		return "Y"
	}
	return "N"
}

// nothing is an object that holds nothing.
func (d Dialect) nothing() any {
	if d == SDK {
		return struct{}{}
	}
	return ""
}

func (d Dialect) date(at time.Time) string {
	if d == SDK {
		return at.Format(time.RFC3339)
	}
	return at.Format(time.DateTime)
}

// amount is in won and dollars, a number in the samples of whole groups.
func (d Dialect) amount(m money) any {
	if d != SDK && m == (money{}) {
		return 0
	}
	return m.wire()
}

// os is an OSTypeDTO, its id in the sample.
func (d Dialect) os(os osRow) any {
	if d == SDK {
		return os
	}
	return os.ID
}

// money is an amount in thousandths of a won and in cents.
type money struct{ milliwon, cents int64 }

type amountWire struct {
	KRW string `json:"krw"`
	USD string `json:"usd"`
}

func (m money) wire() amountWire {
	return amountWire{
		KRW: fmt.Sprintf("%d.%03d", m.milliwon/1000, m.milliwon%1000),
		USD: fmt.Sprintf("%d.%02d", m.cents/100, m.cents%100),
	}
}

func (m money) times(n int) money { return money{m.milliwon * int64(n), m.cents * int64(n)} }

func (m money) plus(other money) money {
	return money{m.milliwon + other.milliwon, m.cents + other.cents}
}
