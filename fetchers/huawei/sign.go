package huawei

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// algorithm and dateLayout are those of the API signing guide. The date is UTC
// and may differ from the gateway's by some 15 minutes.
const (
	algorithm  = "SDK-HMAC-SHA256"
	dateLayout = "20060102T150405Z"
	dateHeader = "X-Sdk-Date"
)

// authorize returns the Authorization header for a request as it goes on the
// wire. signed are the names of the headers that are signed, in lower case and
// in order, the date among them.
func authorize(request *http.Request, signed []string, access, secret string) (string, error) {
	canonical, err := canonicalRequest(request, signed)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(algorithm + "\n" + request.Header.Get(dateHeader) + "\n" + hash([]byte(canonical))))
	return fmt.Sprintf("%s Access=%s, SignedHeaders=%s, Signature=%s",
		algorithm, access, strings.Join(signed, ";"), hex.EncodeToString(mac.Sum(nil))), nil
}

func canonicalRequest(request *http.Request, signed []string) (string, error) {
	query, err := canonicalQuery(request.URL.RawQuery)
	if err != nil {
		return "", err
	}
	path, err := canonicalPath(request.URL.EscapedPath())
	if err != nil {
		return "", err
	}
	body, err := bodyOf(request)
	if err != nil {
		return "", err
	}
	lines := []string{request.Method, path, query}
	for _, name := range signed {
		lines = append(lines, name+":"+strings.TrimSpace(headerOf(request, name)))
	}
	lines = append(lines, "", strings.Join(signed, ";"), hash(body))
	return strings.Join(lines, "\n"), nil
}

// canonicalPath always ends with a slash, which the path on the wire does not.
func canonicalPath(escaped string) (string, error) {
	segments := strings.Split(escaped, "/")
	for i, segment := range segments {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			return "", fmt.Errorf("path: %w", err)
		}
		segments[i] = escape(plain)
	}
	return strings.TrimSuffix(strings.Join(segments, "/"), "/") + "/", nil
}

func canonicalQuery(raw string) (string, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return "", fmt.Errorf("query: %w", err)
	}
	var pairs [][2]string
	for name, all := range values {
		for _, value := range all {
			pairs = append(pairs, [2]string{name, value})
		}
	}
	slices.SortFunc(pairs, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	texts := make([]string, len(pairs))
	for i, pair := range pairs {
		texts[i] = escape(pair[0]) + "=" + escape(pair[1])
	}
	return strings.Join(texts, "&"), nil
}

// escape is that of RFC 3986: %20 for a blank, and ~ stays.
func escape(text string) string {
	return strings.NewReplacer("+", "%20").Replace(url.QueryEscape(text))
}

func headerOf(request *http.Request, name string) string {
	if name == "host" {
		return request.Host
	}
	return request.Header.Get(name)
}

// bodyOf reads a copy of the body.
func bodyOf(request *http.Request) ([]byte, error) {
	if request.GetBody == nil {
		return nil, nil
	}
	copied, err := request.GetBody()
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	body, err := io.ReadAll(copied)
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	return body, copied.Close()
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
