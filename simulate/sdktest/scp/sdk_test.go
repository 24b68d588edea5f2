package scp_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	scpsdk "github.com/SamsungSDSCloud/terraform-sdk-samsungcloudplatformv2/v3/client"
	billingplan "github.com/SamsungSDSCloud/terraform-sdk-samsungcloudplatformv2/v3/library/billingplan/1.0"

	"syncer/simulate"
)

// simulated is where the platform is, in the dialect that the SDK reads.
func simulated(t *testing.T) simulate.Endpoint {
	t.Helper()
	dialect, err := simulate.ParseFault("scp:sdk_dialect")
	if err != nil {
		t.Fatal(err)
	}
	return started(t, dialect)
}

func started(t *testing.T, faults ...simulate.Fault) simulate.Endpoint {
	t.Helper()
	simulation, err := simulate.New(simulate.Options{Seed: 1, Products: 96, Now: time.Now, Faults: faults, At: simulate.WorldStart})
	if err != nil {
		t.Fatal(err)
	}
	if err := simulation.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = simulation.Close() })
	for _, endpoint := range simulation.Endpoints() {
		if endpoint.Provider == "scp" {
			return endpoint
		}
	}
	t.Fatal("the platform is not simulated")
	return simulate.Endpoint{}
}

// configuration names the service by its address. The SDK keeps the catalogue
// of endpoints for the life of the process, and each test has its own.
func configuration(endpoint simulate.Endpoint) *scpsdk.Configuration {
	return &scpsdk.Configuration{
		AuthUrl: endpoint.BaseURL + "/v1", Endpoint: endpoint.BaseURL, ServiceType: "scp-billingplan", AllowSDKVersion: []string{"v1.0"},
		Credentials: &scpsdk.Credentials{AccessKey: endpoint.Credentials["access_key"], SecretKey: endpoint.Credentials["secret_key"]},
	}
}

func client(configuration *scpsdk.Configuration) *billingplan.BillingplanV1PlannedComputeApiAPIService {
	return billingplan.NewAPIClient(configuration).BillingplanV1PlannedComputeApiAPI
}

// firstContract is a contract that runs.
func firstContract(t *testing.T, api *billingplan.BillingplanV1PlannedComputeApiAPIService) billingplan.PlannedComputeDTO {
	t.Helper()
	active := "ACTIVE"
	list, _, err := api.ListPlannedComputes(t.Context()).State([]*string{&active}).Sort("contract_id:asc").Execute()
	if err != nil {
		t.Fatal(err)
	}
	if len(list.PlannedComputes) == 0 {
		t.Fatal("no contract runs")
	}
	return list.PlannedComputes[0]
}

func TestContractsPageByPage(t *testing.T) {
	for name, account := range map[string]string{"no account": "", "an account in the signature": simulated(t).Credentials["account_id"]} {
		config := configuration(simulated(t))
		config.AccountId = account
		seen := map[string]bool{}
		for page, pages := int32(1), int32(1); page <= pages; page++ {
			list, _, err := client(config).ListPlannedComputes(t.Context()).Limit(5).Page(page).Sort("contract_id:asc").Execute()
			if err != nil {
				t.Fatal(name, err)
			}
			for _, row := range list.PlannedComputes {
				seen[row.GetId()] = true
			}
			if pages = list.GetTotalPages(); list.GetCurrentPage() != page || pages < 2 || page == pages && len(seen) != int(list.GetTotalCount()) {
				t.Errorf("%s: page %d: %d of %d, %d seen of %d", name, page, list.GetCurrentPage(), pages, len(seen), list.GetTotalCount())
			}
		}
	}
}

func TestOneContract(t *testing.T) {
	api := client(configuration(simulated(t)))
	row := firstContract(t, api)
	shown, _, err := api.ShowPlannedCompute(t.Context(), row.GetId()).Execute()
	if err != nil {
		t.Fatal(err)
	}
	if got := shown.PlannedCompute; got.GetContractId() != row.GetContractId() || got.GetCreatedAt().IsZero() || got.GetServerTypeDescription() == nil {
		t.Errorf("contract %+v", got)
	}
}

func TestFee(t *testing.T) {
	api := client(configuration(simulated(t)))
	row := firstContract(t, api)
	question := billingplan.NewCancellationFeeRequest([]string{row.GetId()})
	question.SetRegion(row.GetRegion())
	fee, _, err := api.ShowCancellationFee(t.Context()).CancellationFeeRequest(*question).Execute()
	if err != nil {
		t.Fatal(err)
	}
	if fee.GetCancellationFee() == "" || fee.GetCancellationFee() == "0" || len(fee.GetBillYearMonth()) != len("2006-01") {
		t.Errorf("fee %s in %s", fee.GetCancellationFee(), fee.GetBillYearMonth())
	}
}

func TestCoveredInstances(t *testing.T) {
	api := client(configuration(simulated(t)))
	row := firstContract(t, api)
	covered, _, err := api.ListPlannedComputeInstances(t.Context()).ServiceId(row.GetServiceId()).OsType(row.GetOsType()).
		ServerType(row.GetServerType()).StartDate(row.GetStartDate()).EndDate(row.GetEndDate()).Execute()
	if err != nil {
		t.Fatal(err)
	}
	if len(covered.Coverages) == 0 || !covered.Coverages[0].UnitPrice.IsSet() {
		t.Fatalf("covered %+v", covered)
	}
	if price := covered.Coverages[0].UnitPrice.Get(); price.GetKrw() == "" || price.GetKrw() == "0" {
		t.Errorf("price %+v", price)
	}
}

func TestCodeLists(t *testing.T) {
	api := client(configuration(simulated(t)))
	services, _, err := api.ListPlannedComputeServiceTypes(t.Context()).Execute()
	if err != nil || len(services.Services) == 0 {
		t.Fatal(services, err)
	}
	service := services.Services[0].GetServiceId()
	terms, _, err := api.ListContractTypes(t.Context()).ServiceId(service).Execute()
	if err != nil || len(terms.ContractTypes) == 0 || len(terms.ExtensionTypes) == 0 {
		t.Error(terms, err)
	}
	systems, _, err := api.ListOsTypes(t.Context()).ServiceId(service).Execute()
	if err != nil || len(systems.OsTypes) == 0 {
		t.Error(systems, err)
	}
	servers, _, err := api.ListPlannedComputeServerTypes(t.Context()).ServiceId(service).Execute()
	if err != nil || len(servers.ServerTypes) == 0 {
		t.Error(servers, err)
	}
}

// The SDK finds the service by the catalogue when no address is configured.
func TestTheServiceIsFoundByTheCatalogue(t *testing.T) {
	config := configuration(simulated(t))
	config.Endpoint = ""
	if row := firstContract(t, client(config)); row.GetId() == "" {
		t.Errorf("contract %+v", row)
	}
}

func TestRefusals(t *testing.T) {
	wrong := configuration(simulated(t))
	wrong.Credentials.SecretKey = "not the key"
	if _, answer, err := client(wrong).ListPlannedComputes(t.Context()).Execute(); err == nil || answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("a wrong key: %v, %v", answer, err)
	}
	_, answer, err := client(configuration(simulated(t))).ShowPlannedCompute(t.Context(), "no-such-contract").Execute()
	if err == nil || answer.StatusCode != http.StatusNotFound {
		t.Errorf("no contract: %v, %v", answer, err)
	}
	newer := configuration(simulated(t))
	newer.AllowSDKVersion = []string{"v1.0", "v9.0"}
	if _, _, err := client(newer).ListPlannedComputes(t.Context()).Execute(); err == nil || !strings.Contains(err.Error(), "Unsupported version") {
		t.Errorf("a version that is not offered: %v", err)
	}
}

// The documents' own samples are beyond the SDK, hence the two dialects.
func TestTheDocumentedDialectIsNotTheSDKs(t *testing.T) {
	_, answer, err := client(configuration(started(t))).ListPlannedComputes(t.Context()).Execute()
	if err == nil || answer.StatusCode != http.StatusOK {
		t.Errorf("got %v, want an answer that cannot be read", err)
	}
}
