package scp

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

const (
	vectorAccess  = "0123456789abcdef0123456789abcdef"
	vectorSecret  = "11111111-2222-3333-4444-555555555555"
	vectorAccount = "228cb9e4a7934f84853594c7f26f7a21"
)

// The vectors were made by the vendor's own signer.
func vectors() []struct{ method, address, account, want string } {
	const host = "https://billingplan.e.samsungsdscloud.com"
	return []struct{ method, address, account, want string }{
		{"GET", host + "/v1/planned-computes", "", "2coTjyPbgqICruyrRwKHJiEWYfgrSHPlrBLOuBmZ4hw="},
		{"GET", host + "/v1/planned-computes?limit=10&page=1", "", "F7g7Mzwq0z+IiEiKVdTOdXHP5zs7M7E1a7UEalxVAEM="},
		{"GET", host + "/v1/planned-computes?limit=10&page=1", vectorAccount, "IdeWsbnj7q0HinjlgmazyxQAxbjZ7S9FnYjbOPESJ/4="},
		{"GET", host + "/v1/planned-computes?contract_type=01&contract_type=03&sort=created_by%3Aasc", "", "0nz8tSwB57rr0uK5hkFbNT/oV2f3O7Xctup6kBF5Qek="},
		{"GET", host + "/v1/planned-computes?sort=created_by:asc", "", "uvXNDcvXKacFZPvVkjAc/fzItq4SRIvRck+5cKM9T3Q="},
		{"GET", host + "/v1/planned-computes?modified_by=%EA%B9%80%EC%82%BC%EC%84%B1", "", "rgil9oQwCKQb9r0gRR3dOB/9QajNO7EFInOW8cFpbVc="},
		{"POST", host + "/v1/planned-computes/cancellation-fee", "", "SPpZA+681f4wIb/G8WlzlcubCh7XdLtIxslElo+2ovU="},
		{"GET", "https://pricing.e.samsungsdscloud.com/v1/reports/prices?page=0&size=100", "", "4VcgPciOk3IupLH49Y/+k2z3zx/g8lcRxBup0b/MYdk="},
		{"GET", "https://iam.e.samsungsdscloud.com/v1/endpoints", "", "0LPwjFnaFDxtLW2HGuVQbwX3zWs8GNrcJkDLY3caTxM="},
		{"GET", "http://127.0.0.1:8080/v1/planned-computes?limit=10&page=1", "", "mmV/iYILa0dNT0NsPmaOQjKAh969trcEyDZ7QI08+ao="},
	}
}

func TestSignature(t *testing.T) {
	for _, c := range vectors() {
		if got := signature(vectorSecret, c.method, c.address, "1700000000000", vectorAccess, c.account); got != c.want {
			t.Errorf("%s %s: got %s, want %s", c.method, c.address, got, c.want)
		}
	}
}

func TestHeaders(t *testing.T) {
	for _, c := range vectors() {
		source := catalog.Source{
			BaseURL: "https://billingplan.e.samsungsdscloud.com", Location: time.UTC, Options: map[string]string{"account_id": c.account},
			Credentials: map[string]catalog.Secret{"access_key": catalog.NewSecret(vectorAccess), "secret_key": catalog.NewSecret(vectorSecret)},
		}
		service, err := newService("billingplan 1.0", source, web.Options{Now: func() time.Time { return time.UnixMilli(1700000000000) }})
		if err != nil {
			t.Fatal(err)
		}
		request := httptest.NewRequest(c.method, c.address, http.NoBody)
		if err := service.sign(request); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"Scp-Accesskey": vectorAccess, "Scp-Signature": c.want, "Scp-Timestamp": "1700000000000", "Scp-ClientType": "Openapi",
			"Accept-Language": "en-US", "Scp-Api-Version": "billingplan 1.0", "Scp-AccountId": c.account,
		} {
			if got := request.Header.Get(name); got != want {
				t.Errorf("%s %s: %s is %q, want %q", c.method, c.address, name, got, want)
			}
		}
	}
}

func TestPricingURL(t *testing.T) {
	for base, want := range map[string]string{
		"https://billingplan.e.samsungsdscloud.com": "https://pricing.e.samsungsdscloud.com",
		"https://billingplan.g.samsungsdscloud.com": "https://pricing.g.samsungsdscloud.com",
		"http://127.0.0.1:8080":                     "http://127.0.0.1:8080",
	} {
		if got := pricingURL(catalog.Source{BaseURL: base}); got != want {
			t.Errorf("%s: got %s, want %s", base, got, want)
		}
	}
	given := catalog.Source{BaseURL: "https://billingplan.e.samsungsdscloud.com", Options: map[string]string{"pricing_url": "https://p.example"}}
	if got := pricingURL(given); got != "https://p.example" {
		t.Errorf("got %s", got)
	}
}
