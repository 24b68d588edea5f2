package zstack

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"syncer/simulate/fault"
)

// skew is how far a Date header may lie from the server's clock, both ways.
const skew = 15 * time.Minute

// authenticate is nil for an open session or a right signature.
func (a *API) authenticate(c call) *fault.Answer {
	header := c.Header.Get("Authorization")
	scheme, credential, _ := strings.Cut(header, " ")
	switch {
	case header == "":
		return refuse(text(http.StatusBadRequest, "missing header 'Authorization'"))
	case scheme == "OAuth" && a.sessions.valid(credential):
		return nil
	case scheme == "OAuth":
		return refuse(apiError("ID.1001", "session expired", "Session expired"))
	case scheme == "ZStack":
		return a.signed(c, credential)
	}
	return refuse(text(http.StatusBadRequest, "the header 'Authorization' is neither OAuth nor ZStack"))
}

func refuse(answer fault.Answer) *fault.Answer { return &answer }

// signed checks the time before the signature, as the server does.
func (a *API) signed(c call, credential string) *fault.Answer {
	date := c.Header.Get("Date")
	if date == "" {
		return refuse(text(http.StatusBadRequest, "missing header 'Date'"))
	}
	stamp, ok := a.wallTime(date)
	if !ok {
		return refuse(text(http.StatusBadRequest, "the header 'Date' is not EEE, dd MMM yyyy HH:mm:ss z"))
	}
	if a.config.Now().Sub(stamp).Abs() > skew {
		return refuse(text(http.StatusForbidden, "requestTimeTooSkewed"))
	}
	want := a.config.AccessKey + ":" + a.signature(c.Method, date, c.uri)
	if !hmac.Equal([]byte(credential), []byte(want)) {
		return refuse(apiError("ID.1000", "authentication error", "wrong accessKey signature"))
	}
	return nil
}

// wallTime reads a Date header as the server's local time: by default
// (checkTimeZone=false) the zone must be there but is not looked at.
func (a *API) wallTime(date string) (time.Time, bool) {
	at := strings.LastIndex(date, " ")
	if at < 0 {
		return time.Time{}, false
	}
	stamp, err := time.ParseInLocation("Mon, 02 Jan 2006 15:04:05", date[:at], a.config.Location)
	return stamp, err == nil
}

func (a *API) signature(method, date, uri string) string {
	mac := hmac.New(sha1.New, []byte(a.config.SecretKey))
	mac.Write([]byte(method + "\n" + date + "\n" + uri))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
