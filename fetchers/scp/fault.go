package scp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"syncer/fetchers/internal/web"
)

// explain reads the three shapes of errors: of a service
// ({"errors":[{"code","detail"}]}), of the gateway that refuses a signature
// ({"status":"UNAUTHORIZED","name","message"}), and of the gateway that knows
// no such path ({"status":404,"error","path"}).
func explain(status int, body []byte) web.Fault {
	var answer struct {
		Errors  []failure `json:"errors"`
		Status  any       `json:"status"`
		Name    string    `json:"name"`
		Message string    `json:"message"`
		Error   string    `json:"error"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return web.Fault{Message: hinted(status, string(body[:min(len(body), 500)]))}
	}
	switch {
	case len(answer.Errors) > 0:
		return web.Fault{Code: answer.Errors[0].Code, Message: hinted(status, answer.Errors[0].text())}
	case answer.Message != "":
		return web.Fault{Code: text(answer.Status), Message: joined(answer.Name, answer.Message), Then: verdict(answer.Message)}
	}
	return web.Fault{Message: hinted(status, answer.Error)}
}

// failure is one line of errors; detail is a text or a list of them.
type failure struct {
	Code   string `json:"code"`
	Detail any    `json:"detail"`
	Title  string `json:"title"`
}

func (f failure) text() string {
	if f.Detail == nil {
		return f.Title
	}
	return fmt.Sprint(f.Detail)
}

// verdict recognizes the refusal that no new signature can mend: a key of an
// account that has not subscribed to the service.
func verdict(message string) web.Verdict {
	if strings.Contains(message, "has not target's endpoint") {
		return web.Final
	}
	return web.ByStatus
}

// hinted adds what a 404 may hide: the gateway answers it to requests whose
// signature headers are missing or incomplete.
func hinted(status int, message string) string {
	if status != http.StatusNotFound {
		return message
	}
	const hint = "this platform answers 404 also when signature headers are missing or lost on the way"
	if message == "" {
		return hint
	}
	return message + "; " + hint
}

func joined(name, message string) string {
	if name == "" {
		return message
	}
	return name + ": " + message
}

func text(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}
