package ncp_test

import (
	"strings"
	"testing"

	"syncer/catalog"
)

// TestFourOfTenRequestsFail is what has been seen of the real gateway.
func TestFourOfTenRequestsFail(t *testing.T) {
	for _, list := range lists() {
		for _, format := range []string{"json", "xml"} {
			flaky := scene{day: 16, faults: []string{"ncp:flaky"}, options: map[string]string{"format": format, "page_size": "2"}}.mustWalk(t, list)
			if calm := (scene{day: 16}).mustWalk(t, list); calm.Digest() != flaky.Digest() {
				t.Errorf("%s in %s: another result", list, format)
			}
		}
	}
	// More than five attempts a request are needed here.
	scene{day: 16, faults: []string{"ncp:flaky:percent=70"}, options: map[string]string{"page_size": "2"}}.mustWalk(t, "server-images")
	if _, err := (scene{faults: []string{"ncp:flaky:percent=100"}}).walk(t, "server-images"); err == nil || !strings.Contains(err.Error(), "status 503 (500): Endpoint Error") {
		t.Errorf("got %v", err)
	}
}

// TestFaultsFailTheWalk: nothing that a provider may get wrong passes as a
// list.
func TestFaultsFailTheWalk(t *testing.T) {
	for _, format := range []string{"json", "xml"} {
		for _, c := range []struct{ list, fault, want string }{
			{"product-prices", "ncp:http500:page=2", "page 2: fetch: GET /billing/v1/product/getProductPriceList: status 500 (900): Unexpected Error"},
			{"server-specs", "ncp:http401", "status 401 (200): Authentication Failed: Invalid authentication information."},
			{"server-specs", "ncp:http403", "status 403 (210): Permission Denied"},
			{"server-images", "ncp:http401:list=server-image-details", "page 1: fetch: image ***5847 in region KR: GET /vserver/v2/getServerImageDetail: status 401"},
			{"server-images", "ncp:code_error:list=server-images", "decode page 1: the answer is an error: 1300: An internal error occurred."},
			{"server-images", "ncp:code_error", "regions: the answer is an error: 1300"},
			{"product-prices", "ncp:truncate:page=2", "unexpected EOF"},
			{"product-prices", "ncp:truncate:page=2:length=half", "decode page 2: want "},
			{"product-prices", "ncp:html200:page=3", "page 3: fetch: GET /billing/v1/product/getProductPriceList: the answer is an HTML page"},
			{"regions", "ncp:redirect", "redirects are refused"},
			{"regions", "ncp:gzip", "checksum"},
			{"product-prices", "ncp:repeat", "page repeats earlier ones"},
			{"product-prices", "ncp:page_cap:limit=3", "KR: the provider states a total of 38, the pages hold 12"},
			{"product-prices", "ncp:wrong_total", "KR: the provider states a total of 43, the pages hold 38"},
			{"server-images", "ncp:wrong_total:page=1:list=server-images", "total changed"},
			{"server-images", "ncp:shift:list=server-images", "total changed from 6 to 5"},
		} {
			_, err := scene{faults: []string{c.fault}, options: map[string]string{"format": format, "page_size": pageSize(c.list)}}.walk(t, c.list)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s in %s: %s: got %v, want %s", c.list, format, c.fault, err, c.want)
			}
		}
	}
}

func pageSize(list string) string {
	if list == "server-images" {
		return "3"
	}
	return "10"
}

// TestFaultsThatPass: what is odd and harmless, or the guard's business.
func TestFaultsThatPass(t *testing.T) {
	for fault, want := range map[string]int{
		"ncp:duplicate": 38, "ncp:unknown_field": 38, "ncp:wrong_total:value=text": 38, "ncp:wrong_total:value=absent": 38,
		"ncp:empty:list=product-prices": 0, "ncp:shrink:fraction=0.5": 19, "ncp:http429:times=1": 38,
	} {
		snapshot, err := scene{faults: []string{fault}}.walk(t, "product-prices")
		if err != nil || snapshot.Len() != want {
			t.Errorf("%s: %v", fault, err)
			continue
		}
		if unknown := len(snapshot.Unknown()) > 0; unknown != (fault == "ncp:unknown_field") {
			t.Errorf("%s: unknown is %v", fault, snapshot.Unknown())
		}
	}
}

// TestFaultsThatSetAside: what is wrong with one thing hides no other, and is named
// with it.
func TestFaultsThatSetAside(t *testing.T) {
	const detail = "GET /vserver/v2/getServerImageDetail: "
	for _, format := range []string{"json", "xml"} {
		for _, c := range []struct {
			list, fault string
			keys        string // of what is set aside
			says        string // of the first
		}{
			{"server-images", "ncp:http400:list=server-image-details:about=25495367", "25495367", "getServerImageDetail of image 25495367 in region KR: " + detail + "status 400 (100): Bad Request"},
			{"server-images", "ncp:http500:list=server-image-details:about=25495367", "25495367", detail + "status 500 (900): Unexpected Error"},
			{"server-images", "ncp:code_error:list=server-image-details:about=25495367", "25495367", "the answer is an error: 1300"},
			{"server-images", "ncp:html200:list=server-image-details:about=25495367", "25495367", "the answer is an HTML page"},
			{"server-images", "ncp:truncate:length=half:list=server-image-details:about=25495367", "25495367", detail + "want "},
			{"server-images", "ncp:empty_id:list=server-images", "", "serverImageNo: want a text that is not empty"},
			{"server-specs", "ncp:number_id:list=server-specs", "", "serverSpecCode: want a text that is not empty"},
			{"product-prices", "ncp:http400:list=product-prices:about=HK", "", "getProductPriceList of region HK: GET /billing/v1/product/getProductPriceList: status 400"},
			{"product-prices", "ncp:http403:list=billing-regions", "", "regions that only the billing service names are not read: GET /billing/v1/region/getRegionList: status 403"},
		} {
			if format == "xml" && c.fault == "ncp:number_id:list=server-specs" {
				continue // XML has no numbers
			}
			keys, says := scene{faults: []string{c.fault}, options: map[string]string{"format": format}}.setAside(t, c.list)
			if strings.Join(keys, " ") != c.keys || !strings.Contains(says, c.says) {
				t.Errorf("%s in %s: %s: %q is set aside: %s, want %q: %s", c.list, format, c.fault, keys, says, c.keys, c.says)
			}
		}
	}
}

// TestOneKeyWithTwoContents is set aside by whoever takes the snapshot.
func TestOneKeyWithTwoContents(t *testing.T) {
	for list, key := range map[string]string{"server-specs": "KR/c2-g3", "product-prices": "KR/SVR.VSVR.BM.C048.M512.LOCAL.SSD.B15564.G001"} {
		aside := scene{faults: []string{"ncp:conflict"}}.mustWalk(t, list).SetAside()
		if len(aside) != 1 || aside[0].Key != key || aside[0].Reason != catalog.Ambiguous {
			t.Errorf("%s: set aside %v, want %s", list, aside, key)
		}
	}
}

// TestOneRowTwiceInTheTotal is a list that counts a row twice which it states twice.
func TestOneRowTwiceInTheTotal(t *testing.T) {
	snapshot := scene{faults: []string{"ncp:duplicate:total=twice"}}.mustWalk(t, "server-specs")
	if snapshot.Len() != 1 || snapshot.Collapsed() != 1 {
		t.Errorf("%d entries, %d collapsed", snapshot.Len(), snapshot.Collapsed())
	}
}
