package zstack

import (
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"syncer/simulate/fault"
)

// sessionLife counts from the login and is not prolonged by use; at most
// maxSessions may be open.
const (
	sessionLife = 2 * time.Hour
	maxSessions = 500
)

type sessions struct {
	now    func() time.Time
	mutex  sync.Mutex
	random *rand.Rand
	ends   map[string]time.Time
}

func newSessions(seed int64, now func() time.Time) *sessions {
	return &sessions{now: now, random: rand.New(rand.NewPCG(uint64(seed), 11)), ends: map[string]time.Time{}}
}

// open is a new session's uuid and end, false when too many are open.
func (s *sessions) open() (uuid string, end time.Time, ok bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for uuid, end := range s.ends {
		if !s.now().Before(end) {
			delete(s.ends, uuid)
		}
	}
	if len(s.ends) >= maxSessions {
		return "", time.Time{}, false
	}
	uuid = newUUID(s.random)
	s.ends[uuid] = s.now().Add(sessionLife)
	return uuid, s.ends[uuid], true
}

func (s *sessions) valid(uuid string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	end, ok := s.ends[uuid]
	return ok && s.now().Before(end)
}

func (s *sessions) close(uuid string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.ends, uuid)
}

func (s *sessions) count() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.ends)
}

func (s *sessions) expireAll() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	clear(s.ends)
}

func newUUID(random *rand.Rand) string {
	return fmt.Sprintf("%016x%016x", random.Uint64(), random.Uint64())
}

// OpenSessions returns how many sessions have not been closed.
func (a *API) OpenSessions() int { return a.sessions.count() }

// login takes the password as the lower case hex of its SHA-512.
func (a *API) login(c call) fault.Answer {
	var body struct {
		LogIn *struct {
			AccountName string `json:"accountName"`
			Password    string `json:"password"`
		} `json:"logInByAccount"`
	}
	if err := json.NewDecoder(io.LimitReader(c.Body, 1<<16)).Decode(&body); err != nil || body.LogIn == nil {
		return text(http.StatusBadRequest, "the body has no logInByAccount")
	}
	sum := sha512.Sum512([]byte(a.config.Password))
	if body.LogIn.AccountName != a.config.Account || body.LogIn.Password != hex.EncodeToString(sum[:]) {
		return apiError("ID.1000", "authentication error", "wrong account name or password")
	}
	uuid, end, ok := a.sessions.open()
	if !ok {
		return apiError("ID.1006", "max concurrent sessions", "Login sessions hit limit of max allowed concurrent login sessions")
	}
	return a.session(uuid, end)
}

// session prints what the login says, with the built-in admin account.
func (a *API) session(uuid string, end time.Time) fault.Answer {
	const admin = "36c27e8ff05c4780bf6d2fa65700f22e"
	body := fmt.Sprintf(`{"inventory":{"uuid":%q,"accountUuid":%q,"userUuid":%q,"expiredDate":%q,"createDate":%q,"noSessionEvaluation":false}}`,
		uuid, admin, admin, a.date(end), a.date(end.Add(-sessionLife)))
	return fault.Answer{Status: http.StatusOK, Type: jsonType, Body: []byte(body)}
}

func (a *API) logout(c call) fault.Answer {
	a.sessions.close(c.id)
	return fault.Answer{Status: http.StatusOK, Type: jsonType, Body: []byte(`{}`)}
}
