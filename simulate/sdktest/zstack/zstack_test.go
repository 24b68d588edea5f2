package zstack

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/terraform-zstack-modules/zstack-sdk-go/pkg/client"
	"github.com/terraform-zstack-modules/zstack-sdk-go/pkg/param"

	"syncer/simulate"
)

// simulated starts the simulated providers and returns where ZStack is. weeks
// is the date in the simulated world.
func simulated(t *testing.T, weeks, products int) simulate.Endpoint {
	t.Helper()
	simulation, err := simulate.New(simulate.Options{
		Now: time.Now, Products: products, Location: time.Local, // the SDK signs with the zone of its own machine
		At: func() time.Time { return simulate.WorldStart().AddDate(0, 0, 7*weeks) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := simulation.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = simulation.Close() })
	for _, endpoint := range simulation.Endpoints() {
		if endpoint.Provider == "zstack" {
			return endpoint
		}
	}
	t.Fatal("ZStack is not simulated")
	return simulate.Endpoint{}
}

func config(t *testing.T, endpoint simulate.Endpoint) *client.ZSConfig {
	t.Helper()
	base, err := url.Parse(endpoint.BaseURL)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(base.Port())
	if err != nil {
		t.Fatal(err)
	}
	return client.NewZSConfig(base.Hostname(), port, strings.Trim(base.Path, "/")).ReadOnly(true)
}

// loggedIn is the SDK with a session.
func loggedIn(t *testing.T, endpoint simulate.Endpoint) *client.ZSClient {
	t.Helper()
	sdk := client.NewZSClient(config(t, endpoint).LoginAccount(endpoint.Credentials["account"], endpoint.Credentials["password"]))
	session, err := sdk.Login()
	if err != nil {
		t.Fatal(err)
	}
	if until := time.Until(session.ExpiredDate); len(session.UUID) != 32 || session.CreateDate.IsZero() || until < -24*time.Hour || until > 26*time.Hour {
		t.Errorf("session %+v", session) // the SDK takes every date for one of Shanghai
	}
	return sdk
}

func query(pairs ...string) param.QueryParam {
	params := param.NewQueryParam()
	for i := 0; i < len(pairs); i += 2 {
		params.Add(pairs[i], pairs[i+1])
	}
	return params
}

func TestSession(t *testing.T) {
	endpoint := simulated(t, 0, 0)
	sdk := loggedIn(t, endpoint)
	if valid, err := sdk.ValidateSession(); err != nil || !valid["valid"] {
		t.Errorf("got %v, %v", valid, err)
	}
	if err := sdk.Logout(); err != nil {
		t.Error(err)
	}
	if _, err := sdk.QueryInstaceOffering(query()); err == nil {
		t.Error("a query without a session: got no error")
	}
	wrong := client.NewZSClient(config(t, endpoint).LoginAccount(endpoint.Credentials["account"], "wrong"))
	if _, err := wrong.Login(); err == nil || !strings.Contains(err.Error(), "ID.1000") {
		t.Errorf("a wrong password: got %v", err)
	}
}

func TestInstanceOfferings(t *testing.T) {
	sdk := loggedIn(t, simulated(t, 2, 0))
	offerings, err := sdk.QueryInstaceOffering(query("sort", "+uuid", "q", "name=medium", "limit", "5"))
	if err != nil || len(offerings) != 1 {
		t.Fatalf("got %+v, %v", offerings, err)
	}
	medium := offerings[0]
	if medium.CpuNum != 2 || medium.MemorySize != 4<<30 || medium.State != "Enabled" || medium.CreateDate.IsZero() || medium.Type != "UserVm" {
		t.Errorf("got %+v", medium)
	}
	offering, err := sdk.GetInstanceOffering(medium.UUID)
	if err != nil || offering.Name != "medium" {
		t.Errorf("got %+v, %v", offering, err)
	}
	if _, err := sdk.GetInstanceOffering("no-such"); err == nil {
		t.Error("an unknown uuid: got no error")
	}
	disks, err := sdk.QueryDiskOffering(query())
	if err != nil || len(disks) != 1 || disks[0].DiskSize != 20<<30 {
		t.Errorf("got %+v, %v", disks, err)
	}
}

// TestAllPages lets the SDK page by itself and compares with one long page.
func TestAllPages(t *testing.T) {
	sdk := loggedIn(t, simulated(t, 0, 120))
	type row struct {
		UUID string `json:"uuid"`
	}
	var all, once []row
	params := query("sort", "+uuid")
	if err := sdk.ListAll("v1/instance-offerings", &params, &all); err != nil {
		t.Fatal(err)
	}
	params = query("sort", "+uuid", "limit", "1000")
	total, err := sdk.Page("v1/instance-offerings", &params, &once)
	if err != nil || total != 122 || !slices.Equal(all, once) {
		t.Errorf("paged %d rows, at once %d of %d, %v", len(all), len(once), total, err)
	}
}

func TestAccessKey(t *testing.T) {
	endpoint := simulated(t, 0, 0)
	sdk := client.NewZSClient(config(t, endpoint).AccessKey(endpoint.Alternative["access_key"], endpoint.Alternative["secret_key"]))
	if offerings, err := sdk.QueryInstaceOffering(query("limit", "1")); err != nil || len(offerings) != 1 {
		t.Errorf("got %+v, %v", offerings, err)
	}
	wrong := client.NewZSClient(config(t, endpoint).AccessKey(endpoint.Alternative["access_key"], "wrong"))
	if _, err := wrong.QueryInstaceOffering(query()); err == nil || !strings.Contains(strings.ToLower(err.Error()), "accesskey") {
		t.Errorf("a wrong key: got %v", err)
	}
}

// TestPrices goes through the SDK's own client, which has no words for billing.
func TestPrices(t *testing.T) {
	sdk := loggedIn(t, simulated(t, 2, 0))
	var tables []struct {
		UUID string `json:"uuid"`
		Name string `json:"name"`
	}
	params := query("sort", "+uuid")
	if err := sdk.List("v1/billings/price-tables", &params, &tables); err != nil || len(tables) != 1 {
		t.Fatalf("got %+v, %v", tables, err)
	}
	var prices []struct {
		ResourceName  string    `json:"resourceName"`
		Price         float64   `json:"price"`
		DateInLong    int64     `json:"dateInLong"`
		EndDateInLong int64     `json:"endDateInLong"`
		CreateDate    time.Time `json:"createDate"`
	}
	params = query("q", "tableUuid="+tables[0].UUID, "q", "resourceName=cpu", "sort", "+dateInLong")
	if err := sdk.List("v1/billings/prices", &params, &prices); err != nil || len(prices) != 2 {
		t.Fatalf("got %+v, %v", prices, err)
	}
	if old, now := prices[0], prices[1]; old.Price != 0.0000125 || old.EndDateInLong != now.DateInLong || now.Price != 0.000012 || now.CreateDate.IsZero() {
		t.Errorf("got %+v", prices)
	}
}
