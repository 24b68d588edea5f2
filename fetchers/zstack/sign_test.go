package zstack

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
	_ "time/tzdata" // the zones below, whatever the machine has

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// The vectors come from the vendor's documented formula.
func TestSignature(t *testing.T) {
	const secret = "zsAccessKeySecret00000000000000000000001"
	for _, c := range []struct{ date, path, want string }{
		{"Tue, 14 Nov 2023 22:13:20 UTC", "/v1/instance-offerings", "ATKfiFE02eoRXnN6v6yGqb9PoYQ="},
		{"Wed, 15 Nov 2023 06:13:20 CST", "/v1/instance-offerings", "kz3y3k0JADuLvG7lekP8flAacIw="},
		{"Wed, 15 Nov 2023 06:13:20 Asia/Shanghai", "/v1/instance-offerings", "lv4W62rQdH5qNZZ/50GtvTzDePY="},
		{"Wed, 15 Nov 2023 07:13:20 KST", "/v1/instance-offerings/b1c967830a5f4b198b291d7f22cc8a2f", "IGvJ1/bN14zVd7A4rRvfOMas6BQ="},
		{"Tue, 14 Nov 2023 22:13:20 UTC", "/v1/billings/prices", "3yce19tV8ztdSx/n/j/uFYIFhi8="},
	} {
		if got := signature(secret, "GET", c.date, c.path); got != c.want {
			t.Errorf("%s %s: got %s, want %s", c.date, c.path, got, c.want)
		}
	}
}

// TestAccessKeyDate wants the wall clock of the management server.
func TestAccessKeyDate(t *testing.T) {
	seoul, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	source := catalog.Source{
		BaseURL: "http://localhost:8080/zstack", Location: seoul, Credentials: map[string]catalog.Secret{
			"access_key": catalog.NewSecret("zsAccessKeyId00000001"),
			"secret_key": catalog.NewSecret("zsAccessKeySecret00000000000000000000001"),
		},
	}
	client, err := web.New(source, web.API{}, web.Options{Now: func() time.Time { return time.Unix(1700000000, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodGet, "http://localhost:8080/zstack/v1/instance-offerings/b1c967830a5f4b198b291d7f22cc8a2f?start=0", nil)
	if err := (&accessKey{client: client, source: source}).sign(request); err != nil {
		t.Fatal(err)
	}
	if got := request.Header.Get("Date"); got != "Wed, 15 Nov 2023 07:13:20 KST" {
		t.Errorf("got Date %q", got)
	}
	if got := request.Header.Get("Authorization"); got != "ZStack zsAccessKeyId00000001:IGvJ1/bN14zVd7A4rRvfOMas6BQ=" {
		t.Errorf("got Authorization %q", got)
	}
}

func TestZonesWithoutAName(t *testing.T) {
	for zone, want := range map[string]string{
		"UTC": "Tue, 14 Nov 2023 22:13:20 UTC", "Asia/Shanghai": "Wed, 15 Nov 2023 06:13:20 CST",
		"Asia/Dubai": "Wed, 15 Nov 2023 02:13:20 GMT+04:00", "America/Sao_Paulo": "Tue, 14 Nov 2023 19:13:20 GMT-03:00",
	} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := dateText(time.Unix(1700000000, 0).In(location)); got != want {
			t.Errorf("%s: got %q, want %q", zone, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	seoul, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	want := time.Date(2017, 6, 7, 12, 20, 40, 0, time.UTC)
	for _, text := range []string{
		"Jun 7, 2017 9:20:40 PM", "Jun 7, 2017, 9:20:40 PM", "Jun 7, 2017, 9:20:40\u202fPM", "2017-6-7 21:20:40",
	} {
		if got, err := parseDate(text, seoul); err != nil || !got.Equal(want) {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "7 juin 2017 21:20:40", "Jun 7, 2017 21:20:40 PM"} {
		if got, err := parseDate(text, seoul); err == nil {
			t.Errorf("%q: got %v", text, got)
		}
	}
}
