package main

import (
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/pipeline"
	"syncer/cmd/syncer/setup"
	"syncer/fetchers"
)

// fieldsOf are settings of every provider: what stands beside its lists, and
// its credentials, each set for itself.
func fieldsOf() map[string]struct {
	settings    map[string]string
	credentials []map[string]string
} {
	type fields = struct {
		settings    map[string]string
		credentials []map[string]string
	}
	keys := map[string]string{"access_key": "an-access-key", "secret_key": "a-secret-key"}
	return map[string]fields{
		"iwinv": {
			map[string]string{"base_url": "https://iwinv.example", "timezone": "Asia/Seoul"},
			[]map[string]string{keys},
		},
		"ncp": {
			map[string]string{"base_url": "https://ncp.example", "billing_url": "https://billing.example", "regions": "KR,SGN", "currency": "USD", "format": "xml"},
			[]map[string]string{keys},
		},
		"huawei": {
			map[string]string{
				"base_url": "https://huawei.example", "iam_url": "https://iam.example", "bss_url": "https://bss.example",
				"project_id": "29dfe82ada564ac2b927e1ff036d9a9b", "region": "cn-north-4",
			},
			[]map[string]string{keys, {"domain": "acme", "username": "reader", "password": "a-password"}},
		},
		"scp": {
			map[string]string{"base_url": "https://scp.example", "pricing_url": "https://pricing.example", "account_id": "228cb9e4"},
			[]map[string]string{keys},
		},
		"zstack": {
			map[string]string{"base_url": "https://zstack.example/zstack", "timezone": "Asia/Shanghai", "currency": "CNY"},
			[]map[string]string{{"account": "admin", "password": "a-password"}, keys},
		},
	}
}

// TestEveryFieldWorksInTheFileAndInTheEnvironment configures every provider
// both ways, with what every source may have too, and wants one source.
func TestEveryFieldWorksInTheFileAndInTheEnvironment(t *testing.T) {
	all := fieldsOf()
	for _, p := range setup.Providers() {
		fields, known := all[p.Name]
		if !known {
			t.Errorf("%s: no fields to try; add its settings to fieldsOf", p.Name)
			continue
		}
		for _, name := range p.Options {
			if fields.settings[name] == "" {
				t.Errorf("%s: option %s is not tried", p.Name, name)
			}
		}
		if len(fields.credentials) != len(p.Credentials) {
			t.Errorf("%s: %d sets of credentials are tried, there are %d", p.Name, len(fields.credentials), len(p.Credentials))
		}
		maps.Copy(fields.settings, map[string]string{"page_size": "20", "private_network": "true", "insecure_http": "true"})
		for _, credentials := range fields.credentials {
			byFile := opened(t, written(t, p, fields.settings, credentials), nil)
			byEnvironment := opened(t, written(t, p, nil, nil), environmentOf(p.Name, fields.settings, credentials))
			if diff := cmp.Diff(revealed(byFile), revealed(byEnvironment)); diff != "" {
				t.Errorf("%s (-file +environment):\n%s", p.Name, diff)
			}
			if got := revealed(byFile); got["base_url"] != fields.settings["base_url"] || !byFile.InsecureHTTP || len(byFile.Options) < 2 {
				t.Errorf("%s: got %v", p.Name, got)
			}
			if made, err := pipeline.Fetchers(byFile, fetchers.Options{Now: time.Now, Logger: slog.New(slog.DiscardHandler)}); err != nil || len(made) != len(p.Lists) {
				t.Errorf("%s: %d fetchers, %v", p.Name, len(made), err)
			}
		}
	}
}

// TestAPublicAddressIsNotNeeded, nor is it where the region says it.
func TestAPublicAddressIsNotNeeded(t *testing.T) {
	for _, p := range setup.Providers() {
		if p.Name == "zstack" {
			continue // every installation has its own
		}
		settings := map[string]string{}
		if p.Name == "huawei" {
			settings["region"] = "ap-southeast-1"
		}
		fields, known := fieldsOf()[p.Name]
		if !known {
			continue // said by the test above
		}
		source := opened(t, written(t, p, settings, fields.credentials[0]), nil)
		made, err := pipeline.Fetchers(source, fetchers.Options{Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatalf("%s: %v", p.Name, err)
		}
		for name, fetcher := range made {
			address := fetcher.List().Settings["base_url"]
			if !strings.HasPrefix(address, "https://") || p.Name == "huawei" && address != "https://workspace.ap-southeast-1.myhuaweicloud.com" {
				t.Errorf("%s/%s is read at %s", p.Name, name, address)
			}
		}
	}
}

// written is a configuration of one source with all its lists.
func written(t *testing.T, p fetchers.Provider, settings, credentials map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	var text strings.Builder
	fmt.Fprintf(&text, "sources:\n  %s:\n    lists: { %s: }\n", p.Name, strings.Join(p.Lists, ": , "))
	for name, value := range settings {
		if name == "regions" {
			value = "[" + value + "]"
		}
		fmt.Fprintf(&text, "    %s: %s\n", name, value)
	}
	if len(credentials) > 0 {
		text.WriteString("    credentials:\n")
	}
	for field, secret := range credentials {
		fmt.Fprintf(&text, "      %s_file: %s\n", field, field)
		if err := os.WriteFile(filepath.Join(dir, field), []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "syncer.yaml")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func environmentOf(source string, all ...map[string]string) map[string]string {
	values := map[string]string{}
	for _, fields := range all {
		for field, value := range fields {
			values[strings.ToUpper("SYNCER_"+source+"_"+field)] = value
		}
	}
	return values
}

func opened(t *testing.T, path string, values map[string]string) catalog.Source {
	t.Helper()
	lookup := func(name string) (string, bool) { value, found := values[name]; return value, found }
	loaded, err := config.Load(path, configProviders(), lookup)
	if err != nil {
		t.Fatal(err)
	}
	source, err := loaded.Sources[0].Open(lookup)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func revealed(source catalog.Source) map[string]string {
	all := map[string]string{"base_url": source.BaseURL, "timezone": source.Location.String(), "insecure": fmt.Sprint(source.InsecureHTTP)}
	maps.Copy(all, source.Options)
	for field, secret := range source.Credentials {
		all["credential "+field] = secret.Reveal()
	}
	return all
}
