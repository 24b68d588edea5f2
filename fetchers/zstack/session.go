package zstack

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// session is a login with account and password. It is good for two hours from
// login, whatever is done with it.
type session struct {
	client *web.Client
	source catalog.Source
	uuid   catalog.Secret
	past   []catalog.Secret // refused sessions, which errors may still name
}

func (s *session) acquire(ctx context.Context) error {
	if !s.uuid.IsZero() {
		return nil
	}
	return s.login(ctx)
}

// renew forgets the session first: one that is refused needs no logout.
func (s *session) renew(ctx context.Context) error {
	s.past = append(s.past, s.uuid)
	s.uuid = catalog.Secret{}
	return s.login(ctx)
}

func (s *session) sign(request *http.Request) error {
	request.Header.Set("Authorization", "OAuth "+s.uuid.Reveal())
	return nil
}

func (s *session) secrets() []catalog.Secret {
	return append([]catalog.Secret{s.uuid, s.hashedPassword()}, s.past...)
}

// login has no signature, so a wrong password is tried once only.
func (s *session) login(ctx context.Context) error {
	question, err := json.Marshal(map[string]any{"logInByAccount": map[string]string{
		"accountName": s.source.Credentials["account"].Reveal(),
		"password":    s.hashedPassword().Reveal(),
	}})
	if err != nil {
		return fmt.Errorf("build login: %w", err)
	}
	answer, err := s.client.Do(ctx, web.Request{
		Method: http.MethodPut, Path: "/v1/accounts/login", Body: question, Secrets: s.secrets,
	})
	if err != nil {
		return err
	}
	s.uuid, err = sessionOf(answer)
	return err
}

// sessionOf never quotes the answer: it holds the session.
func sessionOf(answer []byte) (catalog.Secret, error) {
	var login struct {
		Inventory struct {
			UUID string `json:"uuid"`
		} `json:"inventory"`
	}
	if err := json.Unmarshal(answer, &login); err != nil || login.Inventory.UUID == "" {
		if fault := explain(http.StatusServiceUnavailable, answer); fault.Code != "" {
			return catalog.Secret{}, fmt.Errorf("the login answer is an error: %s", fault.Code)
		}
		return catalog.Secret{}, errors.New("the login answer holds no session")
	}
	return catalog.NewSecret(login.Inventory.UUID), nil
}

// hashedPassword is what the API takes for a password: lower-case hex of its
// SHA-512.
func (s *session) hashedPassword() catalog.Secret {
	sum := sha512.Sum512([]byte(s.source.Credentials["password"].Reveal()))
	return catalog.NewSecret(hex.EncodeToString(sum[:]))
}

// release logs out also when the walk was cancelled.
func (s *session) release(ctx context.Context) {
	if s.uuid.IsZero() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), logoutTimeout)
	defer cancel()
	_, err := s.client.Do(ctx, web.Request{
		Method: http.MethodDelete, Path: "/v1/accounts/sessions/" + s.uuid.Reveal(),
		Sign: s.sign, Secrets: s.secrets, Once: true,
	})
	if err != nil {
		s.client.Logger().WarnContext(ctx, "logging out", "source", s.source.Name, "err", err)
	}
	s.uuid = catalog.Secret{}
}
