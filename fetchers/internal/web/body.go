package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// errTooLarge is readBody's error for a body beyond its limit.
var errTooLarge = errors.New("answer is too large")

// errEncoding is readBody's error for a coding that was not asked for.
var errEncoding = errors.New("content encoding that was not asked for")

// readBody reads to the end, so that a connection cut short or a bad gzip
// checksum is seen, and counts bytes after decompression.
func readBody(response *http.Response, limit int64) ([]byte, error) {
	reader, err := decompressed(response)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(reader, limit+1))
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("%w: more than %d bytes after decompression", errTooLarge, limit)
	}
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	return body, nil
}

func decompressed(response *http.Response) (io.Reader, error) {
	switch coding := strings.ToLower(response.Header.Get("Content-Encoding")); coding {
	case "", "identity":
		return response.Body, nil
	case "gzip", "x-gzip":
		reader, err := gzip.NewReader(response.Body)
		if err != nil {
			return nil, fmt.Errorf("read answer: %w", err)
		}
		return reader, nil
	default:
		return nil, fmt.Errorf("%w: %q", errEncoding, clip(coding, 40))
	}
}

// isHTML recognizes a maintenance or login page, whatever its declared type.
func isHTML(header http.Header, body []byte) bool {
	mediaType, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	if mediaType == "text/html" {
		return true
	}
	start := bytes.ToLower(bytes.TrimLeft(body[:min(len(body), 512)], "\ufeff \t\r\n"))
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

// clip is a text in one line of at most limit bytes, valid as UTF-8.
func clip(text string, limit int) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ")
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "..."
}
