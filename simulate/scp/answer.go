package scp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"syncer/simulate/fault"
)

const jsonType = "application/json"

// refusals is the platform's wording of failures.
type refusals struct{}

// Failure is an error body as seen live for its status.
func (refusals) Failure(status int) fault.Answer {
	switch status {
	case http.StatusUnauthorized:
		return hmacFailed()
	case http.StatusForbidden:
		return failure(status, "Forbidden", "Not authorized")
	case http.StatusTooManyRequests:
		return failure(status, "TooManyRequests", "Too many requests")
	}
	return failure(status, "InternalServerError", "Internal Server Error")
}

// CodeError is a 200 that holds errors instead of rows.
func (refusals) CodeError() fault.Answer {
	answer := failure(http.StatusInternalServerError, "InternalServerError", "Internal Server Error")
	answer.Status = http.StatusOK
	return answer
}

// failure is a service's own refusal.
func failure(status int, code, detail string) fault.Answer {
	return answer(status, map[string]any{"errors": []any{map[string]any{
		"code": code, "detail": detail, "global_request_id": "req-" + requestID, "links": []any{},
		"related_resources": []any{}, "request_id": "req-" + requestID, "response": nil, "status": status, "title": code,
	}}})
}

// requestID is the same each time: the simulation is reproducible.
const requestID = "6c5f9c7e-1c43-4b1e-9d0a-1f5d4b7a9e21"

func invalid(detail string) fault.Answer {
	return failure(http.StatusBadRequest, "ValidationError", detail)
}

func notFound(id string) fault.Answer {
	return failure(http.StatusNotFound, "NotFound", "No planned compute "+id)
}

func sellsNothing(call) fault.Answer {
	return failure(http.StatusForbidden, "Forbidden", "the simulation sells nothing")
}

// unknownPath is what the gateway says where it knows no path, and to requests
// without the headers of a signature.
func unknownPath(r *http.Request, now time.Time) fault.Answer {
	return answer(http.StatusNotFound, map[string]any{
		"timestamp": now.UTC().Format("2006-01-02T15:04:05.000+00:00"), "path": r.URL.Path,
		"status": http.StatusNotFound, "error": "Not Found", "requestId": requestID[:8],
	})
}

func hmacFailed() fault.Answer {
	return answer(http.StatusUnauthorized, map[string]any{
		"status": "UNAUTHORIZED", "name": "Request was rejected by gateway", "message": "Authentication failed : HmacValidFail",
	})
}

func answer(status int, body any) fault.Answer {
	text, err := json.Marshal(body)
	if err != nil {
		return fault.Answer{Status: http.StatusInternalServerError, Type: "text/plain", Body: fmt.Append(nil, err)}
	}
	return fault.Answer{Status: status, Type: jsonType, Body: text}
}

func success(body any) fault.Answer { return answer(http.StatusOK, body) }

// listed is an answer whose rows stand under a name. It is put together by
// hand so that faults can hold text which no JSON writer would let through;
// more is what follows the rows.
func listed(name string, rows []json.RawMessage, more string) fault.Answer {
	body := fmt.Appendf(nil, `{%q:%s%s}`, name, fault.Rows(rows), more)
	return fault.Answer{Status: http.StatusOK, Type: jsonType, Body: body}
}

// render writes the picked rows, spoilt where a fault says so.
func render[T any](active fault.Active, picks []fault.Pick, rows []T, shape fault.Shape) []json.RawMessage {
	out := make([]json.RawMessage, 0, len(picks))
	for _, pick := range picks {
		row, err := active.Row(pick, rows[pick.Index], shape)
		if err != nil {
			row = json.RawMessage("null") // cannot be: the rows are plain structs
		}
		out = append(out, row)
	}
	return out
}

// cut is one page of so many rows, pages counted from 1.
func cut(picks []fault.Pick, page, size int) []fault.Pick {
	if page < 1 || page-1 >= pages(len(picks), size) {
		return nil
	}
	from := (page - 1) * size
	return picks[from:min(from+size, len(picks))]
}

func pages(rows, size int) int { return (rows + size - 1) / size }
