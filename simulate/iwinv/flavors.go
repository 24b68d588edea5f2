package iwinv

import (
	"encoding/json"
	"net/http"

	"syncer/simulate/fault"
)

// flavorRow is one flavor as the Flavor List page of the documents prints it.
type flavorRow struct {
	FlavorID         string   `json:"flavor_id"`
	Name             string   `json:"name"`
	Provide          string   `json:"provide"`
	Status           string   `json:"status"`
	Spec             spec     `json:"spec"`
	SupportingImages []string `json:"supporting_images"`
	Zone             []string `json:"zone"`
	Price            prices   `json:"price"`
}

// spec: memory in MB, disk in GB, network in Gbps. gpu is null, a text or an
// object; gpus counts them for the filters.
type spec struct {
	Type    string      `json:"type"`
	VCPU    int         `json:"vcpu"`
	Memory  int         `json:"memory"`
	Disk    int         `json:"disk"`
	Network json.Number `json:"network"`
	GPU     any         `json:"gpu"`
	gpus    int
}

type prices struct {
	Full    price `json:"full"`
	Partial price `json:"partial"`
}

type price struct {
	Type string `json:"type"`
	KRW  won    `json:"KRW"`
}

type won struct {
	Price int `json:"price"`
	VAT   int `json:"vat"`
	Total int `json:"total"`
}

// amounts is a price a month and a day in won without VAT, which is 10 % and
// comes on top.
func amounts(month, day int) prices {
	return prices{Full: price{"month", wonOf(month)}, Partial: price{"day", wonOf(day)}}
}

func wonOf(amount int) won { return won{Price: amount, VAT: amount / 10, Total: amount + amount/10} }

func flavorShape() fault.Shape {
	return fault.Shape{ID: "flavor_id", Name: "name", Price: "price", Currency: "KRW"}
}

func flavors(r request) fault.Answer {
	filter, code := newFlavorFilter(r.URL.Query(), r.catalog)
	if code != nil {
		return failure(http.StatusBadRequest, *code)
	}
	var rows []flavorRow
	for _, row := range r.catalog.flavors {
		if filter.keeps(row) {
			rows = append(rows, row)
		}
	}
	return paged(r, rows, flavorShape(), withTotal)
}

// flavor answers 200 with no row for an unknown id, as seen live.
func flavor(r request, id string) fault.Answer {
	var rows []flavorRow
	for _, row := range r.catalog.flavors {
		if row.FlavorID == id {
			rows = append(rows, row)
		}
	}
	return whole(r, rows, flavorShape())
}
