package huawei

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"syncer/catalog"
)

// defaultBaseURL is taken where none is configured and no region is named.
const defaultBaseURL = "https://appstream.cn-north-4.myhuaweicloud.com"

// addresses are where one source is served.
type addresses struct{ app, iam, bss, region string }

var (
	regionWord = regexp.MustCompile(`^[a-z]+-[a-z]+-[0-9]+$`)
	// appHost is the host of Workspace APP in a region.
	appHost = regexp.MustCompile(`^(?:appstream|workspace)\.([a-z]+-[a-z]+-[0-9]+)\.(myhuaweicloud\.(?:com|eu))$`)
)

// addressesOf completes what is configured. An address is derived only from
// one of Huawei Cloud's own: credentials for another installation, or for a
// simulated one, must not reach the public IAM.
func addressesOf(source catalog.Source) (addresses, error) {
	a := addresses{app: source.BaseURL, iam: source.Options["iam_url"], bss: source.Options["bss_url"], region: source.Options["region"]}
	if a.region != "" && !regionWord.MatchString(a.region) {
		return a, fmt.Errorf("option region %.40q: want one such as cn-north-4", a.region)
	}
	if a.region != "" && (a.app == "" || a.app == defaultBaseURL) {
		a.app = appURL(a.region)
	}
	region, suffix := located(a.app)
	if region == "" {
		return a, nil
	}
	if a.region != "" && a.region != region {
		return a, fmt.Errorf("option region is %s, base_url that of %s", a.region, region)
	}
	a.region = region
	if a.iam == "" {
		a.iam = "https://iam." + region + "." + suffix
	}
	return a, nil
}

// appURL is the address of Workspace APP in a region: five regions call it
// appstream, all others workspace (services/workspaceapp/v1/region/region.go
// of the vendor's Go SDK, v0.1.207).
func appURL(region string) string {
	named := "workspace"
	if slices.Contains([]string{"cn-north-9", "cn-southwest-2", "cn-north-4", "cn-east-3", "cn-south-1"}, region) {
		named = "appstream"
	}
	return "https://" + named + "." + region + ".myhuaweicloud.com"
}

// located reads region and domain from an address of Workspace APP; both are
// empty for any other address.
func located(address string) (region, suffix string) {
	parsed, err := url.Parse(address)
	if err != nil {
		return "", ""
	}
	found := appHost.FindStringSubmatch(strings.ToLower(parsed.Hostname()))
	if found == nil {
		return "", ""
	}
	return found[1], found[2]
}

// defaultCurrency is what BSS means where an answer names no currency: yuan in
// China, dollars on the international site (models of bss and bssintl in the
// vendor's Go SDK). Nobody says what the European site means: there an answer
// without a currency is an error.
func defaultCurrency(bss string) string {
	parsed, err := url.Parse(bss)
	switch {
	case err != nil:
		return ""
	case parsed.Hostname() == "bss-intl.myhuaweicloud.com":
		return "USD"
	case strings.HasSuffix(parsed.Hostname(), ".eu"):
		return ""
	}
	return "CNY"
}
