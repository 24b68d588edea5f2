package zstack_test

import (
	"strings"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
	"syncer/fetchers/zstack"
)

func fetcher(t testing.TB, list, baseURL string, options web.Options) catalog.Fetcher {
	t.Helper()
	options.Now = func() time.Time { return time.Unix(1700000000, 0) }
	fetchers, err := zstack.New(catalog.Source{
		Name: "zs", BaseURL: baseURL, Location: time.FixedZone("KST", 9*3600), Options: map[string]string{"page_size": "2"},
		Credentials: map[string]catalog.Secret{"account": catalog.NewSecret("admin"), "password": catalog.NewSecret("password")},
	}, options)
	if err != nil {
		t.Fatal(err)
	}
	for _, fetcher := range fetchers {
		if fetcher.List().ID.Name == list {
			return fetcher
		}
	}
	t.Fatalf("no list %q", list)
	return nil
}

func page(body, query string) catalog.Page {
	return catalog.Page{Number: 1, Parts: []catalog.Part{{Request: "GET /v1/x?" + query, MediaType: "json", Body: []byte(body)}}}
}

func TestSizesAreExact(t *testing.T) {
	for bytes, want := range map[string]string{
		"2097152.0": "2", "2097152": "2", `"1048576"`: "1", "1": "0.00000095367431640625",
		"9223372036854775807": "8796093022207.99999904632568359375", "0": "0",
	} {
		body := `{"inventories":[{"uuid":"a","state":"Enabled","memorySize":` + bytes + `}]}`
		decoded, err := fetcher(t, "instance-offerings", "http://localhost/zstack", web.Options{}).Decode(page(body, ""))
		if err != nil {
			t.Fatal(err)
		}
		if got := catalog.DecimalText(*decoded.Entries[0].MemoryMiB); got != want {
			t.Errorf("%s bytes: got %s MiB, want %s", bytes, got, want)
		}
	}
	decoded, err := fetcher(t, "disk-offerings", "http://localhost/zstack", web.Options{}).
		Decode(page(`{"inventories":[{"uuid":"a","diskSize":1610612736}]}`, ""))
	if err != nil || decoded.Entries[0].DiskGiB.String() != "1.5" {
		t.Errorf("got %v, %v", decoded.Entries, err)
	}
}

func TestLastOpDateIsNoContent(t *testing.T) {
	digest := func(date string) catalog.Digest {
		decoded, err := fetcher(t, "disk-offerings", "http://localhost/zstack", web.Options{}).
			Decode(page(`{"inventories":[{"uuid":"a","lastOpDate":"`+date+`"}]}`, ""))
		if err != nil {
			t.Fatal(err)
		}
		return decoded.Entries[0].Digest()
	}
	if digest("Jun 7, 2017 9:20:13 PM") != digest("Jun 8, 2017 9:20:13 PM") {
		t.Error("lastOpDate makes a version")
	}
}

func TestEndOfList(t *testing.T) {
	two := `[{"uuid":"a"},{"uuid":"b"}]`
	for _, c := range []struct {
		rows, total, query string
		last               bool
	}{
		{two, ``, "start=0&limit=2", false},
		{two, ``, "start=0&limit=3", true},
		{two, ``, "", true},
		{two, `,"total":2`, "start=0&limit=2", true},
		{two, `,"total":"4"`, "start=2&limit=2", true},
		{two, `,"total":5`, "start=2&limit=2", false},
		{`[]`, `,"total":5`, "start=4&limit=2", true},
	} {
		decoded, err := fetcher(t, "disk-offerings", "http://localhost/zstack", web.Options{}).
			Decode(page(`{"inventories":`+c.rows+c.total+`}`, c.query))
		if err != nil || decoded.End.Last != c.last {
			t.Errorf("%v: last is %t, error %v", c, decoded.End.Last, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	for want, body := range map[string]string{
		"error: the answer is an error: SYS.1001: timeout": `{"error":{"code":"SYS.1001","description":"timeout"}}`,
		"want JSON": `no api mapping to /v1/x`,
	} {
		_, err := fetcher(t, "instance-offerings", "http://localhost/zstack", web.Options{}).Decode(page(body, ""))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestRowsSetAside(t *testing.T) {
	for want, row := range map[string]string{
		"inventories[0].memorySize: want an amount of at least 0":                      `{"uuid":"a","memorySize":-1}`,
		"inventories[0].uuid: want a text that is not empty, got 12345678901234567890": `{"uuid":12345678901234567890}`,
	} {
		decoded, err := fetcher(t, "instance-offerings", "http://localhost/zstack", web.Options{}).
			Decode(page(`{"inventories":[`+row+`,{"uuid":"b","cpuNum":2}]}`, ""))
		if err != nil || len(decoded.SetAside) != 1 || !strings.HasPrefix(decoded.SetAside[0].Detail, want) {
			t.Errorf("got %v, %v, want %s", decoded.SetAside, err, want)
		}
		if last := decoded.Entries[len(decoded.Entries)-1]; last.Key != "b" || last.VCPU.String() != "2" {
			t.Errorf("%s: the other row is %+v", row, last)
		}
	}
}

// TestDateInAnyForm reads the list whatever a date looks like: what is understood is
// a date, all else stays as sent, with a warning.
func TestDateInAnyForm(t *testing.T) {
	for sent, want := range map[string]string{
		`"Jun 7, 2017 9:20:40 PM"`: "2017-06-07T12:20:40Z", `"2026-4-26 23:05:50"`: "2026-04-26T14:05:50Z",
		`"2026年4月26日 下午11:05:50"`: "2026-04-26T14:05:50Z", `"2026年4月26日 上午1:05:50"`: "2026-04-25T16:05:50Z", `"2026年4月26日 23:05:50"`: "2026-04-26T14:05:50Z",
		`"2026-04-26T23:05:50"`: "2026-04-26T14:05:50Z", `"2026-04-26T23:05:50+08:00"`: "2026-04-26T15:05:50Z", `"2026-04-26T23:05:50.000Z"`: "2026-04-26T23:05:50Z",
		`"7.6.2017"`: "7.6.2017 warned", `1496870440000`: "1496870440000 warned",
	} {
		decoded, err := fetcher(t, "instance-offerings", "http://localhost/zstack", web.Options{}).
			Decode(page(`{"inventories":[{"uuid":"a","createDate":`+sent+`}]}`, ""))
		if err != nil || len(decoded.SetAside) != 0 {
			t.Fatal(decoded.SetAside, err)
		}
		got := strings.NewReplacer(`{"create_date":`, "", `"`, "", "}", "").Replace(string(decoded.Entries[0].Attributes)) + strings.Repeat(" warned", len(decoded.Warnings))
		if got != want {
			t.Errorf("%s: got %s, want %s", sent, got, want)
		}
	}
}
