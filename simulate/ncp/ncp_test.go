package ncp

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/simulate/fault"
	"syncer/simulate/world"
)

const (
	testAccess = "ncp_iam_TESTACCESSKEY00001"
	testSecret = "ncp_iam_TESTSECRETKEY0000000000000000001"
	testStamp  = "1700000000000"
)

func newAPI(t *testing.T, changes ...func(*Config)) *API {
	t.Helper()
	config := Config{
		AccessKey: testAccess, SecretKey: testSecret, At: onDay(0),
		Now: func() time.Time { return time.UnixMilli(1700000000000) },
	}
	for _, change := range changes {
		change(&config)
	}
	return New(config)
}

func onDay(day int) func() time.Time {
	return func() time.Time { return world.Start().Add(time.Duration(day) * world.Day) }
}

func at(day int) func(*Config) { return func(c *Config) { c.At = onDay(day) } }

func withFaults(t *testing.T, texts ...string) func(*Config) {
	t.Helper()
	var faults []fault.Fault
	for _, text := range texts {
		parsed, err := fault.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		faults = append(faults, parsed)
	}
	return func(c *Config) { c.Faults = faults }
}

// get asks and signs as a client would, without the code under test.
func get(api *API, uri string) *httptest.ResponseRecorder {
	return send(api, http.MethodGet, uri, "", "x-ncp-apigw-signature-v2", sign("GET "+uri))
}

func sign(line string) string {
	mac := hmac.New(sha256.New, []byte(testSecret))
	fmt.Fprintf(mac, "%s\n%s\n%s", line, testStamp, testAccess)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func send(api *API, method, uri, body string, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, uri, strings.NewReader(body))
	request.Header.Set("x-ncp-apigw-timestamp", testStamp)
	request.Header.Set("x-ncp-iam-access-key", testAccess)
	if body != "" {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	api.ServeHTTP(answer, request)
	return answer
}

// rows are the rows of a JSON answer and the total it states.
func rows(t *testing.T, api *API, uri string) (rows []map[string]any, total any) {
	t.Helper()
	uri += map[bool]string{true: "&", false: "?"}[strings.Contains(uri, "?")] + "responseFormatType=json"
	answer := get(api, uri)
	var envelope map[string]map[string]any
	if err := json.Unmarshal(answer.Body.Bytes(), &envelope); err != nil || answer.Code != http.StatusOK {
		t.Fatalf("%s: %d %v %s", uri, answer.Code, err, answer.Body)
	}
	for _, body := range envelope {
		if body["returnCode"] != "0" || body["returnMessage"] != "success" || body["requestId"] == "" {
			t.Errorf("%s: %v", uri, body)
		}
		for name, value := range body {
			if strings.HasSuffix(name, "List") {
				for _, row := range value.([]any) {
					rows = append(rows, row.(map[string]any))
				}
			}
		}
		total = body["totalRows"]
	}
	return rows, total
}

func members(rows []map[string]any, name string) (all []string) {
	for _, row := range rows {
		all = append(all, fmt.Sprint(row[name]))
	}
	return all
}

// tokens are the elements and texts of an XML document, without the white
// space between them and without the requestId.
func tokens(t *testing.T, text []byte) (all []string) {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(text))
	inID := false
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inID = token.Name.Local == "requestId"
			all = append(all, "<"+token.Name.Local+">")
		case xml.EndElement:
			inID = false
			all = append(all, "</"+token.Name.Local+">")
		case xml.CharData:
			if text := strings.TrimSpace(string(token)); text != "" && !inID {
				all = append(all, text)
			}
		}
	}
}

func TestTheDocumentedSampleIsServed(t *testing.T) {
	want, err := os.ReadFile("testdata/server-image-detail.xml")
	if err != nil {
		t.Fatal(err)
	}
	answer := get(newAPI(t), "/vserver/v2/getServerImageDetail?regionCode=KR&serverImageNo=***5847")
	if diff := cmp.Diff(tokens(t, want), tokens(t, answer.Body.Bytes())); diff != "" {
		t.Errorf("(-document +served):\n%s", diff)
	}
	if got := answer.Header().Get("Content-Type"); !strings.HasPrefix(got, "application/xml") {
		t.Errorf("type %q", got)
	}
}

func TestOtherDocumentedSamples(t *testing.T) {
	for uri, want := range map[string]string{
		"/vserver/v2/getRegionList?":                                                          `{"regionCode":"KR","regionName":"Korea"}`,
		"/vserver/v2/getServerSpecList?regionCode=KR&":                                        `{"serverSpecCode":"c2-g3","hypervisorType":{"code":"KVM","codeName":"KVM"},"cpuArchitectureType":{"code":"X86_64","codeName":"x86 64bit"},"generationCode":"G3","cpuCount":2,"memorySize":4294967296,"blockStorageMaxCount":20,"blockStorageMaxIops":5250,"blockStorageMaxThroughput":81,"networkPerformance":17179869184,"networkInterfaceMaxCount":3,"serverSpecDescription":"vCPU 2EA, Memory 4GB","serverProductCode":"SVR.VSVR.HICPU.C002.M004.G003"}`,
		"/vserver/v2/getServerSpecDetail?serverSpecCode=c2-g3&":                               `"serverSpecCode":"c2-g3"`,
		"/vserver/v2/getServerImageDetail?serverImageNo=***5847&":                             `"serverImageProductCode":"SW.VSVR.OS.LNX64.CNTOS.0703.B050","serverImageStatus":{"code":"CREAT","codeName":"Server created state"}`,
		"/vserver/v2/getServerImageDetail?serverImageNo=23214590&":                            `"blockStorageMappingList":[{"order":0,"blockStorageSnapshotInstanceNo":23214591,"blockStorageSize":10737418240,"blockStorageVolumeType":{"code":"CB1","codeName":"Common BlockStorage 1"},"iops":100,"throughput":104857600,"isEncryptedVolume":false}]`,
		"/billing/v1/product/getProductPriceList?regionCode=KR&productCode=SPSVRSTAND000006&": `"priceNo":"20002","priceType":{"code":"FXSUM","codeName":"Monthly flat rate"},"region":{"regionNo":1,"regionCode":"KR","regionName":"Korea"}`,
	} {
		answer := get(newAPI(t), uri+"responseFormatType=json").Body.String()
		if !strings.Contains(answer, want) {
			t.Errorf("%s: %s", uri, answer)
		}
	}
}

// TestJSONIsAsTheVendorsSDKReadsIt: white space after the outer name, nothing
// after the last brace, returnCode a text.
func TestJSONIsAsTheVendorsSDKReadsIt(t *testing.T) {
	got := get(newAPI(t), "/vserver/v2/getRegionList?responseFormatType=json").Body.String()
	if !strings.HasPrefix(got, `{"getRegionListResponse": {"requestId":"`) || !strings.HasSuffix(got, `}]}}`) || !strings.Contains(got, `"returnCode":"0"`) {
		t.Errorf("got %q", got)
	}
}

func TestSignatureVectors(t *testing.T) {
	for _, c := range []struct{ method, uri, signature string }{
		{"GET", "/vserver/v2/getServerImageDetail?regionCode=KR&serverImageNo=25495367&responseFormatType=json", "Oce16zjR9B0IwXRowDcEpV/Hpyn0JSIotReVgKOUOTc="},
		{"GET", "/vserver/v2/getServerImageList?regionCode=KR&pageNo=1&pageSize=100&responseFormatType=json", "1YOLrYtGXHyyTT4cOTQ9pjmSJUcsAFY+iN3xhVMgoc4="},
		{"GET", "/vserver/v2/getServerImageList?hypervisorTypeCodeList.1=KVM&hypervisorTypeCodeList.2=XEN&serverImageName=%ED%95%9C%EA%B8%80+img%20x&responseFormatType=json", "rMNLRx2xz4G32WKiZR6mcoWu8xnNhUIHxevkFeQXUvE="},
		{"POST", "/vserver/v2/getServerImageDetail", "e6n19dHJ2VmD0Omf/9tNLoNQknpYx74Mlkhwogu/tlg="},
		{"GET", "/vserver/v2/getRegionList?responseFormatType=json", "ajbaT/rwe5udd8yZYogmce+xY0xBgqlfN6ykw//hkOY="},
		{"GET", "/billing/v1/product/getProductPriceList?regionCode=KR&productItemKindCode=VSVR&pageNo=1&pageSize=1000&payCurrencyCode=KRW&responseFormatType=json", "+Im8m4U387xjcB4qF1E/Ed5JEVs8RBxFiUQxDDigExk="},
		{"GET", "/", "MiqHGdS3v7KYPEtPzV6Apu8OL+tqCrov/H9fsSDyJcI="},
		{"GET", "/vserver/v2/getServerImageDetail?", "014Woc78O2993oG52rougK4LI7z+i8YAlfYvtESrXOw="},
	} {
		if answer := send(newAPI(t), c.method, c.uri, "", "x-ncp-apigw-signature-v2", c.signature); answer.Code == http.StatusUnauthorized {
			t.Errorf("%s %s: %s", c.method, c.uri, answer.Body)
		}
		wrong := "A" + c.signature[1:]
		if answer := send(newAPI(t), c.method, c.uri, "", "x-ncp-apigw-signature-v2", wrong); answer.Code != http.StatusUnauthorized {
			t.Errorf("%s: a wrong signature gave %d", c.uri, answer.Code)
		}
	}
}

func TestRefusals(t *testing.T) {
	const uri, prices = "/vserver/v2/getRegionList?responseFormatType=json", "/billing/v1/product/getProductPriceList?regionCode=KR"
	good := sign("GET " + uri)
	for name, c := range map[string]struct {
		uri     string
		skew    time.Duration
		headers []string
		want    int
	}{
		"v2":                    {uri, 0, []string{"x-ncp-apigw-signature-v2", good}, 200},
		"v1, as the SDK":        {uri, 0, []string{"x-ncp-apigw-signature-v1", good}, 200},
		"v1 for prices":         {prices, 0, []string{"x-ncp-apigw-signature-v1", sign("GET " + prices)}, 401},
		"none":                  {uri, 0, nil, 401},
		"path without its base": {prices, 0, []string{"x-ncp-apigw-signature-v2", sign("GET /product/getProductPriceList?regionCode=KR")}, 401},
		"newline for the blank": {uri, 0, []string{"x-ncp-apigw-signature-v2", sign("GET\n" + uri)}, 401},
		"another key":           {uri, 0, []string{"x-ncp-apigw-signature-v2", good, "x-ncp-iam-access-key", "other"}, 401},
		"seconds":               {uri, 0, []string{"x-ncp-apigw-signature-v2", good, "x-ncp-apigw-timestamp", "1700000000"}, 401},
		"just within the limit": {uri, 5 * time.Minute, []string{"x-ncp-apigw-signature-v2", good}, 200},
		"old":                   {uri, 5*time.Minute + time.Millisecond, []string{"x-ncp-apigw-signature-v2", good}, 401},
		"early":                 {uri, -5*time.Minute - time.Millisecond, []string{"x-ncp-apigw-signature-v2", good}, 401},
	} {
		api := newAPI(t, func(config *Config) {
			config.Now = func() time.Time { return time.UnixMilli(1700000000000).Add(c.skew) }
		})
		answer := send(api, http.MethodGet, c.uri, "", c.headers...)
		if answer.Code != c.want || c.want == 401 && !strings.Contains(answer.Body.String(), "Authentication Failed") {
			t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
	}
}

func TestPostedForms(t *testing.T) {
	answer := send(newAPI(t), http.MethodPost, "/vserver/v2/getServerImageList", "responseFormatType=json&regionCode=KR&serverImageNoList.1=23214590&serverImageNoList.2=25495367&osTypeCodeList.1=ROCKY",
		"x-ncp-apigw-signature-v1", sign("POST /vserver/v2/getServerImageList"))
	if got := answer.Body.String(); answer.Code != http.StatusOK || !strings.Contains(got, `"totalRows":1,`) || !strings.Contains(got, `"serverImageNo":"25495367"`) {
		t.Errorf("%d %s", answer.Code, got)
	}
	const prices = "/billing/v1/product/getProductPriceList"
	if answer := send(newAPI(t), http.MethodPost, prices, "regionCode=KR", "x-ncp-apigw-signature-v2", sign("POST "+prices)); answer.Code != http.StatusNotFound {
		t.Errorf("posting for prices: %d", answer.Code)
	}
}

func TestErrors(t *testing.T) {
	const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	for uri, want := range map[string]string{
		"/vserver/v2/createServerInstances?":                                           "404 " + xmlHead + "<error>\n  <errorCode>300</errorCode>",
		"/vserver/v2/createServerInstances?responseFormatType=json":                    "404 {\n  \"error\": {\n    \"errorCode\": \"300\",\n    \"message\": \"Not Found Exception\",",
		"/vserver/v2/getServerImageDetail?serverImageNo=1&responseFormatType=json":     "400 {\n  \"responseError\": {\n    \"returnCode\": \"1007009\",",
		"/vserver/v2/getServerImageDetail?serverImageNo=1":                             "400 " + xmlHead + "<responseError>\n  <returnCode>1007009</returnCode>",
		"/vserver/v2/getServerImageDetail?regionCode=KR":                               "503 " + xmlHead + "<error>\n  <errorCode>500</errorCode>\n  <message>Endpoint Error",
		"/vserver/v2/getServerImageList?regionCode=MOON":                               "400 " + xmlHead + "<responseError>",
		"/vserver/v2/getServerImageList?pageNo=1":                                      "400 " + xmlHead + "<error>\n  <errorCode>100",
		"/vserver/v2/getServerImageList?pageNo=1&pageSize=1001":                        "400",
		"/vserver/v2/getServerImageList?pageNo=1&pageSize=0":                           "400",
		"/vserver/v2/getServerImageList?pageNo=-1&pageSize=1":                          "400",
		"/vserver/v2/getServerImageList?responseFormatType=yaml":                       "400",
		"/vserver/v2/getServerSpecDetail?serverSpecCode=none":                          "400 " + xmlHead + "<responseError>",
		"/billing/v1/product/getProductPriceList?productItemKindCode=VSVR":             "503",
		"/billing/v1/product/getProductPriceList?regionCode=KR&payCurrencyCode=EUR":    "400",
		"/billing/v1/product/getProductPriceList?regionCode=KR&pageNo=9&pageSize=1000": "200 " + xmlHead + "<getProductPriceListResponse>",
		"/billing/v1/product/getProductPriceList?regionCode=MOON&payCurrencyCode=KRW":  "400 " + xmlHead + "<responseError>",
	} {
		answer := get(newAPI(t), uri)
		if got := fmt.Sprintf("%d %s", answer.Code, answer.Body); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", uri, got, want)
		}
	}
}

func TestRequestIDsAreNewAndRepeatable(t *testing.T) {
	ask := func(api *API) string { return get(api, "/vserver/v2/getRegionList").Body.String() }
	first, second := newAPI(t), newAPI(t)
	id, next := ask(first), ask(first)
	if id == next || id != ask(second) || next != ask(second) {
		t.Error("request ids are not a sequence of their seed")
	}
}
