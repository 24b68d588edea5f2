package ncp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"time"

	"syncer/simulate/fault"
)

// skew is how far a timestamp may lie from the gateway's clock, both ways.
const skew = 5 * time.Minute

// authenticate is nil when the headers prove the secret key. The vendor's own
// SDK still sends signature v1 to vserver, which is made in the same way; the
// billing service knows v2 only.
func (a *API) authenticate(c call, route route) *fault.Answer {
	signature := c.Header.Get("x-ncp-apigw-signature-v2")
	if signature == "" && !route.billed {
		signature = c.Header.Get("x-ncp-apigw-signature-v1")
	}
	stamp := c.Header.Get("x-ncp-apigw-timestamp")
	switch {
	case c.Header.Get("x-ncp-iam-access-key") != a.config.AccessKey, !a.timely(stamp),
		!hmac.Equal([]byte(signature), []byte(a.signature(c.Method, c.requestURI(), stamp))):
		answer := gateway(c.format, http.StatusUnauthorized)
		return &answer
	}
	return nil
}

// timely reads Unix milliseconds.
func (a *API) timely(stamp string) bool {
	milliseconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return false
	}
	return a.config.Now().Sub(time.UnixMilli(milliseconds)).Abs() <= skew
}

// requestURI is path and query byte for byte as they were sent.
func (c call) requestURI() string {
	if c.RequestURI != "" {
		return c.RequestURI
	}
	return c.URL.RequestURI()
}

// signature is over method, blank, path with query, timestamp and access key,
// a line each from the path on. The body is not signed.
func (a *API) signature(method, uri, stamp string) string {
	mac := hmac.New(sha256.New, []byte(a.config.SecretKey))
	mac.Write([]byte(method + " " + uri + "\n" + stamp + "\n" + a.config.AccessKey))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
