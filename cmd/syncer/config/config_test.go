package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/ingest"
	"syncer/schedule"
)

func providers() []Provider {
	return []Provider{
		{
			Name: "iwinv", BaseURL: "https://api-kr.iwinv.kr", Lists: []string{"flavors", "zones"},
			Credentials: [][]string{{"access_key", "secret_key"}}, Options: []string{}, Timezone: "Asia/Seoul",
		},
		{
			Name: "zstack", Lists: []string{"instance-offerings"}, Options: []string{"regions"},
			Credentials: [][]string{{"account", "password"}, {"access_key_id", "access_key_secret"}},
		},
		{Name: "generic", BackfillOnly: true},
	}
}

const good = `
database: { embedded: data }
sources:
  iwinv:
    credentials: { access_key_file: secrets/ak, secret_key_file: /etc/sk }
    lists:
      flavors: { schedule: "0 */6 * * *", stale_after: 1d }
      zones:
  lab-1:
    provider: zstack
    base_url: http://10.0.0.1:8080/zstack/
    options: { regions: [a, b] }
    lists: { instance-offerings: { schedule: "@every 1h" } }
    timezone: Europe/Berlin
absence: { confirm_snapshots: 3 }
evidence: { keep: 30d, mirror: copy }
`

func TestParse(t *testing.T) {
	got, err := Parse("/etc/syncer/syncer.yaml", []byte(good), providers(), environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	berlin, seoul := zone(t, "Europe/Berlin"), zone(t, "Asia/Seoul")
	want := &Config{
		Path: "/etc/syncer/syncer.yaml", Database: Database{Embedded: "/etc/syncer/data"},
		Sources: []Source{
			{
				Name: "iwinv", Provider: providers()[0], BaseURL: "https://api-kr.iwinv.kr", Location: seoul,
				Options: map[string]string{}, dir: "/etc/syncer",
				Lists: []List{
					{ID: catalog.ListID{Source: "iwinv", Name: "flavors"}, Schedule: "0 */6 * * *", Expectation: schedule.Expectation{Times: times(t, "0 */6 * * *", seoul), StaleAfter: 24 * time.Hour}},
					{ID: catalog.ListID{Source: "iwinv", Name: "zones"}},
				},
				plain: map[string]string{}, files: map[string]string{"access_key": "/etc/syncer/secrets/ak", "secret_key": "/etc/sk"},
			},
			{
				Name: "lab-1", Provider: providers()[1], BaseURL: "http://10.0.0.1:8080/zstack", Location: berlin,
				Options: map[string]string{"regions": "a,b"}, dir: "/etc/syncer", files: map[string]string{}, plain: map[string]string{},
				Lists: []List{{ID: catalog.ListID{Source: "lab-1", Name: "instance-offerings"}, Schedule: "@every 1h", Expectation: schedule.Expectation{Times: times(t, "@every 1h", berlin)}}},
			},
		},
		Guard:    ingest.DefaultGuard(),
		Absence:  Absence{ConfirmSnapshots: 3, ConfirmFor: 72 * time.Hour},
		Doubt:    Doubt{ConfirmSnapshots: 2, ConfirmFor: 72 * time.Hour},
		SetAside: SetAside{MaxPercent: 2},
		Evidence: Evidence{Keep: KeepAge, KeepFor: 30 * 24 * time.Hour, Mirror: "/etc/syncer/copy", PauseBelow: 1e9},
		Listen:   "127.0.0.1:8630", ReportTimezone: seoul,
	}
	zones := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
	secrets := cmp.Comparer(func(a, b catalog.Secret) bool { return a.Reveal() == b.Reveal() })
	if diff := cmp.Diff(want, got, zones, secrets, cmp.AllowUnexported(Database{}, Source{}, Heartbeat{})); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

func TestListsThatNobodyPublishesHaveAnyName(t *testing.T) {
	got, err := Parse("s.yaml", []byte("sources:\n  old:\n    provider: generic\n    lists: { prices: , spot_2019: { stale_after: 1d } }\n"), providers(), environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	opened := got.Sources[0].Offline(environment(nil))
	if want := []string{"prices", "spot_2019"}; !slices.Equal(opened.Lists, want) || opened.BaseURL != "" {
		t.Errorf("got %+v, want lists %q", opened, want)
	}
}

func TestEmptyFileHasDefaults(t *testing.T) {
	got, err := Parse("syncer.yaml", nil, providers(), environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Sources) != 0 || !got.Guard.Enabled || got.Evidence.Keep != KeepForever {
		t.Errorf("got %+v", got)
	}
}

func TestMistakesAreNamedWithTheirPlace(t *testing.T) {
	source := func(lines string) string { return "sources:\n  iwinv:\n" + lines }
	lists := "    lists: { flavors: }\n"
	for name, test := range map[string]struct{ text, want string }{
		"unknown field":      {"guard:\n  max_removed_percnt: 3\n", `s.yaml:2:3: unknown field "max_removed_percnt"; did you mean "max_removed_percent"?` + "\n     2 |   max_removed_percnt: 3\n       |   ^"},
		"exec mode":          {"database: { url: \"postgres://u@h/d\", exec_mode: prepared }\n", `database.exec_mode: want one of cache_statement, cache_describe, describe_exec, exec, simple_protocol, got "prepared"`},
		"unknown list":       {source("    lists:\n      flavours: {}\n"), `s.yaml:4:7: sources.iwinv.lists.flavours: unknown list "flavours" of provider iwinv; did you mean "flavors"?; want one of flavors, zones` + "\n     4 |       flavours: {}\n       |       ^"},
		"unknown provider":   {"sources:\n  x:\n    provider: iwimv\n", `s.yaml:3:5: sources.x.provider: unknown provider "iwimv"; did you mean "iwinv"?`},
		"unnamed provider":   {"sources:\n  x:\n    lists: {}\n", `s.yaml:2:3: sources.x.provider: unknown provider "x"; want one of iwinv, zstack, generic`},
		"unknown option":     {source(lists + "    options: { regions: a }\n"), `unknown option "regions" of provider iwinv; want one of page_size, private_network`},
		"nested option":      {"sources:\n  zstack:\n    base_url: http://a\n    lists: { instance-offerings: }\n    options: { regions: {a: b} }\n", `options.regions: want a text`},
		"no lists":           {source("    timezone: UTC\n"), "s.yaml:2:3: sources.iwinv.lists: names no list"},
		"empty source":       {"sources:\n  iwinv:\n", "sources.iwinv: is empty"},
		"bad source name":    {"sources:\n  IWINV:\n    provider: iwinv\n" + lists, "sources.IWINV: want a name of lower case"},
		"same environment":   {"sources:\n  a-b:\n    provider: iwinv\n" + lists + "  a_b:\n    provider: iwinv\n" + lists, `sources.a_b: has the same environment variables as source "a-b"`},
		"no base url":        {"sources:\n  zstack:\n    lists: { instance-offerings: }\n", "sources.zstack.base_url: is missing"},
		"bad base url":       {source(lists + "    base_url: ftp://x\n"), "base_url: want an address"},
		"secret in base url": {source(lists + "    base_url: https://me:hunter2@x\n"), "base_url: want scheme, host and prefix only"},
		"bad timezone":       {source(lists + "    timezone: Seoul\n"), `timezone: want a time zone such as Asia/Seoul or UTC, got "Seoul"`},
		"cron":               {source("    lists: { flavors: { schedule: \"0 6 * *\" } }\n"), "schedule: want a cron expression"},
		"cron that panics":   {source("    lists: { flavors: { schedule: \"TZ=0\" } }\n"), "schedule: want a cron expression without TZ="},
		"cron without day":   {source("    lists: { flavors: { schedule: \"0 0 31 2 *\" } }\n"), "never due"},
		"interval":           {source("    lists: { flavors: { schedule: \"@every 500ms\" } }\n"), "whole seconds"},
		"cron too often":     {source("    lists:\n      flavors:\n        schedule: \"* * * * * *\"\n"), `s.yaml:5:9: sources.iwinv.lists.flavors.schedule: "* * * * * *" is due every 1s, more often than the pace of the list, 5s, allows`},
		"beyond its pace":    {source("    lists: { flavors: { schedule: \"@every 5m\", pace: 1h } }\n"), "is due every 5m0s, more often than the pace of the list, 1h0m0s, allows"},
		"no pace":            {source("    lists: { flavors: { pace: 10ms } }\n"), `pace: want at least 1s, got "10ms"`},
		"long jitter":        {source("    lists: { flavors: { schedule: \"@every 5m\", jitter: 5m } }\n"), `jitter: want less than the time between two due times, 5m0s, got "5m"`},
		"list's timezone":    {source("    lists: { flavors: { schedule: \"@daily\", timezone: Moon } }\n"), `flavors.timezone: want a time zone such as Asia/Seoul or UTC, got "Moon"`},
		"nobody's address":   {"sources:\n  old:\n    provider: generic\n    base_url: http://a\n    lists: { prices: }\n", "base_url: the lists of provider generic are only filled by backfill; they have no address"},
		"nobody's schedule":  {"sources:\n  old:\n    provider: generic\n    lists: { prices: { schedule: \"@daily\" } }\n", "schedule: the lists of provider generic are only filled by backfill"},
		"nobody's list":      {"sources:\n  old:\n    provider: generic\n    lists: { Preise: }\n", "lists.Preise: want a name of lower case letters"},
		"nobody's secret":    {"sources:\n  old:\n    provider: generic\n    credentials: { key_file: a }\n    lists: { prices: }\n", "unknown credential; it has none"},
		"stale after":        {source("    lists: { flavors: { stale_after: soon } }\n"), `stale_after: want a duration such as 72h or 3d, got "soon"`},
		"percentage":         {"guard: { max_changed_percent: 101 }\n", "s.yaml:1:10: guard.max_changed_percent: want a percentage from 0 to 100, got 101"},
		"no percentage":      {"guard: { max_changed_percent: many }\n", "s.yaml:1:31: want a whole number"},
		"growth":             {"guard: { max_growth_factor: 1 }\n", "guard.max_growth_factor: want at least 2, got 1"},
		"zero":               {"guard: { max_zero_percent: -1 }\n", "guard.max_zero_percent: want a percentage from 0 to 100, got -1"},
		"ignore":             {"guard: { ignore_up_to: -1 }\n", "guard.ignore_up_to: want at least 0"},
		"confirm":            {"absence: { confirm_snapshots: 0, confirm_for: -1h }\n", "confirm_snapshots: want at least 1"},
		"confirm for":        {"absence: { confirm_for: -1h }\n", "confirm_for: want a duration"},
		"keep":               {"evidence: { keep: boundary }\n", "evidence.keep: want forever, boundaries or an age"},
		"listen":             {"listen: localhost\n", "listen: want HOST:PORT"},
		"heartbeat":          {"heartbeat_url: hc.example.com/x\n", "heartbeat_url: want an address such as"},
		"heartbeat in clear": {"heartbeat_url: http://hc.example.com/x\n", "heartbeat_url: want https, or http to this machine"},
		"heartbeat's user":   {"heartbeat_url: https://a:b@hc.example.com/x\n", "heartbeat_url: want no user"},
		"report timezone":    {"report_timezone: Local\n", "report_timezone: want a time zone"},
		"two databases":      {"database: { embedded: a, url_file: b }\n", "database: want exactly one of"},
		"no database":        {"database: {}\n", "database: want exactly one of"},
		"database scheme":    {"database: { url: mysql://u@h/d }\n", "database.url: want an address such as postgres://"},
		"key twice":          {"listen: \":1\"\nlisten: \":2\"\n", `s.yaml:2:1: mapping key "listen" already defined`},
		"two documents":      {"listen: \":1\"\n---\nlisten: \":2\"\n", "holds 2 YAML documents"},
		"no yaml":            {"listen: [\n", "s.yaml:1:9: "},
		"not a mapping":      {"- a\n- b\n", "s.yaml:1:1: want a group of settings"},
		"file without name":  {source(lists + "    credentials: { access_key_file: \"\" }\n"), "access_key_file: want the path of a file"},
		"unknown credential": {source(lists + "    credentials: { acess_key_file: a }\n"), `unknown credential; did you mean "access_key_file"?; want one of access_key_file, secret_key_file`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("s.yaml", []byte(test.text), providers(), environment(nil))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got:\n%v\nwant:\n%s", err, test.want)
			}
		})
	}
}

func TestEveryProblemIsNamed(t *testing.T) {
	_, err := Parse("s.yaml", []byte("listen: x\nguard: { ignore_up_to: -1 }\nreport_timezone: Moon\n"), providers(), environment(nil))
	for _, want := range []string{"s.yaml:1:1: listen", "s.yaml:2:10: guard.ignore_up_to", "s.yaml:3:1: report_timezone"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got:\n%v\nwant: %s", err, want)
		}
	}
}

func TestSecretsInTheFileAreRefusedUnseen(t *testing.T) {
	for name, text := range map[string]string{
		"credential":          "sources:\n  iwinv:\n    lists: { flavors: }\n    credentials: { access_key: hunter2 }\n",
		"credential below":    "sources:\n  iwinv:\n    lists: { flavors: }\n    credentials:\n      access_key:\n        hunter2\n",
		"field of the source": "sources:\n  iwinv:\n    access_key: hunter2\n",
		"one line":            "sources: { iwinv: { credentials: { access_key: hunter2 }, lists: { flavours: } } }\n",
		"password in url":     "database: { url: \"postgres://me:hunter2@db/syncer\" }\n",
		"password as setting": "database: { url: \"postgres://me@db/syncer?password=hunter2\" }\n",
		"broken url":          "database: { url: \"postgres://me:hunter2@db:port%/syncer\" }\n",
		"broken yaml":         "database:\n  url: \"postgres://me:hunter2@db\n",
		"not a text":          "database:\n  url: [hunter2]\n",
		"stray value":         "database:\n  hunter2\n",
		"base url":            "sources:\n  iwinv:\n    lists: { flavors: }\n    base_url: https://me:hunter2@x\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("s.yaml", []byte(text), providers(), environment(nil))
			if err == nil || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %v, want an error that does not show the secret", err)
			}
		})
	}
}

func TestListHasItsOwnTimes(t *testing.T) {
	got, err := Parse("s.yaml", []byte(`
sources:
  iwinv:
    lists:
      flavors: { schedule: "*/2 0 3 * * *", timezone: Europe/Berlin, jitter: 1s, pace: 2s }
      zones: { schedule: "0 3 * * *" }
`), providers(), environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	lists := got.Sources[0].Lists
	if lists[0].Times.Location().String() != "Europe/Berlin" || lists[0].Jitter != time.Second {
		t.Errorf("flavors: %+v", lists[0])
	}
	if lists[1].Times.Location().String() != "Asia/Seoul" || lists[1].Jitter != 0 {
		t.Errorf("zones: %+v", lists[1])
	}
}

func times(t *testing.T, expression string, in *time.Location) schedule.Schedule {
	t.Helper()
	parsed, err := schedule.Parse(expression, in)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	found, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func secretFile(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}
