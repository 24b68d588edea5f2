package iwinv

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"syncer/simulate/fault"
)

// skew is how far a timestamp may lie from the provider's clock, both ways
// (https://iwinv-common.readme.io/reference/api-request).
const skew = 5 * time.Minute

// authenticate is nil when the headers prove the secret key. Which code is
// said for which mistake is not documented: the pairing is ours.
func (a *API) authenticate(r *http.Request) *fault.Answer {
	stamp, signature := r.Header.Get("X-iwinv-Timestamp"), r.Header.Get("X-iwinv-Signature")
	switch {
	case r.Header.Get("X-iwinv-Credential") != a.config.AccessKey:
		return refuse(checkCredential)
	case stamp == "" || signature == "" || !a.timely(stamp):
		return refuse(checkSignature)
	case !hmac.Equal([]byte(signature), []byte(a.signature(stamp, r.URL.EscapedPath()))):
		return refuse(invalidSignature)
	}
	return nil
}

func refuse(code code) *fault.Answer {
	answer := failure(http.StatusUnauthorized, code)
	return &answer
}

// timely reads Unix seconds.
func (a *API) timely(stamp string) bool {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return false
	}
	return a.config.Now().Sub(time.Unix(seconds, 0)).Abs() <= skew
}

// signature is over timestamp and path, without separator, query or body.
func (a *API) signature(stamp, path string) string {
	mac := hmac.New(sha256.New, []byte(a.config.SecretKey))
	mac.Write([]byte(stamp + path))
	return hex.EncodeToString(mac.Sum(nil))
}
