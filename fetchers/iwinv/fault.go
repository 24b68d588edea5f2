package iwinv

import (
	"encoding/json"
	"fmt"

	"syncer/fetchers/internal/web"
)

// explain reads {"code":"0x7","error_code":"CHECK_SIGNATURE","message":...}.
// message may be no text, and 422 has no code at all. What to do goes by
// status: 404 also means that another operation is running, so it is never
// read as "deleted".
func explain(_ int, body []byte) web.Fault {
	var answer struct {
		Code      any `json:"code"`
		ErrorCode any `json:"error_code"`
		Message   any `json:"message"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return web.Fault{Message: string(body[:min(len(body), 500)])}
	}
	return web.Fault{Code: codeText(answer.ErrorCode, answer.Code), Message: text(answer.Message)}
}

// codeText is "CHECK_SIGNATURE 0x7".
func codeText(errorCode, code any) string {
	switch {
	case text(errorCode) == "":
		return text(code)
	case text(code) == "":
		return text(errorCode)
	}
	return text(errorCode) + " " + text(code)
}

func text(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}
