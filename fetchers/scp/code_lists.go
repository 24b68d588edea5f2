package scp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

const servicesPath = contractsPath + "/service-types"

// codes reads the rows of one code list's answer. prefix is the service whose
// codes they are, with a slash, or "" when the answer is for all services.
type codes func(answer web.Object, prefix string, read reader)

// reader takes in each row of a list: key and name from the named members, the rest
// by more.
type reader func(rows web.Value, prefix, key, name string, more func(*catalog.Entry, web.Object, map[string]any))

// codeList is a list that is asked for service by service. The same code may
// stand for other content in another service, so a key is service and code
// with a slash between, and both are attributes too.
func codeList(name string, read codes) list {
	return list{
		name: name, kind: catalog.Products, decoderVersion: 1, walk: (*fetcher).walkByService,
		decode: func(f *fetcher, page catalog.Page) (catalog.Decoded, error) { return f.decodeCodes(page, read) },
	}
}

// decodeCodes reads the answer for one service. The second part names all
// services; a page that was asked for no service is one answer for everything.
func (f *fetcher) decodeCodes(page catalog.Page, read codes) (catalog.Decoded, error) {
	if strings.HasPrefix(page.Parts[0].Request, "GET "+servicesPath) {
		return noServices(page)
	}
	service, prefix := queryOf(page.Parts[0].Request).Get("service_id"), ""
	if service != "" {
		prefix = service + "/"
	}
	end := catalog.End{Scope: service, Last: true}
	switch {
	case len(page.Parts) > 1:
		var err error
		if end.Last, err = isLast(service, page.Parts[1]); err != nil {
			return catalog.Decoded{}, fmt.Errorf("part 2: %w", err)
		}
	case service != "":
		return catalog.Decoded{}, fmt.Errorf("the page lacks the answer that names the services: whether one follows %q is not known", service)
	}
	if lack := lackOf(page.Parts[0]); lack != nil {
		return unanswered(service, lack, end), nil
	}
	document, err := web.ParseJSON(page.Parts[0].Body)
	if err != nil {
		return catalog.Decoded{}, err
	}
	answer, rows := envelope(document), web.NewRows(document)
	read(answer, prefix, readRows(rows, service))
	answer.Done()
	decoded, err := result(document, end)
	if err == nil {
		rows.Into(&decoded)
	}
	return decoded, err
}

// unanswered is what a page says of a service that was not answered for: nobody
// knows which keys it has, so one row without a name stands for all of them.
func unanswered(service string, lack *lack, end catalog.End) catalog.Decoded {
	return catalog.Decoded{End: end, SetAside: []catalog.SetAside{{
		Part: catalog.FieldsPart, Reason: lack.reason, Detail: "service " + service + ": " + lack.why,
	}}}
}

// noServices is the whole list when the provider names no service.
func noServices(page catalog.Page) (catalog.Decoded, error) {
	services, err := serviceIDs(page.Parts[0])
	if err == nil && len(services) > 0 {
		err = fmt.Errorf("want the codes of %d services, got only their names", len(services))
	}
	return catalog.Decoded{End: catalog.End{Last: true}}, err
}

func isLast(service string, named catalog.Part) (bool, error) {
	services, err := serviceIDs(named)
	if err != nil {
		return false, err
	}
	if !slices.Contains(services, service) {
		return false, fmt.Errorf("want service %q among the services, got %.200q", service, services)
	}
	return services[len(services)-1] == service, nil
}

// serviceIDs are the services of a service-types answer, each once, as sent.
func serviceIDs(part catalog.Part) ([]string, error) {
	document, err := web.ParseJSON(part.Body)
	if err != nil {
		return nil, err
	}
	var services []string
	for _, row := range envelope(document).Get("services").Rows() {
		if id := row.Object().Get("service_id").Key(); !slices.Contains(services, id) {
			services = append(services, id)
		}
	}
	return services, document.Err()
}

func readRows(into *web.Rows, service string) reader {
	return func(rows web.Value, prefix, key, name string, more func(*catalog.Entry, web.Object, map[string]any)) {
		for _, value := range rows.Rows() {
			var object web.Object
			row := into.Add(func() string {
				object = value.Object()
				return prefix + object.Get(key).Key()
			})
			if row == nil {
				continue
			}
			row.Read(catalog.FieldsPart, func(entry *catalog.Entry) {
				entry.Name = textOf(object.Get(name))
				attributes := map[string]any{}
				keepText(attributes, object, key)
				if service != "" {
					attributes["service_id"] = service
				}
				more(entry, object, attributes)
				entry.Attributes = object.Attributes(attributes)
			})
			object.Done()
		}
	}
}

// contractTypes reads both lists of the answer; the same code may stand in
// both, so the list's name is a part of the key.
func contractTypes(answer web.Object, prefix string, read reader) {
	for _, use := range []string{"contract_types", "extension_types"} {
		read(answer.Get(use), prefix+use+"/", "code", "display_name",
			func(_ *catalog.Entry, _ web.Object, attributes map[string]any) { attributes["use"] = use })
	}
}

// osTypes: os_type_value is the word that creating a contract takes.
func osTypes(answer web.Object, prefix string, read reader) {
	read(answer.Get("os_types"), prefix, "os_type_id", "display_name",
		func(_ *catalog.Entry, row web.Object, attributes map[string]any) {
			keepText(attributes, row, "os_type_value")
		})
}

// serverTypes: memory_gb is a power of two, so GB is taken as GiB.
// scale_up_yn compares with current_server_type, which is not asked with.
func serverTypes(answer web.Object, prefix string, read reader) {
	read(answer.Get("server_types"), prefix, "server_type", "server_type",
		func(entry *catalog.Entry, row web.Object, attributes map[string]any) {
			entry.VCPU, entry.MemoryMiB = size(row.Get("core")), mebibytes(size(row.Get("memory_gb")))
			keepText(attributes, row, "instance_type", "gpu_name")
			web.Keep(attributes, "scale_up_yn", yesNo(row.Get("scale_up_yn")))
			web.Keep(attributes, "server_type_description", description(row.Get("server_type_description")))
		})
}

// mebibytes are those of so many GB.
func mebibytes(gigabytes *decimal.Decimal) *decimal.Decimal {
	if gigabytes == nil {
		return nil
	}
	product := gigabytes.Mul(decimal.NewFromInt(1024))
	return &product
}

// decodeServices reads the list of services itself.
func (f *fetcher) decodeServices(page catalog.Page) (catalog.Decoded, error) {
	document, err := web.ParseJSON(page.Parts[0].Body)
	if err != nil {
		return catalog.Decoded{}, err
	}
	answer, rows := envelope(document), web.NewRows(document)
	readRows(rows, "")(answer.Get("services"), "", "service_id", "display_name",
		func(*catalog.Entry, web.Object, map[string]any) {})
	answer.Done()
	decoded, err := result(document, catalog.End{Last: true})
	if err == nil {
		rows.Into(&decoded)
	}
	return decoded, err
}
