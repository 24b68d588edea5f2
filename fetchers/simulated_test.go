package fetchers_test

import (
	"context"
	"maps"
	"reflect"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/fetchers"
	"syncer/simulate"
	"syncer/snapshot"
)

// TestEveryListOfTheSimulation reads every list of every simulated provider,
// undisturbed and with what passes going wrong again and again: the snapshots
// are the same.
func TestEveryListOfTheSimulation(t *testing.T) {
	t.Parallel()
	calm, asked := snapshots(t, 21)
	rough, askedAgain := snapshots(t, 21, "random:rate=0.3")
	if askedAgain <= asked {
		t.Errorf("%d requests without faults, %d with: nothing went wrong", asked, askedAgain)
	}
	for _, provider := range fetchers.All() {
		for _, name := range provider.Lists {
			id := catalog.ListID{Source: provider.Name, Name: name}
			want, got := calm[id], rough[id]
			if want == nil || got == nil {
				t.Errorf("%s: no snapshot; is the provider simulated?", id)
				continue
			}
			if want.Len() == 0 || want.Digest() != got.Digest() || want.Len() != got.Len() {
				t.Errorf("%s: %d entries, and %d when faults pass", id, want.Len(), got.Len())
			}
		}
	}
}

// TestTheFirstWeeksShowEveryKindOfEvent, so that nobody who watches has to wait:
// at each provider an amount changes and a product comes or changes its status,
// and there are statuses of single zones, and contracts.
func TestTheFirstWeeksShowEveryKindOfEvent(t *testing.T) {
	t.Parallel()
	seen := map[string]map[string]bool{}
	before, _ := snapshots(t, 0)
	for _, day := range []int{6, 7, 14, 21} {
		after, _ := snapshots(t, day)
		for id, snapshot := range after {
			if seen[id.Source] == nil {
				seen[id.Source] = map[string]bool{}
			}
			events(seen[id.Source], entriesOf(t, before[id]), entriesOf(t, snapshot))
		}
		before = after
	}
	for source, kinds := range map[string][]string{
		"iwinv": {"amount", "new", "status"}, "ncp": {"amount", "new", "status", "lifecycle"}, "huawei": {"amount", "new", "status", "zone"},
		"scp": {"amount", "new", "status", "contract", "contract amount"}, "zstack": {"amount", "new", "status"},
	} {
		for _, kind := range kinds {
			if !seen[source][kind] {
				t.Errorf("%s: in three weeks nothing happens of the kind %s", source, kind)
			}
		}
	}
}

func entriesOf(t *testing.T, snapshot *snapshot.Snapshot) map[string]catalog.Entry {
	t.Helper()
	all := map[string]catalog.Entry{}
	for entry, err := range snapshot.Entries(func(string) bool { return true }) {
		if err != nil {
			t.Fatal(err)
		}
		all[entry.Key] = entry
	}
	return all
}

// events notes the kinds of what happened between two snapshots.
func events(seen map[string]bool, before, after map[string]catalog.Entry) {
	for key, now := range after {
		was, known := before[key]
		if !known {
			seen["new"], seen["contract"] = true, seen["contract"] || now.Contract != nil
			continue
		}
		seen["status"] = seen["status"] || !reflect.DeepEqual(was.Status, now.Status)
		seen["lifecycle"] = seen["lifecycle"] || !reflect.DeepEqual(was.Lifecycle, now.Lifecycle)
		seen["zone"] = seen["zone"] || !reflect.DeepEqual(was.ZoneStatuses, now.ZoneStatuses)
		for i := range now.Prices {
			price := &now.Prices[i]
			for j := range was.Prices {
				if price.Kind != catalog.PriceFee && price.Identity() == was.Prices[j].Identity() && price.AmountDigest() != was.Prices[j].AmountDigest() {
					seen["amount"], seen["contract amount"] = true, seen["contract amount"] || now.Contract != nil
				}
			}
		}
	}
}

// snapshots takes one of every list on a day of the world and counts the
// requests.
func snapshots(t *testing.T, day int, faults ...string) (taken map[catalog.ListID]*snapshot.Snapshot, requests int) {
	t.Helper()
	now := func() time.Time { return time.Unix(1700000000, 0) }
	options := simulate.Options{Now: now, Products: 150, Seed: 5, At: func() time.Time { return simulate.WorldStart().AddDate(0, 0, day) }}
	for _, text := range faults {
		fault, err := simulate.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		options.Faults = append(options.Faults, fault)
	}
	simulation, err := simulate.New(options)
	if err != nil {
		t.Fatal(err)
	}
	if err := simulation.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer simulation.Close()
	taken = map[catalog.ListID]*snapshot.Snapshot{}
	for _, endpoint := range simulation.Endpoints() {
		for _, fetcher := range fetchersOf(t, endpoint, now) {
			taken[fetcher.List().ID] = snapshotOf(t, fetcher, options.At())
		}
		for _, times := range simulation.Requests(endpoint.Provider) {
			requests += times
		}
	}
	return taken, requests
}

func fetchersOf(t *testing.T, endpoint simulate.Endpoint, now func() time.Time) []catalog.Fetcher {
	t.Helper()
	for _, provider := range fetchers.All() {
		if provider.Name != endpoint.Provider {
			continue
		}
		source := catalog.Source{
			Name: provider.Name, Provider: provider.Name, BaseURL: endpoint.BaseURL, Location: time.UTC,
			Credentials: map[string]catalog.Secret{}, Options: map[string]string{"page_size": "20"},
		}
		maps.Copy(source.Options, endpoint.Settings)
		for name, text := range endpoint.Credentials {
			source.Credentials[name] = catalog.NewSecret(text)
		}
		all, err := provider.New(source, fetchers.Options{Now: now, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	t.Fatalf("%s is simulated and not in the index", endpoint.Provider)
	return nil
}

func snapshotOf(t *testing.T, fetcher catalog.Fetcher, takenAt time.Time) *snapshot.Snapshot {
	t.Helper()
	snapshot := snapshot.New(fetcher).At(takenAt)
	for page, err := range fetcher.Pages(t.Context()) {
		if err == nil {
			err = snapshot.Add(page)
		}
		if err != nil {
			t.Errorf("%s: %v", fetcher.List().ID, err)
			return nil
		}
	}
	if err := snapshot.Complete(); err != nil {
		t.Error(err)
		return nil
	}
	if unknown := snapshot.Unknown(); len(unknown) != 0 {
		t.Logf("%s: drift %v", fetcher.List().ID, unknown)
	}
	return snapshot
}
