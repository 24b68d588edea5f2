package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"syncer/catalog"
)

// keyPrefix begins a secret as Standard Webhooks writes it; it may be left out.
const keyPrefix = "whsec_"

// leastKey and mostKey bound a key in bytes, as Standard Webhooks does.
const leastKey, mostKey = 24, 64

// errKey does not quote the secret.
var errKey = errors.New("want whsec_ and base64 of 24 to 64 bytes; this makes one: echo whsec_$(openssl rand -base64 32)")

// Key signs the messages of a webhook. It never shows itself: a function is
// printed as an address, wherever it stands.
type Key struct{ reveal func() []byte }

// ParseKey reads a secret in the form of Standard Webhooks: whsec_ and base64.
// Its errors never hold the secret.
func ParseKey(secret catalog.Secret) (Key, error) {
	text := strings.TrimPrefix(secret.Reveal(), keyPrefix)
	plain, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(plain) < leastKey || len(plain) > mostKey {
		return Key{}, errKey
	}
	return Key{func() []byte { return plain }}, nil
}

// sign returns the signature of a message that is sent at a moment: version 1,
// HMAC-SHA256 over id, seconds since 1970 and body with points between.
func (k Key) sign(id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, k.reveal())
	fmt.Fprintf(mac, "%s.%d.", id, at.Unix())
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
