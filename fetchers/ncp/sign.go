package ncp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
)

// sign adds the three headers of https://api.ncloud-docs.com/docs/common-ncpapi.
// The window is five minutes, so the timestamp is taken at the moment of
// sending.
func (a account) sign(request *http.Request) error {
	timestamp := strconv.FormatInt(a.vserver.client.Now().UnixMilli(), 10)
	access := a.source.Credentials["access_key"].Reveal()
	request.Header.Set("x-ncp-apigw-timestamp", timestamp)
	request.Header.Set("x-ncp-iam-access-key", access)
	request.Header.Set("x-ncp-apigw-signature-v2", signature(
		a.source.Credentials["secret_key"].Reveal(), access, timestamp, request.Method, request.URL.RequestURI()))
	return nil
}

// signature is standard Base64 of HMAC-SHA256 over method, a blank, path and
// query as they go on the wire, timestamp and access key. The body is not
// signed.
func signature(secret, access, timestamp, method, uri string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(method + " " + uri + "\n" + timestamp + "\n" + access))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
