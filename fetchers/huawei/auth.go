package huawei

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// auth authenticates the requests of one walk.
type auth interface {
	// acquire makes requests possible and returns the project they are for.
	acquire(ctx context.Context) (project string, err error)
	sign(request *http.Request) error
	// renew gets other credentials after a refusal.
	renew(ctx context.Context) error
	secrets() []catalog.Secret
}

// accessKey signs each request.
type accessKey struct {
	iam     *web.Client
	now     func() time.Time
	source  catalog.Source
	project string
	region  string
}

func (k *accessKey) renew(context.Context) error { return nil }
func (k *accessKey) secrets() []catalog.Secret   { return nil }

func (k *accessKey) sign(request *http.Request) error {
	request.Header.Set(dateHeader, k.now().UTC().Format(dateLayout))
	signed := []string{"x-sdk-date"}
	if k.project != "" {
		request.Header.Set("X-Project-Id", k.project)
		signed = []string{"x-project-id", "x-sdk-date"}
	}
	credentials := k.source.Credentials
	mark, err := authorize(request, signed, credentials["access_key"].Reveal(), credentials["secret_key"].Reveal())
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", mark)
	return nil
}

// acquire looks the project up where none is configured: each region has one that
// bears its name (GET /v3/projects, as the vendor's SDK does).
func (k *accessKey) acquire(ctx context.Context) (string, error) {
	if k.project != "" || k.iam == nil {
		return k.project, nil
	}
	answer, err := k.iam.Do(ctx, web.Request{
		Method: http.MethodGet, Path: "/v3/projects", Query: url.Values{"name": {k.region}}, Sign: k.sign,
	})
	if err != nil {
		return "", fmt.Errorf("look up the project of %s: %w", k.region, err)
	}
	if k.project, err = onlyProject(answer); err != nil {
		return "", fmt.Errorf("look up the project of %s: %w", k.region, err)
	}
	return k.project, nil
}

func onlyProject(answer []byte) (string, error) {
	var listed struct {
		Projects []struct {
			ID string `json:"id"`
		} `json:"projects"`
	}
	if err := json.Unmarshal(answer, &listed); err != nil {
		return "", errors.New("the answer is not a list of projects")
	}
	if n := len(listed.Projects); n != 1 {
		return "", fmt.Errorf("want one project, got %d; name it with the option project_id", n)
	}
	return usable(listed.Projects[0].ID)
}

// usable refuses what would not fit into a path.
func usable(projectID string) (string, error) {
	if !projectIDs.MatchString(projectID) {
		return "", fmt.Errorf("project id %.70q: want letters, digits, dash and underscore", projectID)
	}
	return projectID, nil
}

// tokenAuth sends a token of the session it belongs to.
type tokenAuth struct {
	session *session
	token   catalog.Secret
	past    []catalog.Secret // refused tokens, which errors may still name
}

func (p *tokenAuth) acquire(ctx context.Context) (string, error) {
	token, project, err := p.session.current(ctx)
	p.token = token
	return project, err
}

func (p *tokenAuth) renew(ctx context.Context) (err error) {
	p.past = append(p.past, p.token)
	p.token, err = p.session.replace(ctx, p.token)
	return err
}

func (p *tokenAuth) sign(request *http.Request) error {
	request.Header.Set("X-Auth-Token", p.token.Reveal())
	return nil
}

func (p *tokenAuth) secrets() []catalog.Secret { return append([]catalog.Secret{p.token}, p.past...) }
