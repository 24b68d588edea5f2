package zstack

import (
	"fmt"
	"net/http"
	"time"

	"syncer/simulate/fault"
)

const jsonType = "application/json;charset=UTF-8"

// dialect is ZStack's wording of failures.
type dialect struct{}

// Failure is plain text, as the REST server in front of the API answers.
func (dialect) Failure(status int) fault.Answer { return text(status, http.StatusText(status)) }

// CodeError is a 200 that holds an error object instead of inventories.
func (dialect) CodeError() fault.Answer {
	answer := apiError("SYS.1000", "An internal error happened in system", "simulated")
	answer.Status = http.StatusOK
	return answer
}

func text(status int, message string) fault.Answer {
	return fault.Answer{Status: status, Type: "text/plain;charset=UTF-8", Body: []byte(message)}
}

// apiError is how the API itself refuses: HTTP 503 whatever the reason.
func apiError(code, description, details string) fault.Answer {
	body := fmt.Sprintf(`{"error":{"code":%q,"description":%q,"details":%q}}`, code, description, details)
	return fault.Answer{Status: http.StatusServiceUnavailable, Type: jsonType, Body: []byte(body)}
}

// date prints a moment as Gson does on a JDK 8 server in en_US: local time
// without a zone.
func (a *API) date(moment time.Time) string { return dateText(moment, a.config.Location) }

func dateText(moment time.Time, location *time.Location) string {
	return moment.In(location).Format("Jan 2, 2006 3:04:05 PM")
}
