package fetchers_test

import (
	"context"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/fetchers"
	"syncer/simulate"
)

// Every list of every provider is read in the same way: its pages are fetched
// one by one, and each is decoded by itself. The provider here is simulated.
func Example() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	simulation, err := simulate.New(simulate.Options{Now: time.Now})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := simulation.Start(ctx); err != nil {
		fmt.Println(err)
		return
	}
	defer simulation.Close()
	endpoint := simulation.Endpoints()[0]

	for _, provider := range fetchers.All() {
		if provider.Name != endpoint.Provider {
			continue
		}
		credentials := make(map[string]catalog.Secret)
		for name, text := range endpoint.Credentials {
			credentials[name] = catalog.NewSecret(text)
		}
		made, err := provider.New(catalog.Source{
			Name: "work", Provider: provider.Name, BaseURL: endpoint.BaseURL,
			Credentials: credentials, Location: time.UTC,
		}, fetchers.Options{Now: time.Now, RequestsPerMinute: 6000})
		if err != nil {
			fmt.Println(err)
			return
		}
		printFirstTwo(ctx, made[0])
	}
	// Output:
	// work/flavors
	// vgna_1_n available full 5600 KRW month
	// vgna_2_n available full 13100 KRW month
}

// printFirstTwo prints the first two entries of a list.
func printFirstTwo(ctx context.Context, fetcher catalog.Fetcher) {
	fmt.Println(fetcher.List().ID)
	for page, err := range fetcher.Pages(ctx) {
		if err != nil {
			fmt.Println(err)
			return
		}
		decoded, err := fetcher.Decode(page)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, entry := range decoded.Entries[:2] {
			price := entry.Prices[0]
			fmt.Println(entry.Key, *entry.Status, price.Variant, price.ListUnitPrice, price.Currency, price.Unit)
		}
		return
	}
}
