package scp

import (
	"slices"
	"time"

	"syncer/simulate/world"
)

// catalog is everything the platform lists at one moment.
type catalog struct {
	// untouched: nothing but the documents' own samples is there, and the
	// figures in them are served as they are printed.
	untouched bool
	contracts []contractRow
	services  []serviceRow
	rates     map[string]money // an hour of each server type under contract
	prices    []priceRow
}

// contractRow is one planned compute. Dates are days, "" where there is none.
type contractRow struct {
	id, contractID, region, service, os, server string
	term, first, start, end                     string
	nextTerm, nextStart, nextEnd                string
	state, name, srn                            string
	deleted                                     bool
	created, modified                           time.Time
	createdBy, modifiedBy                       string
	resources                                   []resource
	fee                                         *feeRow // the documents' own; nil: worked out
}

// resource is a server that a contract covers, and its hours of use.
type resource struct {
	name   string
	fixed  int // in any span
	perDay int
}

type feeRow struct {
	won   int64
	month string
}

// serviceRow is a service with the codes that go with it.
type serviceRow struct {
	id, name              string
	systems               []osRow
	servers               []serverRow
	contracts, extensions []codeRow
}

type osRow struct {
	ID    string `json:"os_type_id"`
	Name  string `json:"display_name"`
	Value string `json:"os_type_value"`
}

type serverRow struct {
	name, family, gpu string
	core, memory      int // memory in GB
}

type codeRow struct {
	Code string `json:"code"`
	Name string `json:"display_name"`
}

func newWorld(config Config) *world.World[catalog] {
	first := func() catalog {
		catalog := documented()
		if config.Products+config.Contracts > 0 {
			catalog.untouched = false
			generate(&catalog, config)
		}
		return catalog
	}
	return world.New(first, append(script(), weekly(config.Seed, config.Products)...))
}

// documented is the samples of the BillingPlan document, row for row, and a
// few prices in the documented shape, of which no sample is published.
func documented() catalog {
	printed := time.Date(2024, time.August, 1, 0, 0, 0, 0, time.UTC)
	return catalog{
		untouched: true,
		contracts: []contractRow{{
			id: "5f3688a192094ddeb0c94166a3e88935", contractID: "C002612775", region: "kr-west1",
			service: "VIRTUAL_SERVER", os: "OPEN_SOURCE", server: "s1v1m2",
			term: "1-year", first: "2024-08-01", start: "2024-08-01", end: "2024-08-01",
			nextTerm: "1-year", nextStart: "2024-08-01", nextEnd: "2024-08-31",
			state: "ACTIVE", name: "test-vm", created: printed, modified: printed, createdBy: "user123", modifiedBy: "kim",
			srn:       "srn:e::26affb52e16944038a0cd2cc26060e1c:kr1-west1::compute:instance/INSTANCE-UPOg3Z6ZqyiMM0QyC3sI2m",
			resources: []resource{{name: "test-vm", fixed: 10}}, fee: &feeRow{100000, "2022-10"},
		}},
		services: []serviceRow{{
			id: "VIRTUAL_SERVER", name: "Virtual Server",
			systems:   []osRow{{"OPEN_SOURCE", "Open Source", "opensource"}},
			servers:   []serverRow{{"s1v1m2", "s1", "a100", 1, 2}},
			contracts: []codeRow{{"01", "1-year"}}, extensions: []codeRow{{"01", "1-year"}},
		}},
		rates:  map[string]money{"s1v1m2": {}},
		prices: firstPrices(),
	}
}

func (c *catalog) contract(id string) int {
	return slices.IndexFunc(c.contracts, func(row contractRow) bool { return row.id == id })
}

// service is the service of an id, an empty one where there is none.
func (c *catalog) service(id string) serviceRow {
	at := slices.IndexFunc(c.services, func(row serviceRow) bool { return row.id == id })
	if at < 0 {
		return serviceRow{id: id}
	}
	return c.services[at]
}

func (s serviceRow) system(id string) osRow {
	at := slices.IndexFunc(s.systems, func(row osRow) bool { return row.ID == id })
	if at < 0 {
		return osRow{ID: id, Name: id}
	}
	return s.systems[at]
}
