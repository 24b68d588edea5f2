package huawei

import (
	"encoding/base64"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"syncer/simulate/fault"
)

// tokenLife counts from the login.
const tokenLife = 24 * time.Hour

// A token is good for one project, or for the domain and its global services.
type token struct {
	ends    time.Time
	project string
	domain  bool
}

type tokens struct {
	now    func() time.Time
	mutex  sync.Mutex
	random *rand.Rand
	all    map[string]token
}

func newTokens(seed int64, now func() time.Time) *tokens {
	return &tokens{now: now, random: rand.New(rand.NewPCG(uint64(seed), 19)), all: map[string]token{}}
}

// issue makes up a text as long as real ones, which are a signed document of
// some kilobytes.
func (t *tokens) issue(scoped token) string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	noise := make([]byte, 1500)
	for i := range noise {
		noise[i] = byte(t.random.Uint32())
	}
	text := "MII" + base64.StdEncoding.EncodeToString(noise)
	t.all[text] = scoped
	return text
}

func (t *tokens) find(text string) (token, bool) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	found, known := t.all[text]
	return found, known
}

func (t *tokens) expireAll() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for text, token := range t.all {
		token.ends = t.now()
		t.all[text] = token
	}
}

// named is an object that is known by its id or by its name.
type named struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// is reports that the object is meant; an id goes before a name.
func (n named) is(id, name string) bool {
	if n.ID != "" {
		return n.ID == id
	}
	return n.Name == name
}

// credentials is the question of a login by password.
type credentials struct {
	Auth *struct {
		Identity struct {
			Methods  []string
			Password struct {
				User struct {
					Domain   named
					Name     string
					Password string
				}
			}
		}
		Scope struct{ Project, Domain *named }
	}
}

// login answers 201 and puts the token into a header. Without a scope it is
// the domain's, as for a user with no default project.
func (a *API) login(c call) fault.Answer {
	c.header.Set("X-IAM-Trace-Id", "token_"+c.header.Get("X-Request-Id"))
	var asked credentials
	if err := json.Unmarshal(c.body, &asked); err != nil || asked.Auth == nil || len(asked.Auth.Identity.Methods) != 1 || asked.Auth.Identity.Methods[0] != "password" {
		return iamFailure(http.StatusBadRequest, "The request body is invalid")
	}
	user, scope := asked.Auth.Identity.Password.User, asked.Auth.Scope
	if !user.Domain.is(a.config.DomainID, a.config.Domain) || user.Name != a.config.Username || user.Password != a.config.Password {
		return iamFailure(http.StatusUnauthorized, "The username or password is wrong.")
	}
	scoped := token{ends: a.config.Now().Add(tokenLife), domain: scope.Project == nil}
	switch {
	case scope.Project != nil && !scope.Project.is(a.config.ProjectID, Region),
		scope.Domain != nil && !scope.Domain.is(a.config.DomainID, a.config.Domain):
		return iamFailure(http.StatusUnauthorized, "The project or domain in the scope is not one of the user's.")
	case scope.Project != nil:
		scoped.project = a.config.ProjectID
	}
	c.header.Set("X-Subject-Token", a.tokens.issue(scoped))
	body := a.described(scoped)
	if c.URL.Query().Get("nocatalog") == "" {
		body["catalog"] = []any{}
	}
	return write(http.StatusCreated, map[string]any{"token": body})
}

// described is the body of a login's answer, without the catalog of services.
func (a *API) described(scoped token) map[string]any {
	const layout = "2006-01-02T15:04:05.000000Z"
	domain := named{a.config.DomainID, a.config.Domain}
	body := map[string]any{
		"expires_at": scoped.ends.UTC().Format(layout), "issued_at": a.config.Now().UTC().Format(layout),
		"methods": []string{"password"}, "roles": []named{{"0", "te_admin"}},
		"user": map[string]any{"domain": domain, "id": a.config.UserID, "name": a.config.Username, "password_expires_at": ""},
	}
	if scoped.domain {
		body["domain"] = domain
	} else {
		body["project"] = map[string]any{"id": a.config.ProjectID, "name": Region, "domain": domain}
	}
	return body
}

// projects lists the user's projects: one for the region, named like it.
func (a *API) projects(c call) fault.Answer {
	rows := []any{}
	if name := c.URL.Query().Get("name"); name == "" || name == Region {
		rows = append(rows, map[string]any{
			"id": a.config.ProjectID, "name": Region, "domain_id": a.config.DomainID, "parent_id": a.config.DomainID,
			"enabled": true, "is_domain": false, "description": "", "links": map[string]any{"self": "https://iam.myhuaweicloud.com/v3/projects/" + a.config.ProjectID},
		})
	}
	return write(http.StatusOK, map[string]any{"projects": rows, "links": map[string]any{"next": nil, "previous": nil, "self": "https://iam.myhuaweicloud.com/v3/projects"}})
}

// domains lists the one account of the user.
func (a *API) domains(call) fault.Answer {
	row := map[string]any{"id": a.config.DomainID, "name": a.config.Domain, "enabled": true, "description": "", "links": map[string]any{}}
	return write(http.StatusOK, map[string]any{"domains": []any{row}, "links": map[string]any{}})
}
