package web

import (
	"errors"
	"io"
	"testing"
)

func TestRefusalsOfOneQuestionOrOfTheWalk(t *testing.T) {
	for status, whole := range map[int]bool{400: false, 403: false, 404: false, 408: false, 500: false, 503: false, 401: true, 429: true} {
		var refusals Refusals
		refused := &StatusError{Method: "GET", Path: "/x", Status: status}
		part, err := refusals.Part(t.Context(), "GET /x?id=1", refused)
		if _, held := RefusalIn(part); held == whole || whole != errors.Is(err, error(refused)) {
			t.Errorf("%d: part %q, error %v", status, part.Body, err)
		}
	}
	for class, whole := range map[string]bool{ClassHTML: false, ClassRedirect: false, ClassTooLarge: false, ClassNetwork: true, ClassTLS: true, ClassSigning: true} {
		failed := &TransferError{Method: "GET", Path: "/x", Class: class, Err: errors.New("no")}
		if _, err := new(Refusals).Part(t.Context(), "GET /x", failed); whole != (err != nil) {
			t.Errorf("%s: error %v", class, err)
		}
	}
	cut := &TransferError{Class: ClassNetwork, Err: io.ErrUnexpectedEOF}
	if _, err := new(Refusals).Part(t.Context(), "GET /x", cut); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("an answer that never came: %v", err)
	}
}

func TestRefusalsOfAServiceThatIsDown(t *testing.T) {
	var refusals Refusals
	ask := func(status int) {
		t.Helper()
		if _, err := refusals.Part(t.Context(), "GET /x", &StatusError{Status: status}); err != nil {
			t.Fatal(err)
		}
	}
	for _, status := range []int{500, 500, 404, 500, 502} {
		ask(status)
	}
	refusals.Answered()
	ask(500)
	ask(500)
	if err := refusals.Down(); err != nil {
		t.Errorf("down after two in a row: %v", err)
	}
	ask(503)
	for range 2 { // the second question is not asked either, and says the same
		part, err := refusals.Part(t.Context(), "GET /y", refusals.Down())
		if refusal, _ := RefusalIn(part); err != nil || refusal.Status != 503 || refusal.Text != "not asked after 3 refusals in a row:  : status 503" {
			t.Errorf("after three in a row: %+v, error %v", refusal, err)
		}
	}
}
