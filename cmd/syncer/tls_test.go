package main

import (
	"bytes"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"syncer/pgtemp/pgtest"
)

// behindTLS is the address of a server with a certificate of its own making
// before the simulated provider, and the file that holds the certificate.
func behindTLS(t *testing.T, address string) (secure, certificate string) {
	t.Helper()
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(target))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	certificate = filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(certificate, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return server.URL, certificate
}

// TestCAFileOfASource reads iwinv and both services of NAVER Cloud over TLS
// that only their ca_file vouches for.
func TestCAFileOfASource(t *testing.T) {
	fields := announced(t)
	iwinv, certificate := behindTLS(t, fields["iwinv"]["base_url"])
	ncp, _ := behindTLS(t, fields["ncp"]["base_url"])

	values := map[string]string{"DATABASE_URL": pgtest.URL(t)}
	for _, source := range []string{"iwinv", "ncp"} {
		for _, field := range []string{"access_key", "secret_key"} {
			values[strings.ToUpper("SYNCER_"+source+"_"+field)] = fields[source][field]
		}
	}
	path := filepath.Join(filepath.Dir(certificate), "syncer.yaml")
	write := func(ca string) {
		text := "sources:\n  iwinv:\n    base_url: " + iwinv + "\n" + ca + "    lists: { zones: }\n" +
			"  ncp:\n    base_url: " + ncp + "\n    billing_url: " + ncp + "\n" + ca + "    lists: { regions: , product-prices: }\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("")
	code, _, stderr := withValues(t, values, "sync", "-c", path, "ncp/regions")
	if code != exitFailed || !strings.Contains(stderr, "certificate") {
		t.Errorf("without ca_file: got %d: %s", code, stderr)
	}
	write("    ca_file: ca.pem\n") // beside the configuration
	for _, line := range synced(t, path, values) {
		if line.Outcome != "changed" {
			t.Errorf("with ca_file: %+v", line)
		}
	}
	write("")
	values["SYNCER_IWINV_CA_FILE"] = certificate
	if lines := synced(t, path, values, "iwinv"); lines[0].Outcome != "unchanged" {
		t.Errorf("with ca_file of the environment: %+v", lines[0])
	}
}

// TestInsecureHTTP wants plain http to another machine only where it is allowed.
// The other machine is this one, by an address that is not loopback.
func TestInsecureHTTP(t *testing.T) {
	fields := announced(t)
	target, err := url.Parse(fields["iwinv"]["base_url"])
	if err != nil {
		t.Fatal(err)
	}
	address := "192.0.2.1:1" // nobody's (RFC 5737), where this machine has no other
	if own := addressOfThisMachine(t); own != "" {
		listener, err := net.Listen("tcp", net.JoinHostPort(own, "0"))
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: httputil.NewSingleHostReverseProxy(target), ReadHeaderTimeout: time.Second}
		go server.Serve(listener) // ends with the test
		t.Cleanup(func() { server.Close() })
		address = listener.Addr().String()
	}
	values := map[string]string{
		"DATABASE_URL": pgtest.URL(t), "SYNCER_IWINV_BASE_URL": "http://" + address,
		"SYNCER_IWINV_ACCESS_KEY": fields["iwinv"]["access_key"], "SYNCER_IWINV_SECRET_KEY": fields["iwinv"]["secret_key"],
	}
	path := filepath.Join(t.TempDir(), "syncer.yaml")
	if err := os.WriteFile(path, []byte("sources: { iwinv: { lists: { zones: } } }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := withValues(t, values, "sync", "-c", path)
	if code != exitFailed || !strings.Contains(stderr, "plain http to "+address+" would show credentials to the network: want https, or insecure_http: true") {
		t.Errorf("got %d: %s", code, stderr)
	}
	values["SYNCER_IWINV_INSECURE_HTTP"] = "true"
	if address == "192.0.2.1:1" {
		return // nothing answers there
	}
	if lines := synced(t, path, values); lines[0].Outcome != "changed" {
		t.Errorf("got %+v", lines[0])
	}
}

// addressOfThisMachine is one by which it can be reached but that is not
// loopback; "" where it has none.
func addressOfThisMachine(t *testing.T) string {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok && network.IP.To4() != nil && !network.IP.IsLoopback() && !network.IP.IsLinkLocalUnicast() {
			return network.IP.String()
		}
	}
	return ""
}

// withValues runs syncer in an environment.
func withValues(t *testing.T, values map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, environment{
		Stdout: &out, Stderr: &errs, Now: time.Now,
		Lookup: func(name string) (string, bool) { value, found := values[name]; return value, found },
	})
	return code, out.String(), errs.String()
}
