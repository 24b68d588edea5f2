// Package huawei drives the vendor's own Go SDK, unchanged, against the
// simulated Huawei Cloud. It is a module of its own, because the SDK is 250 MB
// that the program has no use for.
package huawei

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/global"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	bss "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2"
	prices "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	workspaceapp "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/workspaceapp/v1"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/workspaceapp/v1/model"
	"github.com/shopspring/decimal"

	"syncer/simulate/fault"
	simulated "syncer/simulate/huawei"
	"syncer/simulate/world"
)

const (
	project = "29dfe82ada564ac2b927e1ff036d9a9b"
	sample  = "workspace.appstream.general.2xlarge.2"
)

// cloud is the simulation on a day of its world. Its clock is the machine's,
// for the SDK takes no other; and the SDK gets a home of its own, because it
// writes an id there.
func cloud(t *testing.T, day int, faults ...string) string {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	config := simulated.Config{
		AccessKey: "HUAWEITESTAK00000001", SecretKey: "huaweiTestSk0000000000000000000000000001",
		Domain: "acme", Username: "reader", Password: "pw", ProjectID: project, DomainID: "d78c", UserID: "7116",
		Now: time.Now, At: func() time.Time { return world.Start().Add(time.Duration(day) * world.Day) },
	}
	for _, text := range faults {
		parsed, err := fault.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		config.Faults = append(config.Faults, parsed)
	}
	server := httptest.NewServer(simulated.New(config))
	t.Cleanup(server.Close)
	return server.URL
}

// client builds the SDK's client as its README does, with the simulation for
// every address.
func client(t *testing.T, builder *core.HcHttpClientBuilder, address string, credential auth.ICredential) *core.HcHttpClient {
	t.Helper()
	built, err := builder.WithRegion(region.NewRegion(simulated.Region, address)).WithCredential(credential).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	return built
}

func keys(t *testing.T, address, secret string) *basic.Credentials {
	t.Helper()
	// Without a project id: the SDK looks it up in IAM.
	credential, err := basic.NewCredentialsBuilder().WithAk("HUAWEITESTAK00000001").WithSk(secret).WithIamEndpointOverride(address).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	return credential
}

const secret = "huaweiTestSk0000000000000000000000000001"

func app(t *testing.T, address string) *workspaceapp.WorkspaceAppClient {
	t.Helper()
	return workspaceapp.NewWorkspaceAppClient(client(t, workspaceapp.WorkspaceAppClientBuilder(), address, keys(t, address, secret)))
}

func TestProducts(t *testing.T) {
	answer, err := app(t, cloud(t, 46)).ListProduct(&model.ListProductRequest{})
	if err != nil || answer.HttpStatusCode != http.StatusOK {
		t.Fatal(err)
	}
	rows := *answer.Products
	first := rows[0]
	if len(rows) != 4 || *first.ProductId != sample || *first.Cpu != "4" || *first.Memory != "8192" || *first.Sessions != 10 || *first.ChargeMode != "0" ||
		*first.Status != "abandon" || *first.CondOperationAz != "cn-north-7c(abandon),cn-north-7b(abandon),cn-north-7a(sellout)" || len(*first.DomainIds) != 0 {
		t.Errorf("got %v", answer)
	}
	for _, row := range rows {
		if row.ExpireTime != nil && row.ExpireTime.String() != "2026-06-30T16:00:00Z" {
			t.Errorf("expires %s", row.ExpireTime)
		}
	}
}

func TestProductsByFilter(t *testing.T) {
	mode, system, zone, odd := "1", "Windows", "cn-north-7a", "a b/한+*~"
	client := app(t, cloud(t, 46))
	answer, err := client.ListProduct(&model.ListProductRequest{ChargeMode: &mode, OsType: &system, AvailabilityZone: &zone})
	if err != nil {
		t.Fatal(err)
	}
	if len(*answer.Products) != 1 || *answer.AvailabilityZone != zone || *answer.OsType != system {
		t.Errorf("got %v", answer)
	}
	answer, err = client.ListProduct(&model.ListProductRequest{ProductId: &odd})
	if err != nil || len(*answer.Products) != 0 {
		t.Errorf("an odd id: %v, %v", answer, err)
	}
}

func TestAvailabilityZones(t *testing.T) {
	answer, err := app(t, cloud(t, 33)).ListAvailabilityZone(&model.ListAvailabilityZoneRequest{})
	if err != nil {
		t.Fatal(err)
	}
	rows := *answer.AvailabilityZones
	if *answer.TotalCount != 4 || len(rows) != 4 || len(*rows[1].SoldOut.Products) != 1 || rows[3].I18n["en_US"] != "AZ4" || !*rows[0].DefaultAvailabilityZone {
		t.Errorf("got %v", answer)
	}
}

func TestRefusals(t *testing.T) {
	address := cloud(t, 0)
	wrong, other := keys(t, address, "wrong"), keys(t, address, secret)
	wrong.ProjectId, other.ProjectId = project, "other"
	for want, client := range map[string]*workspaceapp.WorkspaceAppClient{
		"401 APIGW.0301": workspaceapp.NewWorkspaceAppClient(client(t, workspaceapp.WorkspaceAppClientBuilder(), address, wrong)),
		"403 APIGW.0302": workspaceapp.NewWorkspaceAppClient(client(t, workspaceapp.WorkspaceAppClientBuilder(), address, other)),
		"429 APIG.0308":  app(t, cloud(t, 0, "huawei:http429:list=products")),
		"500 APIGW.0201": app(t, cloud(t, 0, "huawei:http500:list=products")),
	} {
		_, err := client.ListProduct(&model.ListProductRequest{})
		refusal, ok := errors.AsType[*sdkerr.ServiceResponseError](err)
		if !ok || len(refusal.RequestId) != 32 || fmt.Sprintf("%d %s", refusal.StatusCode, refusal.ErrorCode) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func billing(t *testing.T, address string) *bss.BssClient {
	t.Helper()
	credential, err := global.NewCredentialsBuilder().WithAk("HUAWEITESTAK00000001").WithSk(secret).WithIamEndpointOverride(address).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	return bss.NewBssClient(client(t, bss.BssClientBuilder(), address, credential))
}

func hourly(id, spec string) prices.DemandProductInfo {
	hour := decimal.NewFromInt(1)
	return prices.DemandProductInfo{
		Id: id, CloudServiceType: "hws.service.type.vdi", ResourceType: "hws.resource.type.workspace.appstream", ResourceSpec: spec,
		Region: simulated.Region, UsageFactor: "Duration", UsageValue: &hour, UsageMeasureId: 4, SubscriptionNum: 1,
	}
}

func TestOnDemandPrices(t *testing.T) {
	precision := int32(1)
	request := &prices.ListOnDemandResourceRatingsRequest{Body: &prices.RateOnDemandReq{
		ProjectId: project, InquiryPrecision: &precision,
		ProductInfos: []prices.DemandProductInfo{hourly("1", sample), hourly("2", "workspace.appstream.general.4xlarge.4")},
	}}
	answer, err := billing(t, cloud(t, 3)).ListOnDemandResourceRatings(request)
	if err != nil {
		t.Fatal(err)
	}
	results := *answer.ProductRatingResults
	got := []string{answer.OfficialWebsiteAmount.String(), *answer.Currency, *results[0].Id, results[0].OfficialWebsiteAmount.String(), *results[1].Id, results[1].OfficialWebsiteAmount.String(), results[1].Amount.String()}
	if diff := cmp.Diff([]string{"14.830001", "CNY", "1", "2.35", "2", "12.480001", "11.2320009"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestPeriodPrices(t *testing.T) {
	request := &prices.ListRateOnPeriodDetailRequest{Body: &prices.RateOnPeriodReq{ProjectId: project, ProductInfos: []prices.PeriodProductInfo{{
		Id: "1", CloudServiceType: "hws.service.type.vdi", ResourceType: "hws.resource.type.workspace.appstream",
		ResourceSpec: "workspace.appstream.general.xlarge.2.period", Region: simulated.Region, PeriodType: 2, PeriodNum: 1, SubscriptionNum: 1,
	}}}}
	answer, err := billing(t, cloud(t, 3)).ListRateOnPeriodDetail(request)
	if err != nil {
		t.Fatal(err)
	}
	results := *answer.OfficialWebsiteRatingResult.ProductRatingResults
	if len(results) != 1 || results[0].OfficialWebsiteAmount.String() != "486" || *results[0].Id != "1" || *answer.Currency != "CNY" {
		t.Errorf("got %v", answer)
	}
}

func TestPricesRefused(t *testing.T) {
	_, err := billing(t, cloud(t, 0)).ListOnDemandResourceRatings(&prices.ListOnDemandResourceRatingsRequest{
		Body: &prices.RateOnDemandReq{ProjectId: project, ProductInfos: []prices.DemandProductInfo{hourly("1", "none")}},
	})
	refusal, ok := errors.AsType[*sdkerr.ServiceResponseError](err)
	if !ok || refusal.StatusCode != http.StatusBadRequest || refusal.ErrorCode != "CBC.99006006" {
		t.Errorf("got %v", err)
	}
}
