package scp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
)

// clientType is a literal of the signature and of its header.
const clientType = "Openapi"

// sign adds the headers of the API reference's common page. The language is
// fixed, so that display names do not change with the caller. How old a
// signature may be is unpublished, so it is made at the moment of sending.
func (s *service) sign(request *http.Request) error {
	timestamp := strconv.FormatInt(s.client.Now().UnixMilli(), 10)
	access, account := s.source.Credentials["access_key"].Reveal(), s.source.Options["account_id"]
	request.Header.Set("Scp-Accesskey", access)
	request.Header.Set("Scp-Timestamp", timestamp)
	request.Header.Set("Scp-ClientType", clientType)
	request.Header.Set("Scp-Api-Version", s.version)
	request.Header.Set("Accept-Language", "en-US")
	if account != "" {
		request.Header.Set("Scp-AccountId", account)
	}
	request.Header.Set("Scp-Signature", signature(s.source.Credentials["secret_key"].Reveal(),
		request.Method, request.URL.String(), timestamp, access, account))
	return nil
}

// signature is Base64 of HMAC-SHA256 over method, whole URL as it is sent,
// Unix milliseconds, access key, account and client type, nothing between
// them; the body is not signed. The account is the SDK's addition: empty, it
// leaves the documented scheme.
func signature(secret, method, address, timestamp, access, account string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(method + address + timestamp + access + account + clientType))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
