package huawei

import (
	"fmt"
	"maps"
	"regexp"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// account is one source: its services, and how it proves who it is.
type account struct {
	source catalog.Source
	region string
	// projectID is the configured one, "" for the region's.
	projectID string
	app, iam  *web.Client
	bss       *web.Client // nil: no prices are asked for
	currency  string      // what BSS means where it names none
	// inProject and inDomain hold tokens; nil where requests are signed. BSS is
	// global and takes a token of the domain.
	inProject, inDomain *session
}

// projectIDs is the shape of a project's id, which goes into paths.
var projectIDs = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// byPassword begins the set of credentials that logs in for tokens.
const byPassword = "domain"

func newAccount(source catalog.Source, options web.Options) (*account, error) {
	credentials, err := web.ChooseCredentials(source, Provider().Credentials)
	if err != nil {
		return nil, err
	}
	addresses, err := addressesOf(source)
	if err != nil {
		return nil, fmt.Errorf("source %q: %w", source.Name, err)
	}
	a := &account{source: source, region: addresses.region, projectID: source.Options["project_id"], currency: defaultCurrency(addresses.bss)}
	a.source.BaseURL = addresses.app
	if err := a.check(addresses, credentials); err != nil {
		return nil, fmt.Errorf("source %q: %w", source.Name, err)
	}
	if err := a.connect(addresses, options); err != nil {
		return nil, err
	}
	if credentials[0] == byPassword {
		a.inProject, a.inDomain = newSession(a.iam, source, a.projectScope()), newSession(a.iam, source, domainScope(source))
	}
	return a, nil
}

// check wants what the walk will need.
func (a *account) check(addresses addresses, credentials []string) error {
	switch {
	case a.projectID != "" && !projectIDs.MatchString(a.projectID):
		return fmt.Errorf("option project_id %.70q: want letters, digits, dash and underscore", a.projectID)
	case a.projectID == "" && a.region == "":
		return fmt.Errorf("want the option project_id or region: base_url names no region")
	case addresses.iam == "" && (credentials[0] == byPassword || a.projectID == ""):
		return fmt.Errorf("want the option iam_url: base_url is not an address of Huawei Cloud, so IAM is not known")
	case addresses.bss != "" && a.region == "":
		return fmt.Errorf("want the option region: prices are those of a region")
	}
	return nil
}

// connect makes a client for each service; they are paced each for itself.
func (a *account) connect(addresses addresses, options web.Options) (err error) {
	if a.app, err = web.New(a.source, web.API{Explain: explain}, options); err != nil {
		return err
	}
	if addresses.iam != "" {
		if a.iam, err = web.New(web.Elsewhere(a.source, addresses.iam), web.API{Explain: explain}, options); err != nil {
			return fmt.Errorf("iam_url: %w", err)
		}
	}
	if addresses.bss != "" {
		api := web.API{Explain: explain, RequestsPerMinute: enquiriesPerMinute}
		if a.bss, err = web.New(web.Elsewhere(a.source, addresses.bss), api, options); err != nil {
			return fmt.Errorf("bss_url: %w", err)
		}
	}
	return nil
}

// settings are what decides the content of the lists.
func (a *account) settings() map[string]string {
	settings := map[string]string{
		"base_url": a.source.BaseURL, "region": a.region, "project_id": a.projectID, "bss_url": a.source.Options["bss_url"],
	}
	maps.DeleteFunc(settings, func(_, value string) bool { return value == "" })
	return settings
}

// projectAuth is for requests to Workspace APP.
func (a *account) projectAuth() auth {
	if a.inProject != nil {
		return &tokenAuth{session: a.inProject}
	}
	return &accessKey{iam: a.iam, now: a.app.Now, source: a.source, project: a.projectID, region: a.region}
}

// domainAuth is for requests to BSS.
func (a *account) domainAuth() auth {
	if a.inDomain != nil {
		return &tokenAuth{session: a.inDomain}
	}
	return &accessKey{now: a.bss.Now, source: a.source}
}
