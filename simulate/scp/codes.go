package scp

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"syncer/simulate/fault"
)

// services are those that a question is about: one, or all.
func (c call) services() []serviceRow {
	id := c.URL.Query().Get("service_id")
	if id == "" {
		return c.catalog.services
	}
	return []serviceRow{c.catalog.service(id)}
}

// distinct joins the codes of services, each once.
func distinct[T comparable](services []serviceRow, codes func(serviceRow) []T) []T {
	var all []T
	for _, service := range services {
		for _, code := range codes(service) {
			if !slices.Contains(all, code) {
				all = append(all, code)
			}
		}
	}
	return all
}

func contractTypes(c call) fault.Answer {
	services := c.services()
	shape := fault.Shape{ID: "code", Name: "display_name"}
	contracts := distinct(services, func(s serviceRow) []codeRow { return s.contracts })
	extensions := distinct(services, func(s serviceRow) []codeRow { return s.extensions })
	return listed("contract_types", render(c.active, c.active.Picks(len(contracts), 1), contracts, shape),
		fmt.Sprintf(`,"extension_types":%s`, fault.Rows(render(c.active, c.active.Picks(len(extensions), 1), extensions, shape))))
}

func osTypes(c call) fault.Answer {
	systems := distinct(c.services(), func(s serviceRow) []osRow { return s.systems })
	return listed("os_types", render(c.active, c.active.Picks(len(systems), 1), systems, fault.Shape{ID: "os_type_id", Name: "display_name"}), "")
}

// serverTypeWire is a ServerTypeDTO: numbers are texts in schema and sample.
type serverTypeWire struct {
	ServerType            string  `json:"server_type"`
	ServerTypeDescription string  `json:"server_type_description"`
	InstanceType          string  `json:"instance_type"`
	Core                  string  `json:"core"`
	MemoryGB              string  `json:"memory_gb"`
	GPUName               *string `json:"gpu_name"`
	ScaleUpYN             any     `json:"scale_up_yn"`
}

// serverTypes answers 500 without parameters, as the platform does since June
// 2026.
func serverTypes(c call) fault.Answer {
	query := c.URL.Query()
	if query.Get("service_id") == "" && query.Get("current_server_type") == "" && query.Get("os_type") == "" {
		return refusals{}.Failure(http.StatusInternalServerError)
	}
	servers := distinct(c.services(), func(s serviceRow) []serverRow { return s.servers })
	now := slices.IndexFunc(servers, func(s serverRow) bool { return s.name == query.Get("current_server_type") })
	rows := make([]serverTypeWire, len(servers))
	for i, server := range servers {
		larger := now < 0 || server.core > servers[now].core || server.core == servers[now].core && server.memory > servers[now].memory
		rows[i] = serverTypeWire{
			ServerType: server.name, InstanceType: server.family, Core: strconv.Itoa(server.core), MemoryGB: strconv.Itoa(server.memory),
			GPUName: orNull(server.gpu), ScaleUpYN: c.spell.yes(larger),
		}
	}
	return listed("server_types", render(c.active, c.active.Picks(len(rows), 1), rows, fault.Shape{ID: "server_type", Name: "instance_type"}), "")
}

type serviceWire struct {
	ServiceID   string `json:"service_id"`
	DisplayName string `json:"display_name"`
}

func serviceTypes(c call) fault.Answer {
	rows := make([]serviceWire, len(c.catalog.services))
	for i, service := range c.catalog.services {
		rows[i] = serviceWire{service.id, service.name}
	}
	return listed("services", render(c.active, c.active.Picks(len(rows), 1), rows, fault.Shape{ID: "service_id", Name: "display_name"}), "")
}

// versions is what every service host says to everybody; the SDK asks it
// before each call.
func versions(c call) fault.Answer {
	return success(map[string]any{"versions": []any{map[string]any{
		"id": "v1.0", "links": []any{map[string]any{"href": c.address() + "/v1", "rel": "self"}},
		"not_before": "2026-02-23", "status": "CURRENT",
	}}})
}

// endpoints is iam's catalogue of services, by which the SDK finds them.
func endpoints(c call) fault.Answer {
	endpoint := func(service string) map[string]any {
		return map[string]any{"region": "", "service_type": "scp-" + service, "service_name": service, "url": c.address()}
	}
	return success(map[string]any{"endpoints": []any{endpoint("billingplan"), endpoint("pricing"), endpoint("iam")}})
}

func (c call) address() string {
	if c.TLS != nil {
		return "https://" + c.Host
	}
	return "http://" + c.Host
}
