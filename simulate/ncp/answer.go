package ncp

import (
	"encoding/json"
	"fmt"
	"net/http"

	"syncer/simulate/fault"
)

// dialect is NAVER Cloud's wording of failures in one format.
type dialect struct{ format format }

// Failure is an error of the API gateway.
func (d dialect) Failure(status int) fault.Answer { return gateway(d.format, status) }

// CodeError is a 200 whose body holds an error, as the vendor's SDK expects
// to meet it.
func (d dialect) CodeError() fault.Answer {
	return service(d.format, http.StatusOK, "1300", "An internal error occurred.")
}

// gatewayCodes are those of
// https://api.ncloud-docs.com/docs/common-ncpapi-errorcode; 403 is ours.
func gatewayCode(status int) (code, message, details string) {
	switch status {
	case http.StatusBadRequest:
		return "100", "Bad Request Exception", "The request is malformed."
	case http.StatusUnauthorized:
		return "200", "Authentication Failed", "Invalid authentication information."
	case http.StatusForbidden:
		return "210", "Permission Denied", "Permission denied."
	case http.StatusNotFound:
		return "300", "Not Found Exception", "URL not found."
	case http.StatusTooManyRequests:
		return "420", "Rate Limited", "Too many requests."
	case http.StatusServiceUnavailable:
		return "500", "Endpoint Error", "The endpoint does not answer."
	case http.StatusGatewayTimeout:
		return "510", "Endpoint Timeout", "The endpoint does not answer in time."
	}
	return "900", "Unexpected Error", "An unexpected error occurred."
}

// gateway is an error of the gateway in front of every service.
func gateway(format format, status int) fault.Answer {
	code, message, details := gatewayCode(status)
	return format.write(status, "error", object{{"errorCode", code}, {"message", message}, {"details", details}})
}

// service is an error of the service behind it.
func service(format format, status int, code, message string) fault.Answer {
	return format.write(status, "responseError", object{{"returnCode", code}, {"returnMessage", message}})
}

// endpointError is what has been seen where a parameter is missing.
func endpointError(c call) fault.Answer { return gateway(c.format, http.StatusServiceUnavailable) }

// unknown is what a service says of an identifier that it does not know; the
// code has been seen, the pairing with identifiers is ours.
func unknown(c call, what string) fault.Answer {
	return service(c.format, http.StatusBadRequest, "1007009", what+" does not exist.")
}

// success is the envelope around rows.
func success(c call, action, list string, total json.RawMessage, rows []json.RawMessage) fault.Answer {
	body := object{{"requestId", c.id}, {"returnCode", "0"}, {"returnMessage", "success"}}
	if total != nil {
		body = append(body, member{"totalRows", total})
	}
	return c.format.write(http.StatusOK, action+"Response", append(body, member{list, rows}))
}

// requestID is new for each answer, and the same sequence for each seed.
func (a *API) requestID() string {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	high, low := a.random.Uint64(), a.random.Uint64()
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", high>>32, high>>16&0xffff, high&0xffff, low>>48, low&0xffffffffffff)
}
