package iwinv

import (
	"net/http"
	"slices"

	"syncer/simulate/fault"
)

// zoneRow has content as live rows do; no document names it.
type zoneRow struct {
	Content  []string `json:"content"`
	Status   string   `json:"status"`
	ZoneID   string   `json:"zone_id"`
	ZoneName string   `json:"zone_name"`
}

// storageRow: sizes in GB; zones is null when the type is sold everywhere.
type storageRow struct {
	Type  string   `json:"type"`
	Min   int      `json:"min"`
	Max   int      `json:"max"`
	Zones []string `json:"zones"`
}

// imageRow has the members of public images; min_disk in GB, min_ram in MB,
// file_size in bytes.
type imageRow struct {
	Name        string   `json:"name"`
	ImageID     string   `json:"image_id"`
	Visibility  string   `json:"visibility"`
	OS          system   `json:"os"`
	ImageType   string   `json:"image_type"`
	Zone        []string `json:"zone"`
	Tags        []string `json:"tags"`
	Status      string   `json:"status"`
	Protected   bool     `json:"protected"`
	Description string   `json:"description"`
	MinDisk     int      `json:"min_disk"`
	MinRAM      int      `json:"min_ram"`
	FileSize    int64    `json:"file_size"`
	CreatedAt   string   `json:"created_at"`
	UpdatedAt   string   `json:"updated_at"`
}

type system struct {
	Type    string   `json:"type"`
	Name    string   `json:"name"`
	Status  string   `json:"status"`
	Content []string `json:"content"`
	OSType  string   `json:"os_type"`
	Version string   `json:"version"`
	OID     string   `json:"oid"`
}

func zones(r request) fault.Answer {
	return whole(r, r.catalog.zones, fault.Shape{ID: "zone_id", Name: "zone_name"})
}

func storageTypes(r request) fault.Answer {
	kind := r.URL.Query().Get("type")
	if kind == "" {
		return whole(r, r.catalog.storage, fault.Shape{ID: "type", Name: "min"})
	}
	at := slices.IndexFunc(r.catalog.storage, func(row storageRow) bool { return row.Type == kind })
	if at < 0 {
		return failure(http.StatusBadRequest, checkParam)
	}
	return whole(r, r.catalog.storage[at:at+1], fault.Shape{ID: "type", Name: "min"})
}

func imageShape() fault.Shape { return fault.Shape{ID: "image_id", Name: "name"} }

func images(r request) fault.Answer {
	query := r.URL.Query()
	var rows []imageRow
	for _, row := range r.catalog.images {
		if meets(commas(query.Get("zone_id")), row.Zone) &&
			meets(commas(query.Get("name")), []string{row.Name}) &&
			meets(commas(query.Get("os")), []string{row.OS.OSType}) &&
			meets(commas(query.Get("type")), []string{row.ImageType}) &&
			meets(commas(query.Get("visibility")), []string{row.Visibility}) {
			rows = append(rows, row)
		}
	}
	return paged(r, rows, imageShape(), withoutTotal)
}

// image answers 400 for an unknown id, unlike flavor.
func image(r request, id string) fault.Answer {
	at := slices.IndexFunc(r.catalog.images, func(row imageRow) bool { return row.ImageID == id })
	if at < 0 {
		return failure(http.StatusBadRequest, idInvalid)
	}
	return whole(r, r.catalog.images[at:at+1], imageShape())
}
