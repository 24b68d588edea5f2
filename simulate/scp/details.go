package scp

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"syncer/simulate/fault"
)

// coverageWire is a ResourceUsedAmountDTO.
type coverageWire struct {
	ResourceName     string          `json:"resource_name"`
	ContractID       string          `json:"contract_id"`
	UsedTime         json.RawMessage `json:"used_time"`
	UnitPrice        amountWire      `json:"unit_price"`
	UsedAmount       amountWire      `json:"used_amount"`
	NonAppliedAmount amountWire      `json:"non_applied_amount"`
	RequestAt        string          `json:"request_at"`
}

// instances is the resources that the contracts of one kind of server covered
// in a span of days. All five parameters are required.
func instances(c call) fault.Answer {
	query := c.URL.Query()
	for _, name := range []string{"service_id", "os_type", "server_type", "start_date", "end_date"} {
		if query.Get(name) == "" {
			return invalid("['Field required']")
		}
	}
	start, badStart := time.Parse(time.DateOnly, query.Get("start_date"))
	end, badEnd := time.Parse(time.DateOnly, query.Get("end_date"))
	if badStart != nil || badEnd != nil || end.Before(start) {
		return invalid("['Invalid date']")
	}
	days := int(end.Sub(start)/(24*time.Hour)) + 1
	service, server := c.catalog.service(query.Get("service_id")), query.Get("server_type")
	rows, orders, used := c.coverages(query.Get("service_id"), query.Get("os_type"), server, days)
	return success(map[string]any{
		"service":     map[string]any{"service_id": service.id, "display_name": service.name},
		"server_type": server, "server_type_description": c.spell.nothing(),
		"os": c.spell.os(service.system(query.Get("os_type"))), "order_count": c.spell.count(orders),
		"amount": map[string]any{
			"no_contract_used": c.spell.amount(money{}), "used": c.spell.amount(used),
			"non_applied": c.spell.amount(money{}), "total": c.spell.amount(used),
		},
		"coverages": rows,
	})
}

func (c call) coverages(service, os, server string, days int) (rows []coverageWire, orders int, used money) {
	rows, rate := []coverageWire{}, c.catalog.rates[server]
	for _, row := range c.catalog.contracts {
		if row.service != service || row.os != os || row.server != server || row.state != "ACTIVE" || row.deleted {
			continue
		}
		orders++
		for _, resource := range row.resources {
			hours := resource.fixed + resource.perDay*days
			used = used.plus(rate.times(hours))
			rows = append(rows, coverageWire{
				ResourceName: resource.name, ContractID: row.contractID, UsedTime: c.spell.count(hours),
				UnitPrice: rate.wire(), UsedAmount: rate.times(hours).wire(), NonAppliedAmount: money{}.wire(),
				RequestAt: row.created.Format(time.DateTime),
			})
		}
	}
	if c.catalog.untouched {
		orders = 0 // as the sample prints
	}
	return rows, orders, used
}

// cancellationFee only says what cancelling would cost. The documents' sample
// sends one id, their schema and the SDK a list of them.
func cancellationFee(c call) fault.Answer {
	var question struct {
		Region           *string         `json:"region"`
		PlannedComputeID json.RawMessage `json:"planned_compute_id"`
	}
	if err := json.NewDecoder(io.LimitReader(c.Body, 1<<16)).Decode(&question); err != nil || question.PlannedComputeID == nil {
		return invalid("['Field required']")
	}
	id, bad := c.singleID(question.PlannedComputeID)
	if bad != "" {
		return invalid(bad)
	}
	at := c.catalog.contract(id)
	if at < 0 {
		return notFound(id)
	}
	row := c.catalog.contracts[at]
	if row.fee != nil {
		return c.fee(*row.fee)
	}
	won, running := c.halfOfTheRest(row)
	if !running {
		return invalid("['the contract has ended']")
	}
	return c.fee(feeRow{won, c.at.AddDate(0, 2, 1-c.at.Day()).Format("2006-01")})
}

func (c call) singleID(text json.RawMessage) (id, bad string) {
	var ids []string
	if json.Unmarshal(text, &ids) == nil && len(ids) == 1 {
		return ids[0], ""
	}
	if c.spell != SDK && json.Unmarshal(text, &id) == nil {
		return id, ""
	}
	return "", "['Input should be a valid list']"
}

// halfOfTheRest is the user guide's rule: half of what the rest of the term
// costs, so that the fee falls by itself each day.
func (c call) halfOfTheRest(row contractRow) (won int64, running bool) {
	end, err := time.Parse(time.DateOnly, row.end)
	days := int64(end.Sub(c.at)/(24*time.Hour)) + 1
	if err != nil || end.AddDate(0, 0, 1).Before(c.at) || row.deleted || row.state != "ACTIVE" {
		return 0, false
	}
	return c.catalog.rates[row.server].milliwon * 24 * days / 2 / 1000, true
}

// fee spells a CancellationFeeResponse: a number in the documents' sample, a
// text in the SDK v3.3.2, which refuses an answer without a currency. (The
// v1.0.2 wanted an Amount and no currency: no answer suits both.)
func (c call) fee(fee feeRow) fault.Answer {
	won := strconv.FormatInt(fee.won, 10)
	if c.spell == SDK {
		won = strconv.Quote(won)
	}
	body := fmt.Sprintf(`{"bill_year_month":%q,"cancellation_fee":%s,"currency":{"code":"KRW","symbol":"₩"}}`, fee.month, won)
	return fault.Answer{Status: 200, Type: jsonType, Body: []byte(body)}
}
