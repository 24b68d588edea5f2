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
type codes func(answer web.Object, prefix string, read reader) []catalog.Entry

// reader turns each row of a list into an entry: key and name from the named
// members, the rest by more.
type reader func(rows web.Value, prefix, key, name string, more func(*catalog.Entry, web.Object, map[string]any)) []catalog.Entry

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
	document, err := web.ParseJSON(page.Parts[0].Body)
	if err != nil {
		return catalog.Decoded{}, err
	}
	service, prefix := queryOf(page.Parts[0].Request).Get("service_id"), ""
	if service != "" {
		prefix = service + "/"
	}
	end := catalog.End{Scope: service, Last: true}
	switch {
	case len(page.Parts) > 1:
		if end.Last, err = isLast(service, page.Parts[1]); err != nil {
			return catalog.Decoded{}, fmt.Errorf("part 2: %w", err)
		}
	case service != "":
		return catalog.Decoded{}, fmt.Errorf("the page lacks the answer that names the services: whether one follows %q is not known", service)
	}
	answer := envelope(document)
	entries := read(answer, prefix, readRows(document, service))
	answer.Done()
	return result(document, entries, end)
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

func readRows(document *web.Document, service string) reader {
	return func(rows web.Value, prefix, key, name string, more func(*catalog.Entry, web.Object, map[string]any)) []catalog.Entry {
		var entries []catalog.Entry
		for _, value := range rows.Rows() {
			row := value.Object()
			entry := catalog.Entry{Key: prefix + row.Get(key).Key(), Name: textOf(row.Get(name))}
			document.About(entry.Key)
			attributes := map[string]any{}
			keepText(attributes, row, key)
			if service != "" {
				attributes["service_id"] = service
			}
			more(&entry, row, attributes)
			entry.Attributes = row.Attributes(attributes)
			row.Done()
			entries = append(entries, entry)
		}
		return entries
	}
}

// contractTypes reads both lists of the answer; the same code may stand in
// both, so the list's name is a part of the key.
func contractTypes(answer web.Object, prefix string, read reader) []catalog.Entry {
	var entries []catalog.Entry
	for _, use := range []string{"contract_types", "extension_types"} {
		entries = append(entries, read(answer.Get(use), prefix+use+"/", "code", "display_name",
			func(_ *catalog.Entry, _ web.Object, attributes map[string]any) { attributes["use"] = use })...)
	}
	return entries
}

// osTypes: os_type_value is the word that creating a contract takes.
func osTypes(answer web.Object, prefix string, read reader) []catalog.Entry {
	return read(answer.Get("os_types"), prefix, "os_type_id", "display_name",
		func(_ *catalog.Entry, row web.Object, attributes map[string]any) {
			keepText(attributes, row, "os_type_value")
		})
}

// serverTypes: memory_gb is a power of two, so GB is taken as GiB.
// scale_up_yn compares with current_server_type, which is not asked with.
func serverTypes(answer web.Object, prefix string, read reader) []catalog.Entry {
	return read(answer.Get("server_types"), prefix, "server_type", "server_type",
		func(entry *catalog.Entry, row web.Object, attributes map[string]any) {
			entry.VCPU = size(row.Get("core"))
			if memory := size(row.Get("memory_gb")); memory != nil {
				mebibytes := memory.Mul(decimal.NewFromInt(1024))
				entry.MemoryMiB = &mebibytes
			}
			keepText(attributes, row, "instance_type", "gpu_name")
			web.Keep(attributes, "scale_up_yn", yesNo(row.Get("scale_up_yn")))
			web.Keep(attributes, "server_type_description", description(row.Get("server_type_description")))
		})
}

// decodeServices reads the list of services itself.
func (f *fetcher) decodeServices(page catalog.Page) (catalog.Decoded, error) {
	document, err := web.ParseJSON(page.Parts[0].Body)
	if err != nil {
		return catalog.Decoded{}, err
	}
	answer := envelope(document)
	entries := readRows(document, "")(answer.Get("services"), "", "service_id", "display_name",
		func(*catalog.Entry, web.Object, map[string]any) {})
	answer.Done()
	return result(document, entries, catalog.End{Last: true})
}
