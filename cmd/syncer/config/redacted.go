package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"syncer/catalog"
)

// errUnreadable does not quote the file.
var errUnreadable = errors.New("the file is not YAML")

// spoken are the settings whose values may be shown to others: no secret
// belongs there. Whoever put one into another place has it hidden by that.
var spoken = []string{
	"embedded", "url_file", "provider", "base_url", "timezone", "ca_file", "insecure_http", "schedule", "jitter", "pace", "stale_after", "ignore",
	"enabled", "ignore_up_to", "max_removed_percent", "max_unpriced_percent", "max_changed_percent", "max_tax_percent", "max_currency_unit_percent",
	"max_zero_percent", "max_status_percent", "max_emptied_percent", "max_growth_factor", "max_doubtful_percent", "confirm_snapshots", "confirm_for", "keep", "mirror", "pause_below",
	"listen", "exec_mode", "report_timezone", "page_size", "private_network", "currency", "regions", "region",
	"webhook", "events", "threshold_percent", "direction", "price_kinds", "digest", "at", "weekday",
}

// named are the settings below which names are free: sources, lists and those
// of notifications.
var named = []string{"sources", "lists", "webhooks", "rules"}

// Redacted is the configuration file for others to see: settings that are
// known and hold no secret as they are, addresses without user, password and
// query, everything else as [redacted]. Comments are left out.
func Redacted(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var tree yaml.MapSlice
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return "", fmt.Errorf("%s: %w", path, errUnreadable)
	}
	shown, err := yaml.Marshal(redactMap("", tree))
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, errUnreadable)
	}
	return string(shown), nil
}

func redactMap(below string, tree yaml.MapSlice) yaml.MapSlice {
	shown := make(yaml.MapSlice, 0, len(tree))
	for i, item := range tree {
		key := fmt.Sprint(item.Key)
		if !slices.Contains(named, below) && !slices.Contains(spoken, key) && !slices.Contains(fieldNames(), key) &&
			!strings.HasSuffix(key, "_file") && !strings.HasSuffix(key, "_url") {
			key = fmt.Sprintf("unknown-%d", i+1)
		}
		shown = append(shown, yaml.MapItem{Key: key, Value: redactValue(key, item.Value)})
	}
	return shown
}

func redactValue(key string, value any) any {
	switch v := value.(type) {
	case nil:
		return nil
	case yaml.MapSlice:
		return redactMap(key, v)
	case map[string]any:
		sorted := yaml.MapSlice{}
		for _, name := range sortedKeys(v) {
			sorted = append(sorted, yaml.MapItem{Key: name, Value: v[name]})
		}
		return redactMap(key, sorted)
	case string:
		switch {
		case key == "heartbeat_url": // whoever knows its path can ping
			return withoutPath(v)
		case strings.HasSuffix(key, "_url"):
			return withoutUser(v)
		}
	}
	if slices.Contains(spoken, key) || strings.HasSuffix(key, "_file") {
		return value
	}
	return catalog.NewSecret("").String()
}

// withoutPath is an address of which only the host is shown.
func withoutPath(text string) string {
	address, err := url.Parse(text)
	if err != nil || address.Host == "" {
		return catalog.NewSecret("").String()
	}
	return address.Scheme + "://" + address.Host + "/" + catalog.NewSecret("").String()
}

// withoutUser is an address without user, password, query and fragment.
func withoutUser(text string) string {
	address, err := url.Parse(text)
	if err != nil || address.Host == "" {
		return catalog.NewSecret("").String()
	}
	return (&url.URL{Scheme: address.Scheme, Host: address.Host, Path: address.Path}).String()
}
