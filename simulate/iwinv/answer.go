package iwinv

import (
	"encoding/json"
	"fmt"
	"net/http"

	"syncer/simulate/fault"
)

// A code is one line of https://api-kr.iwinv.kr/error.
type code struct{ number, name string }

func newCode(number, name string) code { return code{number, name} }

var (
	notFound         = newCode("0x1", "NOT_FOUND")
	checkCredential  = newCode("0x6", "CHECK_CREDENTIAL")
	checkSignature   = newCode("0x7", "CHECK_SIGNATURE")
	invalidSignature = newCode("0x8", "INVALID_SIGNATURE")
	checkIP          = newCode("0x9", "CHECK_IP")
	checkParam       = newCode("0xe", "CHECK_PARAM")
	checkParamEnum   = newCode("0xf", "CHECK_PARAM_ENUM")
	idInvalid        = newCode("0x16", "ID_INVALID")
	limitExceeded    = newCode("0x17", "LIMIT_EXCEEDED")
)

// dialect is iwinv's wording of failures.
type dialect struct{}

// Failure is an error body as documented for its status.
func (dialect) Failure(status int) fault.Answer {
	switch status {
	case http.StatusUnauthorized:
		return failure(status, checkSignature)
	case http.StatusForbidden:
		return failure(status, checkIP)
	case http.StatusTooManyRequests:
		return failure(status, limitExceeded)
	}
	return failure(status, code{"0x99", "UNKNOWN"})
}

// CodeError is a 200 whose code is none of the documented ones.
func (dialect) CodeError() fault.Answer {
	return fault.Answer{Status: http.StatusOK, Type: "application/json", Body: []byte(`{"code":"0x99","error_code":"UNKNOWN","message":"Check request.","result":[],"count":0}`)}
}

func failure(status int, code code) fault.Answer {
	body := fmt.Sprintf(`{"code":%q,"error_code":%q,"message":"Check request.","result":"error"}`, code.number, code.name)
	return fault.Answer{Status: status, Type: "application/json", Body: []byte(body)}
}

// success is the envelope around rows; more is what follows count, such as
// `,"page_no":1`. The body is put together by hand so that faults can hold
// text which no JSON writer would let through.
func success(rows []json.RawMessage, more string) fault.Answer {
	body := fmt.Sprintf(`{"code":"0x00","error_code":"SUCCESS","message":"","result":%s,"count":%d%s}`, fault.Rows(rows), len(rows), more)
	return fault.Answer{Status: http.StatusOK, Type: "application/json", Body: []byte(body)}
}
