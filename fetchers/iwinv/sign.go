package iwinv

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
)

// sign adds the three headers of iwinv's API Request page. The window is five
// minutes, so the timestamp is taken at the moment of sending.
func (f *fetcher) sign(request *http.Request) error {
	timestamp := strconv.FormatInt(f.client.Now().Unix(), 10)
	request.Header.Set("X-iwinv-Timestamp", timestamp)
	request.Header.Set("X-iwinv-Credential", f.source.Credentials["access_key"].Reveal())
	request.Header.Set("X-iwinv-Signature",
		signature(f.source.Credentials["secret_key"].Reveal(), timestamp, request.URL.EscapedPath()))
	return nil
}

// signature is lower-case hex of HMAC-SHA256 over timestamp and path, nothing
// between them; query, method and body are not signed.
func signature(secret, timestamp, path string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + path))
	return hex.EncodeToString(mac.Sum(nil))
}
