package fault

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"time"
)

// An Answer is what a provider says to one request.
type Answer struct {
	Status int
	// Type is the Content-Type.
	Type string
	Body []byte
}

// A Dialect is how a provider words its refusals.
type Dialect interface {
	// Failure is the answer with an HTTP status of 400 or more.
	Failure(status int) Answer
	// CodeError is an answer of status 200 whose body holds an error.
	CodeError() Answer
}

// Send writes the answer, or what the faults make of it.
func (a Active) Send(w http.ResponseWriter, r *http.Request, dialect Dialect, answer Answer) {
	answer = a.refused(w, dialect, answer)
	a.delay(r)
	switch {
	case a.Has(Reset):
		panic(http.ErrAbortHandler) // the documented way to cut a connection off
	case a.Has(Hang):
		<-r.Context().Done()
	case a.Has(Endless):
		endless(w, r)
	case a.Has(Redirect):
		fault, _ := a.find(Redirect)
		w.Header().Set("Location", fault.Value+r.URL.RequestURI())
		w.WriteHeader(http.StatusFound)
	case a.Has(Truncate):
		fault, _ := a.find(Truncate)
		truncated(w, answer, fault.Value)
	case a.Has(Gzip):
		write(w, brokenGzip(w, answer))
	default:
		write(w, answer)
	}
}

// delay is how late a slow answer comes, or until the client gives up.
func (a Active) delay(r *http.Request) {
	fault, slow := a.find(Slow)
	if !slow {
		return
	}
	wait, _ := time.ParseDuration(fault.Value) // check has read it
	select {
	case <-time.After(wait):
	case <-r.Context().Done():
	}
}

func (a Active) refused(w http.ResponseWriter, dialect Dialect, answer Answer) Answer {
	for _, fault := range a {
		switch fault.Kind {
		case HTTP500:
			return dialect.Failure(http.StatusInternalServerError)
		case HTTP400:
			return dialect.Failure(http.StatusBadRequest)
		case HTTP401:
			return dialect.Failure(http.StatusUnauthorized)
		case HTTP403:
			return dialect.Failure(http.StatusForbidden)
		case Rate:
			return dialect.Failure(http.StatusTooManyRequests)
		case HTTP429:
			w.Header().Set("Retry-After", fault.Value)
			return dialect.Failure(http.StatusTooManyRequests)
		case Flaky:
			return dialect.Failure(http.StatusServiceUnavailable)
		case CodeError:
			return dialect.CodeError()
		case HTML200:
			return Answer{Status: http.StatusOK, Type: "text/html; charset=utf-8", Body: []byte("<!DOCTYPE html><html><body><h1>Under maintenance</h1></body></html>\n")}
		}
	}
	return answer
}

func write(w http.ResponseWriter, answer Answer) {
	w.Header().Set("Content-Type", answer.Type)
	w.WriteHeader(answer.Status)
	_, _ = w.Write(answer.Body) // the client may be gone, then nobody reads the rest
}

// truncated sends the first half and, where the length promised more, cuts
// the connection.
func truncated(w http.ResponseWriter, answer Answer, length string) {
	half := answer.Body[:len(answer.Body)/2]
	if length == "half" {
		write(w, Answer{Status: answer.Status, Type: answer.Type, Body: half})
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(answer.Body)))
	write(w, Answer{Status: answer.Status, Type: answer.Type, Body: half})
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler) // the documented way to cut a connection off
}

func brokenGzip(w http.ResponseWriter, answer Answer) Answer {
	var body bytes.Buffer
	zip := gzip.NewWriter(&body)
	_, _ = zip.Write(answer.Body) // a bytes.Buffer takes all
	_ = zip.Close()
	answer.Body = body.Bytes()
	answer.Body[len(answer.Body)-8] ^= 0xff // the checksum is the first of the last 8 bytes
	w.Header().Set("Content-Encoding", "gzip")
	return answer
}

func endless(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	blanks := bytes.Repeat([]byte(" "), 64<<10)
	for r.Context().Err() == nil {
		if _, err := w.Write(blanks); err != nil {
			return
		}
	}
}
