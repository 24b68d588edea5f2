package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/timeline"
)

// errOverlap is a bug of ours that must not become history.
var errOverlap = errors.New("a closed row would overlap the open one; nothing was written")

// changes collects what one chunk writes. Rows are closed and superseded
// first and inserted in later statements, else the unique indexes object.
type changes struct {
	shelf     shelf
	list, run int64
	newest    time.Time

	closeVersions  []int64
	supersedeIDs   []int64
	supersedeFroms []time.Time
	insertVersions []version

	closePrices     []int64
	supersedePrices sqlcgen.PriceHistorySupersedeParams
	insertPrices    []sqlcgen.PriceHistoryCopyParams

	endAbsences       []int64
	confirmAbsences   []int64
	supersedeAbsences sqlcgen.AbsenceSupersedeParams
	insertAbsences    []sqlcgen.AbsenceCopyParams

	supersedeEvents []int64
	insertEvents    []sqlcgen.StatusChangeCopyParams

	checkEntries []int64
	checkPrices  []int64
}

func (c *changes) check(entry int64) { c.checkEntries = append(c.checkEntries, entry) }

func (c *changes) versions(entry int64, plan timeline.Plan[catalog.Digest], contents map[catalog.Digest]content, pages map[pageKey]int32) {
	for range plan.Close {
		c.closeVersions = append(c.closeVersions, entry)
	}
	for _, row := range plan.Supersede {
		c.supersedeIDs, c.supersedeFroms = append(c.supersedeIDs, entry), append(c.supersedeFroms, row.From)
	}
	for _, want := range plan.Insert {
		row := version{entry: entry, columns: contents[want.Content].columns, from: want.From, to: want.To}
		if page, known := pages[pageKey{entry, want.From.UnixMicro()}]; known {
			row.page = &page
		}
		c.insertVersions = append(c.insertVersions, row)
	}
}

func (c *changes) prices(price int64, plan timeline.Plan[catalog.Digest], amounts map[amountKey]sqlcgen.PriceHistoryCopyParams) {
	if plan.Empty() {
		return
	}
	c.checkPrices = append(c.checkPrices, price)
	for range plan.Close {
		c.closePrices = append(c.closePrices, price)
	}
	for _, row := range plan.Supersede {
		c.supersedePrices.PriceIds = append(c.supersedePrices.PriceIds, price)
		c.supersedePrices.ValidFroms = append(c.supersedePrices.ValidFroms, row.From)
	}
	for _, want := range plan.Insert {
		row := amounts[amountKey{price, want.Content}]
		row.ListID, row.PriceID, row.RecordedBy = c.list, price, c.run
		row.ValidFrom, row.ValidTo = want.From, postgres.NullTime(want.To)
		c.insertPrices = append(c.insertPrices, row)
	}
}

func (c *changes) absences(entry int64, plan timeline.AbsencePlan) {
	for _, want := range plan.Update {
		if want.To.Equal(c.newest) {
			c.endAbsences = append(c.endAbsences, entry)
		}
		if want.ConfirmedAt.Equal(c.newest) {
			c.confirmAbsences = append(c.confirmAbsences, entry)
		}
	}
	for _, row := range plan.Supersede {
		c.supersedeAbsences.EntryIds = append(c.supersedeAbsences.EntryIds, entry)
		c.supersedeAbsences.AbsentFroms = append(c.supersedeAbsences.AbsentFroms, row.From)
	}
	for _, want := range plan.Insert {
		row := sqlcgen.AbsenceCopyParams{
			ListID: c.list, RecordedBy: c.run,
			AbsentFrom: want.From, AbsentTo: postgres.NullTime(want.To), ConfirmedAt: postgres.NullTime(want.ConfirmedAt),
		}
		c.shelf.ownAbsence(&row, entry)
		c.insertAbsences = append(c.insertAbsences, row)
	}
}

// events stores only the difference between the stored chain and the wanted.
func (c *changes) events(product int64, stored []sqlcgen.ProductStatusChange, wanted []timeline.Event) {
	left := make(map[eventKey]timeline.Event, len(wanted))
	for _, event := range wanted {
		left[keyOf(event)] = event
	}
	for _, row := range stored {
		key := eventKey{row.Aspect, postgres.Text(row.AvailabilityZone), row.ChangedAt.UnixMicro()}
		want, found := left[key]
		if found && want.Event == row.Event && postgres.EqualText(want.From, row.FromStatus) && postgres.EqualText(want.To, row.ToStatus) {
			delete(left, key)
			continue
		}
		c.supersedeEvents = append(c.supersedeEvents, row.ID)
	}
	for _, event := range wanted {
		if _, missing := left[keyOf(event)]; missing {
			c.insertEvents = append(c.insertEvents, eventRow(c.list, product, c.run, event))
		}
	}
}

type eventKey struct {
	aspect, zone string
	at           int64
}

func keyOf(e timeline.Event) eventKey { return eventKey{e.Aspect, e.Zone, e.At.UnixMicro()} }

func eventRow(list, product, run int64, e timeline.Event) sqlcgen.StatusChangeCopyParams {
	row := sqlcgen.StatusChangeCopyParams{
		ListID: list, ProductID: product, Aspect: e.Aspect, ChangedAt: e.At, Event: e.Event,
		FromStatus: e.From, ToStatus: e.To, RecordedBy: run,
	}
	if e.Zone != "" {
		row.AvailabilityZone = &e.Zone
	}
	return row
}

// retired counts the rows that are closed, ended or superseded; inserted those
// that are new; rows all of them.
func (c *changes) retired() Rows {
	return Rows{
		Versions:      len(c.closeVersions) + len(c.supersedeIDs),
		Prices:        len(c.closePrices) + len(c.supersedePrices.PriceIds),
		Absences:      len(c.endAbsences) + len(c.confirmAbsences) + len(c.supersedeAbsences.EntryIds),
		StatusChanges: len(c.supersedeEvents),
	}
}

func (c *changes) inserted() Rows {
	return Rows{len(c.insertVersions), len(c.insertPrices), len(c.insertAbsences), len(c.insertEvents)}
}

func (c *changes) rows() int { return c.retired().Sum() + c.inserted().Sum() }

func (c *changes) write(ctx context.Context, q *sqlcgen.Queries, tx pgx.Tx) error {
	for _, step := range []func(context.Context, *sqlcgen.Queries, pgx.Tx) error{
		c.retire, c.insert, c.insertStatus, c.verify,
	} {
		if err := step(ctx, q, tx); err != nil {
			return err
		}
	}
	return nil
}

func (c *changes) verify(ctx context.Context, q *sqlcgen.Queries, tx pgx.Tx) error {
	if len(c.checkEntries) == 0 {
		return nil
	}
	overlaps, err := c.shelf.overlaps(ctx, tx, c.list, c.checkEntries)
	if err != nil || overlaps {
		return fmt.Errorf("check versions: %w", errors.Join(err, overlap(overlaps)))
	}
	if len(c.checkPrices) == 0 {
		return nil
	}
	overlaps, err = q.PriceHistoryOverlaps(ctx, tx, sqlcgen.PriceHistoryOverlapsParams{ListID: c.list, PriceIds: c.checkPrices})
	if err != nil || overlaps {
		return fmt.Errorf("check price history: %w", errors.Join(err, overlap(overlaps)))
	}
	return nil
}

func overlap(found bool) error {
	if found {
		return errOverlap
	}
	return nil
}
