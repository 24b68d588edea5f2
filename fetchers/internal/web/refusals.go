package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"syncer/catalog"
)

// Refusals are the refused questions of one walk: those whose answers belong to a
// page, such as the detail of a row. A walk asks one question after another: it is
// not for several goroutines.
type Refusals struct {
	inARow int // of a service that does not answer
	last   error
}

// mostInARow is how many questions in a row a service may leave without an answer,
// each after its repetitions, before it is asked no more.
const mostInARow = 3

// Answered notes an answer.
func (r *Refusals) Answered() { r.inARow = 0 }

// Part returns the part that stands for the answer to a question which failed
// (RefusedPart). It returns the error where that is of the whole walk and of no
// single question: credentials that are refused (401), a quota that is used up
// (429), a network that carries nothing.
func (r *Refusals) Part(ctx context.Context, request string, err error) (catalog.Part, error) {
	status, refused := errors.AsType[*StatusError](err)
	transfer, failed := errors.AsType[*TransferError](err)
	switch {
	case refused && (status.Status == http.StatusUnauthorized || status.Status == http.StatusTooManyRequests),
		failed && !isAnswer(transfer), !refused && !failed:
		return catalog.Part{}, err
	case refused && verdictOf(status.Status) != Retry:
		r.inARow = 0
	default:
		r.inARow++
	}
	if refused && status.ClockAhead != 0 { // another one each time, and so another page
		still := *status
		still.ClockAhead = 0
		err = &still
	}
	if r.inARow <= mostInARow {
		r.last = err
	}
	return RefusedPart(ctx, request, err)
}

// isAnswer reports that something answered, though nothing that could be taken.
func isAnswer(err *TransferError) bool {
	switch err.Class {
	case ClassRedirect, ClassTooLarge, ClassHTML, ClassEncoding:
		return true
	}
	return false
}

// Down returns why nothing more is asked of a service, as an error for Part; nil
// while there is hope of an answer.
func (r *Refusals) Down() error {
	if r.inARow < mostInARow {
		return nil
	}
	return fmt.Errorf("not asked after %d refusals in a row: %w", mostInARow, r.last)
}
