package huawei

import (
	"encoding/json"
	"fmt"

	"syncer/fetchers/internal/web"
)

// explain reads an error of any of the services. What to do goes by status:
// 401 also means that a token has ended (APIGW.0307), 429 that requests came
// too fast (APIG.0308, CBC.0250).
func explain(_ int, body []byte) web.Fault {
	code, message := failureIn(body)
	if code == "" && message == "" {
		return web.Fault{Message: string(body[:min(len(body), 500)])}
	}
	return web.Fault{Code: code, Message: message}
}

// failureIn finds {"error_code":"WKS.0021...","error_msg":...} of services,
// gateway and BSS, and {"error":{"code":401,"message":...,"title":...}} of IAM.
// Both are empty where the body holds no error.
func failureIn(body []byte) (code, message string) {
	var answer struct {
		ErrorCode any `json:"error_code"`
		ErrorMsg  any `json:"error_msg"`
		Error     struct {
			Code    any `json:"code"`
			Message any `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", ""
	}
	if answer.ErrorCode == nil && answer.ErrorMsg == nil {
		return text(answer.Error.Code), text(answer.Error.Message)
	}
	return text(answer.ErrorCode), text(answer.ErrorMsg)
}

func text(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}
