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

const (
	// tokenLife is documented; an answer says when exactly its token ends.
	tokenLife = 24 * time.Hour
	// tokenMargin is left to a token, so that it does not end within a walk.
	tokenMargin = 10 * time.Minute
)

// session is a login with domain, user and password for one scope. Its token
// serves all lists of the source until it expires.
type session struct {
	iam    *web.Client
	source catalog.Source
	scope  map[string]any
	// turn is held by whoever reads or renews the fields below.
	turn    chan struct{}
	token   catalog.Secret
	until   time.Time
	project string
}

func newSession(iam *web.Client, source catalog.Source, scope map[string]any) *session {
	return &session{iam: iam, source: source, scope: scope, turn: make(chan struct{}, 1)}
}

// projectScope names the project by its id, or by the name of its region.
func (a *account) projectScope() map[string]any {
	if a.projectID != "" {
		return map[string]any{"project": map[string]any{"id": a.projectID}}
	}
	return map[string]any{"project": map[string]any{"name": a.region}}
}

// domainScope is that of global services.
func domainScope(source catalog.Source) map[string]any {
	return map[string]any{"domain": map[string]any{"name": source.Credentials["domain"].Reveal()}}
}

// current returns a valid token and its project.
func (s *session) current(ctx context.Context) (catalog.Secret, string, error) {
	if err := s.wait(ctx); err != nil {
		return catalog.Secret{}, "", err
	}
	defer s.leave()
	if s.token.IsZero() || !s.iam.Now().Add(tokenMargin).Before(s.until) {
		if err := s.login(ctx); err != nil {
			return catalog.Secret{}, "", fmt.Errorf("log in: %w", err)
		}
	}
	return s.token, s.project, nil
}

// replace returns another token than the refused one, which another list may
// have got already.
func (s *session) replace(ctx context.Context, refused catalog.Secret) (catalog.Secret, error) {
	if err := s.wait(ctx); err != nil {
		return catalog.Secret{}, err
	}
	defer s.leave()
	if s.token == refused {
		s.token = catalog.Secret{}
		if err := s.login(ctx); err != nil {
			return catalog.Secret{}, err
		}
	}
	return s.token, nil
}

func (s *session) wait(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *session) leave() { <-s.turn }

// login is not signed, so a wrong password is tried once only.
func (s *session) login(ctx context.Context) error {
	question, err := s.question()
	if err != nil {
		return fmt.Errorf("build login: %w", err)
	}
	var token catalog.Secret
	answer, err := s.iam.Do(ctx, web.Request{
		Method: http.MethodPost, Path: "/v3/auth/tokens", Query: url.Values{"nocatalog": {"true"}}, Body: question,
		Secrets:  s.secrets,
		Received: func(header http.Header) { token = catalog.NewSecret(header.Get("X-Subject-Token")) },
	})
	if err != nil {
		return err
	}
	if token.IsZero() {
		return errors.New("the login answer has no header X-Subject-Token")
	}
	return s.keep(token, answer)
}

func (s *session) question() ([]byte, error) {
	credentials := s.source.Credentials
	user := map[string]any{
		"domain": map[string]any{"name": credentials["domain"].Reveal()},
		"name":   credentials["username"].Reveal(), "password": credentials["password"].Reveal(),
	}
	identity := map[string]any{"methods": []string{"password"}, "password": map[string]any{"user": user}}
	return json.Marshal(map[string]any{"auth": map[string]any{"identity": identity, "scope": s.scope}})
}

// secrets is the password as it stands in the question, where JSON writes it
// otherwise than it is.
func (s *session) secrets() []catalog.Secret {
	quoted, err := json.Marshal(s.source.Credentials["password"].Reveal())
	if err != nil {
		return nil
	}
	return []catalog.Secret{catalog.NewSecret(string(quoted[1 : len(quoted)-1]))}
}

// keep never quotes the answer: it is about a person.
func (s *session) keep(token catalog.Secret, answer []byte) error {
	var login struct {
		Token struct {
			ExpiresAt time.Time `json:"expires_at"`
			Project   struct {
				ID string `json:"id"`
			} `json:"project"`
		} `json:"token"`
	}
	if err := json.Unmarshal(answer, &login); err != nil {
		return errors.New("the login answer is not a token")
	}
	until := login.Token.ExpiresAt
	if until.IsZero() {
		until = s.iam.Now().Add(tokenLife)
	}
	project := ""
	if _, wanted := s.scope["project"]; wanted {
		var err error
		if project, err = usable(login.Token.Project.ID); err != nil {
			return fmt.Errorf("the login answer: %w", err)
		}
	}
	s.token, s.until, s.project = token, until, project
	return nil
}
