package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func manyOptions() []Provider {
	return []Provider{{
		Name: "ncp", BaseURL: "https://a.example", Lists: []string{"regions"}, Options: []string{"billing_url", "regions"},
		Credentials: [][]string{{"account", "secret_key"}}, Plain: []string{"account"},
	}}
}

func TestOptionsStandBesideTheAddressOrInTheEnvironment(t *testing.T) {
	const text = `
sources:
  ncp:
    billing_url: https://b.example/
    regions: [KR, US]
    page_size: 50
    private_network: true
    insecure_http: true
    credentials: { account: me }
    lists: { regions: }
`
	got, err := Parse("s.yaml", []byte(text), manyOptions(), environment(map[string]string{
		"SYNCER_NCP_REGIONS": "JPN", "SYNCER_NCP_BASE_URL": "http://127.0.0.1:1/",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"billing_url": "https://b.example", "regions": "JPN", "page_size": "50", "private_network": "true"}
	if diff := cmp.Diff(want, got.Sources[0].Options); diff != "" {
		t.Errorf("options (-want +got):\n%s", diff)
	}
	source, err := got.Sources[0].Open(environment(map[string]string{"SYNCER_NCP_SECRET_KEY": "s"}))
	if err != nil || source.BaseURL != "http://127.0.0.1:1" || !source.InsecureHTTP || source.Credentials["account"].Reveal() != "me" {
		t.Errorf("got %+v, %v", source, err)
	}
}

func TestMistakenOptions(t *testing.T) {
	for name, c := range map[string]struct{ lines, want string }{
		"mistyped":  {"    biling_url: https://b\n", `s.yaml:4:5: unknown field "biling_url"; did you mean "billing_url"?`},
		"address":   {"    billing_url: b\n", "s.yaml:4:5: sources.ncp.billing_url: want an address"},
		"twice":     {"    regions: KR\n    options: { regions: US }\n", "sources.ncp.regions: is set twice"},
		"a group":   {"    regions: {a: b}\n", "s.yaml:4:5: sources.ncp.regions: want a text, a number or a list"},
		"a secret":  {"    credentials: { secret_key: hunter2 }\n", "secrets do not stand in this file"},
		"insecure":  {"    insecure_http: perhaps\n", "want true or false"},
		"ca folder": {"    ca_file: [a]\n", "want a text"},
	} {
		_, err := Parse("s.yaml", []byte("sources:\n  ncp:\n    lists: { regions: }\n"+c.lines), manyOptions(), environment(nil))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestCAFile(t *testing.T) {
	source := Source{Name: "ncp", Provider: manyOptions()[0], CAFile: secretFile(t, "no certificate", 0o600)}
	_, err := source.Open(environment(map[string]string{"SYNCER_NCP_ACCOUNT": "a", "SYNCER_NCP_SECRET_KEY": "b"}))
	if err == nil || !strings.Contains(err.Error(), "source ncp: ca_file:") {
		t.Errorf("got %v", err)
	}
}
