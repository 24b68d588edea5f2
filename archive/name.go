package archive

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"syncer/catalog"
)

// The moment of a snapshot: RFC 3339 with at most microseconds, which is what
// Postgres keeps. Where a file system refuses colons, dashes may stand for
// them, or nothing (2026-01-05T000000+0900); the two spellings of ISO 8601
// are not mixed within the time.
var momentName = regexp.MustCompile(
	`^(\d{4}-\d{2}-\d{2})T(?:(\d{2}):(\d{2}):(\d{2})|(\d{2})-(\d{2})-(\d{2})|(\d{2})(\d{2})(\d{2}))` +
		`(\.\d{1,6})?(?:(Z)|([+-]\d{2})[:-]?(\d{2}))$`)

// parseMoment reads the name of a snapshot.
func parseMoment(name string) (time.Time, error) {
	part := momentName.FindStringSubmatch(name)
	if part == nil {
		return time.Time{}, fmt.Errorf("name is no RFC 3339 moment; want one such as 2026-01-05T00:00:00Z")
	}
	clock := strings.Join([]string{part[2] + part[5] + part[8], part[3] + part[6] + part[9], part[4] + part[7] + part[10]}, ":")
	zone := part[12]
	if zone == "" {
		zone = part[13] + ":" + part[14]
	}
	moment, err := time.Parse(time.RFC3339Nano, part[1]+"T"+clock+part[11]+zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("name is no moment that exists: %w", err)
	}
	return moment.UTC(), nil
}

// momentText is the folder's name that Write gives to a moment.
func momentText(moment time.Time) string { return moment.UTC().Format(time.RFC3339Nano) }

// entriesName ends a file that is a snapshot by itself.
var entriesName = regexp.MustCompile(`^(.+)\.jsonl(?:\.(gz|zst))?$`)

// flatMoment is the text of the moment in the name of a file that is a
// snapshot by itself, and how the file is compressed.
func flatMoment(name string) (moment, compression string, flat bool) {
	found := entriesName.FindStringSubmatch(name)
	if found == nil {
		return name, "", false
	}
	return found[1], found[2], true
}

var partName = regexp.MustCompile(`^page-(\d{4,5})(?:\.(\d{1,5}))?\.(json|xml|jsonl)(?:\.(gz|zst))?$`)

// place is where a file stands in its snapshot.
type place struct {
	page        int // from 1
	part        int // from 1; 0 for a page of one unnumbered part
	mediaType   string
	compression string // gz, zst or ""
}

func parsePartName(name string) (place, error) {
	if moment, compression, flat := flatMoment(name); flat && moment == "entries" {
		return place{page: 1, mediaType: mediaEntries, compression: compression}, nil
	}
	found := partName.FindStringSubmatch(name)
	if found == nil {
		return place{}, fmt.Errorf("name is no page; want one such as page-0001.json or page-0001.2.xml.gz%s", packedHint(name))
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

func packedHint(name string) string {
	if isTar(name) {
		return " (an archive within the archive is not opened; load it by itself)"
	}
	return ""
}

// plainName is the file's name before compression, as the manifest states it.
func (p place) plainName() string {
	if p.part == 0 {
		return fmt.Sprintf("page-%04d.%s", p.page, p.mediaType)
	}
	return fmt.Sprintf("page-%04d.%d.%s", p.page, p.part, p.mediaType)
}

// shown is a name as it may stand in an error: one that could move a
// terminal's cursor is quoted.
func shown(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
}
