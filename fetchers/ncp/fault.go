package ncp

import (
	"net/http"

	"syncer/fetchers/internal/web"
)

// codePermission is the gateway's 210, Permission Denied, with status 401: a
// new signature does not help.
const codePermission = "210"

// explain reads an error answer. The gateway says
// {"error":{"errorCode","message","details"}}, a service
// {"responseError":{"returnCode","returnMessage"}}; both come as XML as well.
func explain(status int, body []byte) web.Fault {
	document, err := parseBody(mediaOf(body), body)
	if err != nil {
		return web.Fault{Message: string(body[:min(len(body), 500)])}
	}
	code, message := refusal(document.Root())
	if code == "" && message == "" {
		return web.Fault{Message: string(body[:min(len(body), 500)])}
	}
	fault := web.Fault{Code: code, Message: message}
	if status == http.StatusUnauthorized && code == codePermission {
		fault.Then = web.Final
	}
	return fault
}

// refusal is the provider's code and message; both empty where the answer is
// no error.
func refusal(root web.Value) (code, message string) {
	members, _ := root.Raw().(map[string]any)
	if failed, ok := members["error"].(map[string]any); ok {
		return shown(failed["errorCode"]), joined(shown(failed["message"]), shown(failed["details"]))
	}
	if failed, ok := members["responseError"].(map[string]any); ok {
		return shown(failed["returnCode"]), shown(failed["returnMessage"])
	}
	return "", ""
}

func joined(message, details string) string {
	if details == "" || details == message {
		return message
	}
	return message + ": " + details
}
