package archive

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"syncer/catalog"
)

// The moment of a folder: RFC 3339 with at most microseconds, which is what
// Postgres keeps; dashes may stand for the colons.
var momentName = regexp.MustCompile(
	`^(\d{4}-\d{2}-\d{2})T(\d{2})[:-](\d{2})[:-](\d{2})(\.\d{1,6})?(?:(Z)|([+-]\d{2})[:-](\d{2}))$`)

// parseMoment reads the name of a snapshot's folder.
func parseMoment(name string) (time.Time, error) {
	part := momentName.FindStringSubmatch(name)
	if part == nil {
		return time.Time{}, fmt.Errorf("name is no RFC 3339 moment; want one such as 2026-01-05T00:00:00Z")
	}
	zone := part[6]
	if zone == "" {
		zone = part[7] + ":" + part[8]
	}
	moment, err := time.Parse(time.RFC3339Nano, part[1]+"T"+part[2]+":"+part[3]+":"+part[4]+part[5]+zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("name is no moment that exists: %w", err)
	}
	return moment.UTC(), nil
}

// momentText is the folder's name that Write gives to a moment.
func momentText(moment time.Time) string { return moment.UTC().Format(time.RFC3339Nano) }

var partName = regexp.MustCompile(`^page-(\d{4,5})(?:\.(\d{1,5}))?\.(json|xml)(?:\.(gz|zst))?$`)

// place is where a file stands in its snapshot.
type place struct {
	page        int // from 1
	part        int // from 1; 0 for a page of one unnumbered part
	mediaType   string
	compression string // gz, zst or ""
}

func parsePartName(name string) (place, error) {
	found := partName.FindStringSubmatch(name)
	if found == nil {
		return place{}, fmt.Errorf("name is no page; want one such as page-0001.json or page-0001.2.xml.gz")
	}
	at := place{mediaType: found[3], compression: found[4]}
	at.page, _ = strconv.Atoi(found[1]) // at most five digits
	if found[2] != "" {
		at.part, _ = strconv.Atoi(found[2]) // likewise
		if at.part == 0 {
			return place{}, fmt.Errorf("parts are counted from 1")
		}
	}
	if at.page < 1 || at.page > catalog.MaxPages {
		return place{}, fmt.Errorf("pages are counted from 1 to %d", catalog.MaxPages)
	}
	return at, nil
}

// plainName is the file's name before compression, as the manifest states it.
func (p place) plainName() string {
	if p.part == 0 {
		return fmt.Sprintf("page-%04d.%s", p.page, p.mediaType)
	}
	return fmt.Sprintf("page-%04d.%d.%s", p.page, p.part, p.mediaType)
}
