package zstack

import (
	"encoding/json"
	"net/http"
	"strings"

	"syncer/fetchers/internal/web"
)

// codeSession of IdentityErrors: an invalid or expired session, with status 503.
const codeSession = "ID.1001"

// explain reads {"error":{"code","description","details"}}. Every failure of
// the API is a 503, so the code decides: a session is renewed, SYS may pass,
// anything else is final. Errors of the framework are plain text.
func explain(status int, body []byte) web.Fault {
	var answer struct {
		Error struct {
			Code        string `json:"code"`
			Description string `json:"description"`
			Details     string `json:"details"`
		} `json:"error"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Error.Code == "" {
		return web.Fault{Message: string(body[:min(len(body), 500)])}
	}
	fault := web.Fault{Code: answer.Error.Code, Message: message(answer.Error.Description, answer.Error.Details)}
	if status == http.StatusServiceUnavailable {
		fault.Then = verdict(fault.Code)
	}
	return fault
}

func verdict(code string) web.Verdict {
	switch {
	case code == codeSession:
		return web.Renew
	case strings.HasPrefix(code, "SYS."):
		return web.Retry
	}
	return web.Final
}

func message(description, details string) string {
	if details == "" || details == description {
		return description
	}
	return strings.TrimPrefix(description+": "+details, ": ")
}
