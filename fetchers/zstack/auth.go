package zstack

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// auth authenticates the requests of one walk.
type auth interface {
	// acquire logs in where that has not been done yet.
	acquire(ctx context.Context) error
	sign(request *http.Request) error
	// renew logs in again after a refusal.
	renew(ctx context.Context) error
	// release logs out; it logs what goes wrong, because the walk is over.
	release(ctx context.Context)
	secrets() []catalog.Secret
}

// accessKey signs each request and has nothing to acquire or to release.
type accessKey struct {
	client *web.Client
	source catalog.Source
}

func (k *accessKey) acquire(context.Context) error { return nil }
func (k *accessKey) renew(context.Context) error   { return nil }
func (k *accessKey) release(context.Context)       {}
func (k *accessKey) secrets() []catalog.Secret     { return nil }

// dateText is the server's "EEE, dd MMM yyyy HH:mm:ss z". By default the server
// ignores the zone and compares its own wall clock (15 minutes either way), so
// the date is written in the zone of Source.Location. A zone must be there all
// the same, and one that Java can read: where a zone has no name but "+07", the
// general form GMT+07:00.
func dateText(moment time.Time) string {
	text := moment.Format("Mon, 02 Jan 2006 15:04:05 ")
	if name := moment.Format("MST"); !strings.ContainsAny(name[:1], "+-") {
		return text + name
	}
	return text + moment.Format("GMT-07:00")
}

func (k *accessKey) sign(request *http.Request) error {
	date := dateText(k.client.Now().In(k.source.Location))
	path := strings.TrimPrefix(request.URL.EscapedPath(), k.client.BasePath())
	mark := signature(k.source.Credentials["secret_key"].Reveal(), request.Method, date, path)
	request.Header.Set("Date", date)
	request.Header.Set("Authorization", "ZStack "+k.source.Credentials["access_key"].Reveal()+":"+mark)
	return nil
}

// signature is Base64 of HMAC-SHA1 over method, date and path, where the path
// leaves out the context /zstack and the query.
func signature(secret, method, date, path string) string {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(method + "\n" + date + "\n" + path))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// logoutTimeout is short: a session that stays behind ends by itself after two
// hours, but only 500 may exist.
const logoutTimeout = 10 * time.Second
