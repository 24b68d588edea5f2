package ncp

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

const (
	vectorAccess = "ncp_iam_TESTACCESSKEY00001"
	vectorSecret = "ncp_iam_TESTSECRETKEY0000000000000000001"
)

// The vectors were made with the vendor's own signer.
func TestSignature(t *testing.T) {
	for _, c := range []struct{ method, uri, want string }{
		{"GET", "/vserver/v2/getServerImageDetail?regionCode=KR&serverImageNo=25495367&responseFormatType=json", "Oce16zjR9B0IwXRowDcEpV/Hpyn0JSIotReVgKOUOTc="},
		{"GET", "/vserver/v2/getServerImageList?regionCode=KR&pageNo=1&pageSize=100&responseFormatType=json", "1YOLrYtGXHyyTT4cOTQ9pjmSJUcsAFY+iN3xhVMgoc4="},
		{"GET", "/vserver/v2/getServerImageList?hypervisorTypeCodeList.1=KVM&hypervisorTypeCodeList.2=XEN&serverImageName=%ED%95%9C%EA%B8%80+img%20x&responseFormatType=json", "rMNLRx2xz4G32WKiZR6mcoWu8xnNhUIHxevkFeQXUvE="},
		{"POST", "/vserver/v2/getServerImageDetail", "e6n19dHJ2VmD0Omf/9tNLoNQknpYx74Mlkhwogu/tlg="},
		{"GET", "/vserver/v2/getRegionList?responseFormatType=json", "ajbaT/rwe5udd8yZYogmce+xY0xBgqlfN6ykw//hkOY="},
		{"GET", "/billing/v1/product/getProductPriceList?regionCode=KR&productItemKindCode=VSVR&pageNo=1&pageSize=1000&payCurrencyCode=KRW&responseFormatType=json", "+Im8m4U387xjcB4qF1E/Ed5JEVs8RBxFiUQxDDigExk="},
		{"GET", "", "MiqHGdS3v7KYPEtPzV6Apu8OL+tqCrov/H9fsSDyJcI="},
		{"GET", "/vserver/v2/getServerImageDetail?", "014Woc78O2993oG52rougK4LI7z+i8YAlfYvtESrXOw="},
	} {
		target, err := url.Parse("https://ncloud.apigw.ntruss.com" + c.uri)
		if err != nil {
			t.Fatal(err)
		}
		request := &http.Request{Method: c.method, URL: target, Header: http.Header{}}
		if err := signer(t, "https://ncloud.apigw.ntruss.com").sign(request); err != nil {
			t.Fatal(err)
		}
		if got := request.Header.Get("x-ncp-apigw-signature-v2"); got != c.want {
			t.Errorf("%s %s: got %s, want %s", c.method, c.uri, got, c.want)
		}
		if stamp, access := request.Header.Get("x-ncp-apigw-timestamp"), request.Header.Get("x-ncp-iam-access-key"); stamp != "1700000000000" || access != vectorAccess {
			t.Errorf("%s: timestamp %s, access key %s", c.uri, stamp, access)
		}
	}
}

func signer(t *testing.T, base string) account {
	t.Helper()
	made, err := newAccount(catalog.Source{
		Name: "ncp", BaseURL: base, Location: time.UTC,
		Credentials: map[string]catalog.Secret{"access_key": catalog.NewSecret(vectorAccess), "secret_key": catalog.NewSecret(vectorSecret)},
	}, web.Options{Now: func() time.Time { return time.UnixMilli(1700000000000) }})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestWhatIsSignedIsWhatIsSent compares with the request line as a server
// reads it, which is what the gateway signs again.
func TestWhatIsSignedIsWhatIsSent(t *testing.T) {
	var line, sent string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		line, sent = r.RequestURI, r.Header.Get("x-ncp-apigw-signature-v2")
	}))
	defer server.Close()
	account := signer(t, server.URL+"/behind a proxy")
	query := url.Values{"serverImageName": {"한글 img&=+/?"}, "b": {""}}
	_, err := account.vserver.client.Do(context.Background(), web.Request{Method: http.MethodGet, Path: "/x", Query: query, Sign: account.sign})
	if err != nil {
		t.Fatal(err)
	}
	if want := signature(vectorSecret, vectorAccess, "1700000000000", "GET", line); sent != want {
		t.Errorf("%s was signed as something else", line)
	}
}

func TestWhereTheServicesAre(t *testing.T) {
	for _, c := range []struct{ base, billing, wantBase, wantBilling string }{
		{"https://ncloud.apigw.ntruss.com", "", "/vserver/v2", "https://billingapi.apigw.ntruss.com"},
		{"https://ncloud.apigw.ntruss.com/vserver/v2", "", "", "https://billingapi.apigw.ntruss.com"},
		{"https://ncloud.apigw.gov-ntruss.com", "", "/vserver/v2", "https://billingapi.apigw.gov-ntruss.com"},
		{"https://fin-ncloud.apigw.fin-ntruss.com", "", "/vserver/v2", "https://fin-ncloud.apigw.fin-ntruss.com"},
		{"http://127.0.0.1:8080/vserver/v2/", "", "", "http://127.0.0.1:8080"},
		{"http://127.0.0.1:8080", "http://127.0.0.1:9090/billing/v1", "/vserver/v2", "http://127.0.0.1:9090/billing/v1"},
	} {
		source := catalog.Source{BaseURL: c.base, Options: map[string]string{"billing_url": c.billing}}
		if got := billingURL(source); got != c.wantBilling {
			t.Errorf("%s: prices are asked for at %s, want %s", c.base, got, c.wantBilling)
		}
		made, err := newService(source, "/vserver/v2", web.Options{Now: time.Now})
		if err != nil || made.prefix != c.wantBase {
			t.Errorf("%s: prefix %q, error %v", c.base, made.prefix, err)
		}
	}
}
