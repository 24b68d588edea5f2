package huawei

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/simulate/world"
)

// shown is all that can be seen at a moment: both lists and every price.
func shown(t *testing.T, at time.Time) string {
	t.Helper()
	api := newAPI(t, func(c *Config) { c.At = func() time.Time { return at } })
	text := get(t, api, products).Body.String() + get(t, api, "/v1/"+testProject+"/availability-zone").Body.String()
	for _, row := range read200(t, api, products).Products {
		if row.ChargeMode == onDemand {
			text += enquire(t, api, hourly, asking(row.ProductID, anHour))
		} else {
			text += enquire(t, api, forPeriod, asking(row.ProductID, aMonth))
		}
	}
	return text
}

func TestEveryMomentOfTheScriptShows(t *testing.T) {
	for _, moment := range newAPI(t, nil).Moments() {
		if moment.Text == "" || moment.Provider != Name || moment.At.After(world.Start().Add(world.Weeks*7*world.Day)) {
			t.Errorf("moment %+v", moment)
		}
		if shown(t, moment.At.Add(-time.Second)) == shown(t, moment.At) {
			t.Errorf("%s: nothing changed", moment.Text)
		}
	}
}

func TestScript(t *testing.T) {
	for _, test := range []struct {
		day      int
		id, want string
	}{
		{0, small, "absent"}, {6, small, " []"}, {7, small, " [cn-north-7a(sellout)]"}, {12, small, " []"}, {16, small, "normal []"}, {44, small, " []"},
		{25, monthly, " []"}, {26, monthly, "absent"}, {27, monthly, " []"},
		{21, large, "abandon [cn-north-7a(normal), cn-north-7d(obt)]"}, {30, large, "absent"}, {51, large, "abandon [cn-north-7a(normal), cn-north-7d(obt)]"},
		{20, graphics, "obt []"}, {55, graphics, "sellout []"}, {62, graphics, "normal []"}, {77, sample, "absent"},
	} {
		got := "absent"
		for _, row := range read200(t, newAPI(t, onDay(test.day)), products+"?product_id="+test.id).Products {
			got = fmt.Sprintf("%s [%s]", row.Status, row.CondOperationAZ)
		}
		if got != test.want {
			t.Errorf("%s on day %d: %s, want %s", test.id, test.day, got, test.want)
		}
	}
}

func TestGeneratedWorldIsReproducible(t *testing.T) {
	show := func(seed int64, day int) string {
		api := newAPI(t, func(c *Config) { onDay(day)(c); c.Seed, c.Products = seed, 200 })
		return get(t, api, products).Body.String() + fmt.Sprint(api.world.At(api.config.At()).prices)
	}
	first := show(1, 50)
	if first != show(1, 50) || strings.Count(first, generatedID) != 400 {
		t.Error("the same seed and moment gave two worlds")
	}
	if first == show(2, 50) || first == show(1, 57) {
		t.Error("another seed or week gave the same world")
	}
}

func TestTheWorldMayGoBack(t *testing.T) {
	day := 84
	api := newAPI(t, func(c *Config) { c.At = func() time.Time { return world.Start().Add(days(day)) } })
	late := get(t, api, products).Body.String()
	day = 0
	if first := get(t, api, products).Body.String(); first == late || first != get(t, newAPI(t, nil), products).Body.String() {
		t.Error("the first catalog is not what it was")
	}
}

func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		"huawei:http500":                 `500 {"error_code":"APIGW.0201"`,
		"huawei:http401":                 `401 {"error_code":"APIGW.0301"`,
		"huawei:http403":                 `403 {"error_code":"APIGW.0302"`,
		"huawei:http429:retry_after=3":   `429 {"error_code":"APIG.0308","error_msg":"The throttling threshold has been reached`,
		"huawei:code_error":              `200 {"error_code":"WKS.00211102"`,
		"huawei:html200":                 "200 <!DOCTYPE html>",
		"huawei:empty":                   `200 {"products":[]}`,
		"huawei:empty_id":                `200 {"products":[{"architecture":"x86"`,
		"huawei:code_error:list=session": `200 {"products":[{"product_id"`,
	} {
		api := newAPI(t, nil)
		token := login(t, api, loginProject)
		spoilt := newAPI(t, withFaults(t, text))
		spoilt.tokens = api.tokens
		answer := send(spoilt, http.MethodGet, products, "", "X-Auth-Token", token)
		if got := fmt.Sprintf("%d %s", answer.Code, answer.Body); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestFaultsOfOtherServices(t *testing.T) {
	for text, want := range map[string]string{
		"huawei:code_error:list=enquiries": `200 {"error_code":"CBC.3006"`,
		"huawei:http500:list=enquiries":    `500 {"error_code":"CBC.0999"`,
		"huawei:http403:list=enquiries":    `403 {"error_code":"CBC.0151"`,
		"huawei:http429:list=enquiries":    `429 {"error_code":"APIG.0308"`,
		"huawei:http500:list=products":     `200 {"amount":2.115,`,
	} {
		if got := enquire(t, newAPI(t, withFaults(t, text)), hourly, asking(sample, anHour)); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	answer := send(newAPI(t, withFaults(t, "huawei:http500:list=session")), http.MethodPost, "/v3/auth/tokens", loginProject)
	if got := answer.Body.String(); answer.Code != 500 || got != `{"error":{"code":500,"message":"Internal Server Error","title":"Internal Server Error"}}` {
		t.Errorf("login: %d %s", answer.Code, got)
	}
}

func TestTokensExpire(t *testing.T) {
	api := newAPI(t, withFaults(t, "huawei:expire_token:after=2"))
	token := login(t, api, loginProject)
	var got []int
	for n := range 4 {
		if n == 3 {
			token = login(t, api, loginProject)
		}
		got = append(got, send(api, http.MethodGet, products, "", "X-Auth-Token", token).Code)
	}
	if diff := cmp.Diff([]int{200, 200, 401, 200}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTotalFaults(t *testing.T) {
	for text, want := range map[string]int{"huawei:wrong_total": 8, "huawei:duplicate": 3, "huawei:shrink:fraction=0.3": 1} {
		if got := read200(t, newAPI(t, withFaults(t, text)), "/v1/"+testProject+"/availability-zone"); *got.TotalCount != want {
			t.Errorf("%s: total %d, want %d", text, *got.TotalCount, want)
		}
	}
}
