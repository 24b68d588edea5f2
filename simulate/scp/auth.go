package scp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"time"

	"syncer/simulate/fault"
)

// skew is how far a timestamp may lie from the provider's clock. The real
// window is unpublished: this one is ours.
const skew = 15 * time.Minute

// authenticate is nil when the headers prove the secret key. As seen live,
// missing headers are a 404 of the gateway and wrong ones a 401.
func (a *API) authenticate(r *http.Request) *fault.Answer {
	for _, name := range []string{"Scp-Accesskey", "Scp-Signature", "Scp-Timestamp", "Scp-ClientType"} {
		if r.Header.Get(name) == "" {
			answer := unknownPath(r, a.config.Now())
			return &answer
		}
	}
	account := r.Header.Get("Scp-AccountId")
	mine := r.Header.Get("Scp-Accesskey") == a.config.AccessKey && (account == "" || account == a.config.AccountID)
	signed := hmac.Equal([]byte(r.Header.Get("Scp-Signature")), []byte(a.signature(r)))
	if !mine || !signed || !a.timely(r.Header.Get("Scp-Timestamp")) {
		answer := hmacFailed()
		return &answer
	}
	return nil
}

// timely reads Unix milliseconds.
func (a *API) timely(stamp string) bool {
	milliseconds, err := strconv.ParseInt(stamp, 10, 64)
	return err == nil && a.config.Now().Sub(time.UnixMilli(milliseconds)).Abs() <= skew
}

// signature is over everything but the body, the address as it came on the
// wire with scheme and host.
func (a *API) signature(r *http.Request) string {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	mac := hmac.New(sha256.New, []byte(a.config.SecretKey))
	for _, text := range []string{
		r.Method, scheme, r.Host, r.URL.RequestURI(), r.Header.Get("Scp-Timestamp"),
		r.Header.Get("Scp-Accesskey"), r.Header.Get("Scp-AccountId"), r.Header.Get("Scp-ClientType"),
	} {
		_, _ = io.WriteString(mac, text) // a hash takes everything
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
