package huawei

import (
	"encoding/json"
	"fmt"
	"net/http"

	"syncer/simulate/fault"
)

const jsonType = "application/json"

// service words failures as one of the services does.
type service string

const (
	gateway   service = "gateway"
	iam       service = "iam"
	workspace service = "workspace"
	bss       service = "bss"
)

// Failure is the gateway's answer before a service is reached, or the
// service's own. Which code a service gives for a failure of its own is
// documented for BSS only; for Workspace APP it is the gateway's.
func (s service) Failure(status int) fault.Answer {
	switch {
	case s == iam:
		return iamFailure(status, http.StatusText(status))
	case status == http.StatusUnauthorized:
		return unauthorized("decrypt token fail")
	case status == http.StatusTooManyRequests:
		return failure(status, "APIG.0308", "The throttling threshold has been reached: policy user over ratelimit,limit:60,time:1 minute")
	case s == bss && status == http.StatusForbidden:
		return failure(status, "CBC.0151", "Access denied.")
	case s == bss:
		return failure(status, "CBC.0999", "Other errors.")
	case status == http.StatusForbidden:
		return failure(status, "APIGW.0302", "This user is not allowed to call the API")
	}
	return failure(status, "APIGW.0201", "Backend timeout")
}

// CodeError is a business failure that comes with status 200.
func (s service) CodeError() fault.Answer {
	if s == bss {
		return failure(http.StatusOK, "CBC.3006", "The operation is not supported.")
	}
	return failure(http.StatusOK, "WKS.00211102", "The number exceeds the limit")
}

// failure is the shape of gateway, Workspace APP and BSS.
func failure(status int, code, message string) fault.Answer {
	return write(status, struct {
		Code    string `json:"error_code"`
		Message string `json:"error_msg"`
	}{code, message})
}

func unauthorized(why string) fault.Answer {
	return failure(http.StatusUnauthorized, "APIGW.0301", "Incorrect IAM authentication information: "+why)
}

// iamFailure is IAM's shape.
func iamFailure(status int, message string) fault.Answer {
	return write(status, map[string]any{"error": map[string]any{
		"code": status, "message": message, "title": http.StatusText(status),
	}})
}

func write(status int, value any) fault.Answer {
	body, err := json.Marshal(value)
	if err != nil {
		return fault.Answer{Status: http.StatusInternalServerError, Type: jsonType, Body: fmt.Appendf(nil, `{"error_code":"APIGW.9999","error_msg":%q}`, err)}
	}
	return fault.Answer{Status: status, Type: jsonType, Body: body}
}
