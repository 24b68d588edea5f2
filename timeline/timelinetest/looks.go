package timelinetest

import (
	"slices"
	"time"

	"syncer/catalog"
)

// look is what one committed snapshot says of an entry.
type look struct {
	at       time.Time
	held     bool           // it shows the entry, or saw it by name
	fields   *catalog.Entry // the entry where its fields speak, else nil
	speaks   bool           // its prices speak
	prices   []catalog.Price
	comes    []catalog.Price // what it announces
	nameless int             // how many rows of the snapshot had no readable key
}

// looksOf is what every snapshot says of a key, in time order.
func looksOf(world World, key string) []look {
	var all []look
	for _, snapshot := range world.Snapshots {
		entry, holds := snapshot.Entries[key]
		silent, named := snapshot.SetAside[key]
		l := look{at: snapshot.At, held: holds || named, nameless: snapshot.Nameless}
		if holds && !slices.Contains(silent, catalog.FieldsPart) {
			l.fields = &entry
		}
		if holds && !slices.Contains(silent, catalog.PricesPart) && !snapshot.PricesUnread {
			l.speaks, l.prices, l.comes = true, entry.Prices, entry.Announced
		}
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b look) int { return a.at.Compare(b.at) })
	return all
}

// counted are the looks that say anything of the entry, from the first that has
// its fields on. Where the others stand, history goes on as if there had been no
// snapshot: they neither count nor bound.
func counted(world World, all []look, silenced []time.Time) []look {
	var left []look
	var lastHeld *look
	for i := range all {
		l := all[i]
		if slices.ContainsFunc(silenced, l.at.Equal) {
			continue // a person took it back
		}
		if l.held {
			lastHeld = &all[i]
			if l.fields == nil && (len(left) == 0 || gone(world, left)) {
				continue // of an entry that is not there, fields must speak first
			}
		} else {
			if len(left) == 0 {
				continue // not seen yet is no absence
			}
			if l.nameless > 0 && lastHeld.nameless < l.nameless {
				continue // one of the rows without a key may be it
			}
		}
		left = append(left, l)
	}
	return left
}

// gone reports whether the looks end in an absence that they confirm.
func gone(world World, looks []look) bool {
	l := life{looks: looks}
	absences := l.absences(world)
	if len(absences) == 0 {
		return false
	}
	last := absences[len(absences)-1]
	return last.To == nil && last.ConfirmedAt != nil
}
