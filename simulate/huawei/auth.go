package huawei

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"syncer/simulate/fault"
)

// skew is how far X-Sdk-Date may lie from the gateway's clock, both ways. The
// documents do not say; 15 minutes is what others have found.
const skew = 15 * time.Minute

// authenticate is nil for a right signature or a live token of the right
// scope. The gateway's codes are documented, their pairing with mistakes is
// ours.
func (a *API) authenticate(c call) *fault.Answer {
	if header := c.Header.Get("Authorization"); header != "" {
		return a.signed(c, header)
	}
	shown := c.Header.Get("X-Auth-Token")
	if shown == "" {
		return refuse(unauthorized("x-auth-token not found"))
	}
	token, known := a.tokens.find(shown)
	switch {
	case !known:
		return refuse(unauthorized("decrypt token fail"))
	case !a.config.Now().Before(token.ends):
		return refuse(failure(http.StatusUnauthorized, "APIGW.0307", "The token must be updated."))
	case c.route.service == workspace && token.project != c.route.project:
		return refuse(c.route.service.Failure(http.StatusForbidden))
	case c.route.service == bss && !token.domain:
		return refuse(c.route.service.Failure(http.StatusForbidden))
	}
	return nil
}

func refuse(answer fault.Answer) *fault.Answer { return &answer }

var authorization = regexp.MustCompile(`^SDK-HMAC-SHA256 Access=([^,\s]+), SignedHeaders=([^,\s]+), Signature=([0-9a-f]{64})$`)

// signed checks everything that the guide on signing names.
func (a *API) signed(c call, header string) *fault.Answer {
	parts := authorization.FindStringSubmatch(header)
	if parts == nil {
		return refuse(unauthorized("verify aksk signature fail, wrong authorization header"))
	}
	names := strings.Split(parts[2], ";")
	stamp, err := time.Parse("20060102T150405Z", c.Header.Get("X-Sdk-Date"))
	switch {
	case parts[1] != a.config.AccessKey:
		return refuse(unauthorized("verify aksk signature fail, unknown access key"))
	case !slices.Contains(names, "x-sdk-date") || !slices.IsSorted(names) || err != nil:
		return refuse(unauthorized("verify aksk signature fail, x-sdk-date is to be signed"))
	case a.config.Now().Sub(stamp).Abs() > skew:
		return refuse(unauthorized("verify aksk signature fail, x-sdk-date has expired"))
	case !hmac.Equal([]byte(parts[3]), []byte(signature(a.config.SecretKey, c.Request, names, c.body))):
		return refuse(unauthorized("verify aksk signature fail"))
	case c.route.service == workspace && c.route.project != a.config.ProjectID:
		return refuse(c.route.service.Failure(http.StatusForbidden))
	}
	return nil
}

// signature is what the secret makes of a request as it arrived. A body that
// is declared unsigned counts by that word.
func signature(secret string, r *http.Request, names []string, body []byte) string {
	content := r.Header.Get("X-Sdk-Content-Sha256")
	if content == "" {
		content = sha256Hex(string(body))
	}
	var text strings.Builder
	text.WriteString(r.Method + "\n" + signedPath(r.URL.Path) + "\n" + signedQuery(r.URL.Query()) + "\n")
	for _, name := range names {
		values := r.Header.Values(name)
		if name == "host" {
			values = []string{r.Host}
		}
		for _, value := range values {
			text.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
		}
	}
	text.WriteString("\n" + strings.Join(names, ";") + "\n" + content)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("SDK-HMAC-SHA256\n" + r.Header.Get("X-Sdk-Date") + "\n" + sha256Hex(text.String())))
	return hex.EncodeToString(mac.Sum(nil))
}

// signedPath has a slash at its end, whether or not the request has.
func signedPath(path string) string {
	var out strings.Builder
	for segment := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		out.WriteString("/" + percent(segment))
	}
	return strings.TrimSuffix(out.String(), "/") + "/"
}

func signedQuery(query url.Values) string {
	var pairs []string
	for name, values := range query {
		for _, value := range values {
			pairs = append(pairs, percent(name)+"="+percent(value))
		}
	}
	sort.Strings(pairs)
	return strings.Join(pairs, "&")
}

// percent leaves what RFC 3986 calls unreserved.
func percent(text string) string {
	const digits = "0123456789ABCDEF"
	var out strings.Builder
	for _, b := range []byte(text) {
		switch {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9', strings.IndexByte("-._~", b) >= 0:
			out.WriteByte(b)
		default:
			out.Write([]byte{'%', digits[b>>4], digits[b&15]})
		}
	}
	return out.String()
}

func sha256Hex(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
