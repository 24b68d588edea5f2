package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"syncer/catalog"
)

// Refusal is an answer that belongs to a page and was not to be had: a detail, an
// enquiry, a fee. It stands in the page as a part of its own, so that decoding the
// page again sets the same aside for the same reason.
type Refusal struct {
	// Status and Code are those of the provider's answer; 0 and "" where there
	// was none.
	Status int    `json:"status,omitempty"`
	Code   string `json:"code,omitempty"`
	// Text is the error, which names the call and holds no secret: POST
	// /v2/bills: status 403 (CBC.0151): Access denied.
	Text string `json:"error"`
}

// refusal is the only member of a refusal's body; no provider has such a name.
const refusal = "syncer_refusal"

// RefusedPart returns the part that stands for the answer to a question which
// failed, named as the request would be. It returns the error where the walk
// itself is over, which is no refusal.
func RefusedPart(ctx context.Context, request string, err error) (catalog.Part, error) {
	transfer, ok := errors.AsType[*TransferError](err)
	if ctx.Err() != nil || ok && transfer.Class == ClassCanceled {
		return catalog.Part{}, err
	}
	refused := Refusal{Text: err.Error()}
	if given, ok := errors.AsType[*GivenUpError](err); ok { // how long it was tried is another each time, and so another page
		refused.Text = strings.Replace(refused.Text, given.Error(), given.Err.Error(), 1)
	}
	if status, ok := errors.AsType[*StatusError](err); ok {
		refused.Status, refused.Code = status.Status, status.Code
	}
	body, marshalErr := json.Marshal(map[string]Refusal{refusal: refused})
	if marshalErr != nil {
		return catalog.Part{}, marshalErr
	}
	return catalog.Part{Request: request, MediaType: "json", Body: body}, nil
}

// RefusalIn returns the refusal that a part stands for; false: it is an answer.
func RefusalIn(part catalog.Part) (Refusal, bool) {
	if !bytes.HasPrefix(part.Body, []byte(`{"`+refusal+`"`)) {
		return Refusal{}, false
	}
	var body map[string]Refusal
	err := json.Unmarshal(part.Body, &body)
	return body[refusal], err == nil
}
