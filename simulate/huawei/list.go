package huawei

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"syncer/simulate/fault"
)

// productRow is a ProductDetailInfo. Members without a value are left out, as
// in the documents' sample, whose order they have.
type productRow struct {
	ProductID         string   `json:"product_id"`
	FlavorID          string   `json:"flavor_id,omitempty"`
	Type              string   `json:"type,omitempty"`
	Architecture      string   `json:"architecture,omitempty"`
	CPU               string   `json:"cpu,omitempty"`
	CPUDesc           string   `json:"cpu_desc,omitempty"`
	Memory            string   `json:"memory,omitempty"` // MB
	IsGPU             bool     `json:"is_gpu"`
	SystemDiskType    string   `json:"system_disk_type,omitempty"`
	SystemDiskSize    string   `json:"system_disk_size,omitempty"`
	GPUDesc           string   `json:"gpu_desc,omitempty"`
	Descriptions      string   `json:"descriptions,omitempty"`
	ChargeMode        string   `json:"charge_mode,omitempty"` // 1 yearly/monthly, 0 on-demand
	ContainDataDisk   *bool    `json:"contain_data_disk,omitempty"`
	ResourceType      string   `json:"resource_type,omitempty"`
	CloudServiceType  string   `json:"cloud_service_type,omitempty"`
	VolumeProductType string   `json:"volume_product_type,omitempty"`
	Sessions          int      `json:"sessions,omitempty"`
	Status            string   `json:"status,omitempty"`
	CondOperationAZ   string   `json:"cond_operation_az,omitempty"`
	SubProductList    []string `json:"sub_product_list,omitempty"`
	DomainIDs         []string `json:"domain_ids"`
	PackageType       string   `json:"package_type,omitempty"`
	SeriesType        string   `json:"series_type,omitempty"`
	ExpireTime        string   `json:"expire_time,omitempty"`
	SupportGPUType    string   `json:"support_gpu_type,omitempty"`
}

// zoneRow is an AvailabilityZoneInfo.
type zoneRow struct {
	Zone        string            `json:"availability_zone"`
	DisplayName string            `json:"display_name"`
	I18n        map[string]string `json:"i18n"`
	SoldOut     soldOut           `json:"sold_out"`
	ProductIDs  []string          `json:"product_ids"` // empty: all
	Visible     bool              `json:"visible"`
	Default     bool              `json:"default_availability_zone"`
}

type soldOut struct {
	Products []string `json:"products"`
}

// products serves the list, whole: it has neither pages nor a total.
func (a *API) products(c call) fault.Answer {
	query := c.URL.Query()
	var kept []productRow
	for _, row := range c.catalog.products {
		if c.catalog.matches(row, query) {
			kept = append(kept, row)
		}
	}
	rows, answer := render(c.active, kept, fault.Shape{ID: "product_id", Name: "descriptions"})
	if answer != nil {
		return *answer
	}
	return fault.Answer{Status: http.StatusOK, Type: jsonType, Body: fmt.Appendf(nil, `{%s"products":%s}`, echoes(query), fault.Rows(rows))}
}

// echoes are the members that appear only where a request filtered by them.
func echoes(query url.Values) string {
	text := ""
	for _, name := range []string{"availability_zone", "os_type"} {
		if value := query.Get(name); value != "" {
			text += fmt.Sprintf("%q:%q,", name, value)
		}
	}
	return text
}

// matches applies the documented filters; empty ones filter nothing. All
// products are Windows.
func (c *catalog) matches(row productRow, query url.Values) bool {
	for name, value := range map[string]string{
		"product_id": row.ProductID, "flavor_id": row.FlavorID, "charge_mode": row.ChargeMode,
		"architecture": row.Architecture, "package_type": row.PackageType, "os_type": "Windows",
	} {
		if wanted := query.Get(name); wanted != "" && wanted != value {
			return false
		}
	}
	zone := query.Get("availability_zone")
	return zone == "" || c.sells(zone, row.ProductID)
}

func (c *catalog) sells(zone, productID string) bool {
	return slices.ContainsFunc(c.zones, func(z zoneRow) bool {
		return z.Zone == zone && (len(z.ProductIDs) == 0 || slices.Contains(z.ProductIDs, productID))
	})
}

func (a *API) availabilityZones(c call) fault.Answer {
	rows, answer := render(c.active, c.catalog.zones, fault.Shape{ID: "availability_zone", Name: "display_name"})
	if answer != nil {
		return *answer
	}
	body := fmt.Appendf(nil, `{"availability_zones":%s`, fault.Rows(rows))
	if total := c.active.Total(c.active.Picks(len(c.catalog.zones), 1)); total != nil {
		body = append(append(body, `,"total_count":`...), total...)
	}
	return fault.Answer{Status: http.StatusOK, Type: jsonType, Body: append(body, '}')}
}

func render[T any](active fault.Active, rows []T, shape fault.Shape) ([]json.RawMessage, *fault.Answer) {
	var out []json.RawMessage
	for _, pick := range active.Picks(len(rows), 1) {
		row, err := active.Row(pick, rows[pick.Index], shape)
		if err != nil {
			return nil, refuse(failure(http.StatusInternalServerError, "APIGW.9999", err.Error()))
		}
		out = append(out, row)
	}
	return out, nil
}
