package iwinv

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"syncer/fetchers/internal/web"
)

// explain reads {"code":"0x7","error_code":"CHECK_SIGNATURE","message":...}.
// message may be no text, and 422 has no code at all but {"errors":{field:
// [...]}}. What to do goes by
// status: 404 also means that another operation is running, so it is never
// read as "deleted".
func explain(_ int, body []byte) web.Fault {
	var answer struct {
		Code      any `json:"code"`
		ErrorCode any `json:"error_code"`
		Message   any `json:"message"`
		Errors    any `json:"errors"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return web.Fault{Message: string(body[:min(len(body), 500)])}
	}
	message := strings.TrimSpace(text(answer.Message) + " " + fields(answer.Errors))
	return web.Fault{Code: codeText(answer.ErrorCode, answer.Code), Message: message}
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

// fields is "(page_size: must be a number)".
func fields(errors any) string {
	byField, _ := errors.(map[string]any)
	if len(byField) == 0 {
		return ""
	}
	var all []string
	for _, field := range slices.Sorted(maps.Keys(byField)) {
		all = append(all, field+": "+strings.Trim(fmt.Sprint(byField[field]), "[]"))
	}
	return "(" + strings.Join(all, "; ") + ")"
}

func text(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}
