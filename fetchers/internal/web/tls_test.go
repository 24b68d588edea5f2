package web

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"syncer/catalog"
)

// certified is a server with a certificate of its own making.
func certified(t *testing.T, change func(*x509.Certificate, *tls.Config)) (*httptest.Server, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	config := &tls.Config{}
	if change != nil {
		change(template, config)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	config.Certificates = []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("{}")) }))
	server.TLS = config
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, pool
}

func TestTLS(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*x509.Certificate, *tls.Config)
		trusted bool
		want    string // in the error; "" for none
	}{
		"an authority of the source":   {nil, true, ""},
		"self-signed, trusted by none": {nil, false, "unknown authority"},
		"expired":                      {func(c *x509.Certificate, _ *tls.Config) { c.NotAfter = time.Now().Add(-time.Minute) }, true, "expired"},
		"another host's":               {func(c *x509.Certificate, _ *tls.Config) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 2)} }, true, "127.0.0.1"},
		"TLS 1.2":                      {func(_ *x509.Certificate, c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }, true, ""},
		"TLS 1.1": {func(_ *x509.Certificate, c *tls.Config) {
			c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		}, true, "version"},
	} {
		t.Run(name, func(t *testing.T) {
			server, roots := certified(t, c.change)
			source := catalog.Source{Name: "s", BaseURL: server.URL}
			if c.trusted {
				source.Roots = roots
			}
			mustConnect(t, source, c.want)
		})
	}
}

func TestPlainServerBehindHTTPS(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	mustConnect(t, catalog.Source{Name: "s", BaseURL: strings.Replace(server.URL, "http:", "https:", 1)}, "not look like a TLS handshake")
}

// mustConnect wants what will not pass by itself not to be repeated.
func mustConnect(t *testing.T, source catalog.Source, want string) {
	t.Helper()
	client, err := New(source, API{}, Options{Now: time.Now, Sleep: noSleep(t)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Do(t.Context(), Request{Method: http.MethodGet, Path: "/"})
	if want == "" {
		if err != nil {
			t.Error(err)
		}
		return
	}
	failure, ok := errors.AsType[*TransferError](err)
	if !ok || failure.Class != ClassTLS || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want class tls and %q", err, want)
	}
}
