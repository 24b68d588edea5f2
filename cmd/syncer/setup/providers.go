package setup

import (
	"fmt"
	"slices"
	"strings"

	"syncer/fetchers"
)

// Providers are those that can be asked, by name: not those that only backfill
// fills.
func Providers() []fetchers.Provider {
	return slices.DeleteFunc(fetchers.All(), func(p fetchers.Provider) bool { return p.BackfillOnly })
}

// ProviderNames are the names of Providers.
func ProviderNames() []string {
	var all []string
	for _, p := range Providers() {
		all = append(all, p.Name)
	}
	return all
}

// Choose returns the providers of some names, in their order; of none, all.
func Choose(names []string) ([]fetchers.Provider, error) {
	all := Providers()
	if len(names) == 0 {
		return all, nil
	}
	var chosen []fetchers.Provider
	for _, name := range names {
		i := slices.IndexFunc(all, func(p fetchers.Provider) bool { return p.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("unknown provider %q; want one of %s", name, strings.Join(ProviderNames(), ", "))
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// Schedule is the proposed cron expression of a provider's list.
func Schedule(p fetchers.Provider, list string) string {
	if expression, known := p.Schedules[list]; known {
		return expression
	}
	return "@daily"
}
