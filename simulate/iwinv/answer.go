package iwinv

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"syncer/simulate/fault"
)

// A code is one line of https://api-kr.iwinv.kr/error: number and name.
type code string

const (
	notFound         code = "0x1 NOT_FOUND"
	checkCredential  code = "0x6 CHECK_CREDENTIAL"
	checkSignature   code = "0x7 CHECK_SIGNATURE"
	invalidSignature code = "0x8 INVALID_SIGNATURE"
	checkIP          code = "0x9 CHECK_IP"
	checkParam       code = "0xe CHECK_PARAM"
	checkParamEnum   code = "0xf CHECK_PARAM_ENUM"
	idInvalid        code = "0x16 ID_INVALID"
	limitExceeded    code = "0x17 LIMIT_EXCEEDED"
	undocumented     code = "0x99 UNKNOWN"
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
	return failure(status, undocumented)
}

// CodeError is a 200 whose code is none of the documented ones.
func (dialect) CodeError() fault.Answer {
	return fault.Answer{Status: http.StatusOK, Type: "application/json", Body: []byte(`{"code":"0x99","error_code":"UNKNOWN","message":"Check request.","result":[],"count":0}`)}
}

func failure(status int, code code) fault.Answer {
	number, name, _ := strings.Cut(string(code), " ")
	body := fmt.Sprintf(`{"code":%q,"error_code":%q,"message":"Check request.","result":"error"}`, number, name)
	return fault.Answer{Status: status, Type: "application/json", Body: []byte(body)}
}

// success is the envelope around rows; more is what follows count, such as
// `,"page_no":1`. The body is put together by hand so that faults can hold
// text which no JSON writer would let through.
func success(rows []json.RawMessage, more string) fault.Answer {
	body := fmt.Sprintf(`{"code":"0x00","error_code":"SUCCESS","message":"","result":%s,"count":%d%s}`, fault.Rows(rows), len(rows), more)
	return fault.Answer{Status: http.StatusOK, Type: "application/json", Body: []byte(body)}
}
