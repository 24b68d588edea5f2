package ncp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/NaverCloudPlatform/ncloud-sdk-go-v2/ncloud"
	"github.com/NaverCloudPlatform/ncloud-sdk-go-v2/services/vserver"

	"syncer/simulate"
)

// client is the SDK's, pointed at the simulated gateway.
func client(t *testing.T, day int, secret string, faults ...string) *vserver.V2ApiService {
	t.Helper()
	options := simulate.Options{Seed: 1, Products: 50, Now: time.Now, At: func() time.Time {
		return simulate.WorldStart().AddDate(0, 0, day)
	}}
	for _, text := range faults {
		fault, err := simulate.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		options.Faults = append(options.Faults, fault)
	}
	simulation, err := simulate.New(options)
	if err != nil {
		t.Fatal(err)
	}
	if err := simulation.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = simulation.Close() })
	for _, endpoint := range simulation.Endpoints() {
		if endpoint.Provider != "ncp" {
			continue
		}
		if secret == "" {
			secret = endpoint.Credentials["secret_key"]
		}
		config := vserver.NewConfiguration(&ncloud.APIKey{AccessKey: endpoint.Credentials["access_key"], SecretKey: secret})
		config.BasePath = endpoint.BaseURL + "/vserver/v2"
		return vserver.NewAPIClient(config).V2Api
	}
	t.Fatal("ncp is not simulated")
	return nil
}

func TestRegions(t *testing.T) {
	answer, err := client(t, 15, "").GetRegionList(&vserver.GetRegionListRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, region := range answer.RegionList {
		got = append(got, *region.RegionCode+" "+*region.RegionName)
	}
	if text := strings.Join(got, ", "); text != "KR Korea, SGN Singapore(New)" || *answer.TotalRows != 2 || *answer.ReturnCode != "0" {
		t.Errorf("got %s of %d, code %s", text, *answer.TotalRows, *answer.ReturnCode)
	}
}

func TestImages(t *testing.T) {
	api := client(t, 0, "")
	seen := map[string]bool{}
	for page := int32(1); page <= 3; page++ {
		answer, err := api.GetServerImageList(&vserver.GetServerImageListRequest{
			RegionCode: ncloud.String("KR"), PageNo: ncloud.Int32(page), PageSize: ncloud.Int32(3),
		})
		if err != nil || *answer.TotalRows != 8 {
			t.Fatalf("page %d: %v %v", page, answer.TotalRows, err)
		}
		for _, image := range answer.ServerImageList {
			seen[*image.ServerImageNo] = true
		}
	}
	if len(seen) != 8 {
		t.Errorf("%d images: %v", len(seen), seen)
	}
	filtered, err := api.GetServerImageList(&vserver.GetServerImageListRequest{
		HypervisorTypeCodeList: ncloud.StringList([]string{"XEN"}), ServerImageName: ncloud.String("test-***"),
	})
	if err != nil || len(filtered.ServerImageList) != 1 || *filtered.ServerImageList[0].ServerImageNo != "***5847" {
		t.Errorf("filtered: %v %v", filtered, err)
	}
}

func TestImageDetail(t *testing.T) {
	answer, err := client(t, 0, "").GetServerImageDetail(&vserver.GetServerImageDetailRequest{ServerImageNo: ncloud.String("23214590")})
	if err != nil {
		t.Fatal(err)
	}
	image := answer.ServerImageList[0]
	volume := image.BlockStorageMappingList[0]
	got := fmt.Sprint(*image.ServerImageName, " ", *image.ServerImageProductCode, " ", *image.ServerImageStatus.Code, " ", *image.CreateDate, " ",
		*volume.BlockStorageSize, " ", *volume.Iops, " ", *volume.Throughput, " ", *volume.BlockStorageSnapshotInstanceNo, " ", *volume.IsEncryptedVolume)
	if want := "ubuntu-22.04-base SW.VSVR.OS.LNX64.UBNTU.SVR22.G003 CREAT 2024-03-21T18:22:55+0900 10737418240 100 104857600 23214591 false"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSpecs(t *testing.T) {
	api := client(t, 8, "")
	answer, err := api.GetServerSpecList(&vserver.GetServerSpecListRequest{RegionCode: ncloud.String("KR"), ServerImageNo: ncloud.String("23214590")})
	if err != nil || len(answer.ServerSpecList) != 2 {
		t.Fatalf("%v %v", answer, err)
	}
	detail, err := api.GetServerSpecDetail(&vserver.GetServerSpecDetailRequest{ServerSpecCode: ncloud.String("c2-g3")})
	if err != nil || *detail.ServerSpecList[0].MemorySize != 4294967296 || *detail.ServerSpecList[0].ServerProductCode != "SVR.VSVR.HICPU.C002.M004.G003" {
		t.Errorf("%v %v", detail, err)
	}
}

func TestZones(t *testing.T) {
	answer, err := client(t, 0, "").GetZoneList(&vserver.GetZoneListRequest{RegionCode: ncloud.String("KR")})
	if err != nil || len(answer.ZoneList) != 1 || *answer.ZoneList[0].RegionCode != "KR" {
		t.Errorf("%v %v", answer, err)
	}
}

func TestErrors(t *testing.T) {
	for name, c := range map[string]struct {
		secret string
		faults []string
		want   []string
	}{
		"unknown image": {want: []string{"Status: 400 Bad Request", `"responseError"`, `"returnCode": "1007009"`}},
		"wrong secret":  {secret: "other", want: []string{"Status: 401 Unauthorized", `"errorCode": "200"`}},
		"flaky":         {faults: []string{"ncp:flaky:percent=100"}, want: []string{"Status: 503 Service Unavailable", "Endpoint Error"}},
	} {
		_, err := client(t, 0, c.secret, c.faults...).GetServerImageDetail(&vserver.GetServerImageDetailRequest{ServerImageNo: ncloud.String("1")})
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %q in it", name, err, want)
			}
		}
	}
}
