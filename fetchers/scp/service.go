package scp

import (
	"net/http"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// service is one host of the platform, asked with one version of its API.
type service struct {
	source  catalog.Source
	client  *web.Client
	version string // Scp-Api-Version; without it the newest would answer
}

func newService(version string, source catalog.Source, options web.Options) (*service, error) {
	// The names of those who ordered a contract are not kept.
	api := web.API{Explain: explain, Redacted: []string{"created_by", "modified_by"}}
	client, err := web.New(source, api, options)
	if err != nil {
		return nil, err
	}
	return &service{source: source, client: client, version: version}, nil
}

// get is a signed question that is answered with one page or a part of one.
func (s *service) get(path string, query map[string][]string) web.Request {
	return web.Request{Method: http.MethodGet, Path: path, Query: query, Sign: s.sign}
}
