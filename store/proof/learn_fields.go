package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/store/history"
)

// learnFields brings content that no page shows into the words of today's decoder
// field by field: a field that is what it was in the last proven snapshot before is
// what the pages of that one say today. So a price that is read since today does
// not end where a hole shows another name.
func (r *replay) learnFields(ctx context.Context) error {
	unshown := make(map[int]map[string][]*sighting) // by the snapshot that teaches, and key
	for key, learned := range r.lessons {
		runs := r.keys[key].runs
		for i := range runs {
			run := &runs[i]
			if lesson := teaches(*run, learned); lesson != nil {
				if unshown[lesson.snapshot] == nil {
					unshown[lesson.snapshot] = make(map[string][]*sighting)
				}
				unshown[lesson.snapshot][key] = append(unshown[lesson.snapshot][key], run)
			}
		}
	}
	r.composed = make(map[string]map[catalog.Digest]catalog.Entry)
	for _, i := range slices.Sorted(maps.Keys(unshown)) {
		shown, err := r.read(ctx, i)
		if err != nil {
			return err
		}
		remembered, err := r.recall(ctx, slices.Sorted(maps.Keys(unshown[i])))
		if err != nil {
			return err
		}
		for now, err := range shown.Entries(func(key string) bool { return unshown[i][key] != nil }) {
			if err != nil {
				return err
			}
			for _, run := range unshown[i][now.Key] {
				r.compose(run, now, remembered[now.Key], *teaches(*run, r.lessons[now.Key]))
			}
		}
	}
	return r.leaveOut(ctx)
}

// leaveOut takes attributes that the list ignores out of content that no page shows
// too: what remains of it needs no page to be known.
func (r *replay) leaveOut(ctx context.Context) error {
	if len(r.list.Ignored) == 0 || !r.forgetful {
		return nil
	}
	unshown := make(map[string][]*sighting)
	for key, life := range r.keys {
		for i := range life.runs {
			if run := &life.runs[i]; run.stored {
				unshown[key] = append(unshown[key], run)
			}
		}
	}
	for keys := range slices.Chunk(slices.Sorted(maps.Keys(unshown)), history.KeysAtOnce) {
		remembered, err := r.recall(ctx, keys)
		if err != nil {
			return err
		}
		for _, key := range keys {
			for _, run := range unshown[key] {
				whole, is := r.composed[key][run.digest]
				if !is {
					whole, is = remembered[key][run.digest]
				}
				if !is {
					continue // a page shows it
				}
				if whole.Attributes, err = whole.Attributes.Without(r.list.Ignored); err != nil {
					return fmt.Errorf("entry %q: %w", key, err)
				}
				r.showAs(run, whole)
			}
		}
	}
	return nil
}

// showAs makes a sighting that only history remembers one of some content.
func (r *replay) showAs(run *sighting, content catalog.Entry) {
	digest := content.Digest()
	if digest == run.digest {
		return
	}
	run.digest = digest
	if r.composed[content.Key] == nil {
		r.composed[content.Key] = make(map[catalog.Digest]catalog.Entry)
	}
	r.composed[content.Key][digest] = content
}

// teaches is what is known of the last proven snapshot before a sighting that
// only history remembers, if today's decoder reads that one otherwise; nil if not,
// or if some page shows the sighting's content itself.
func teaches(run sighting, learned []lesson) *lesson {
	if !run.stored {
		return nil
	}
	var last *lesson
	for i := range learned {
		if learned[i].was == run.digest || learned[i].now == run.digest {
			return nil
		}
		if learned[i].snapshot < run.snapshot {
			last = &learned[i]
		}
	}
	if last == nil || last.was == last.now {
		return nil
	}
	return last
}

// recall returns what stands in history for some entries, by key and digest. What
// its digest was not made of, since other hands altered it, is left out.
func (r *replay) recall(ctx context.Context, keys []string) (map[string]map[catalog.Digest]catalog.Entry, error) {
	all := make(map[string]map[catalog.Digest]catalog.Entry, len(keys))
	for some := range slices.Chunk(keys, history.KeysAtOnce) {
		ids, err := r.tables.Find(ctx, some)
		if err != nil {
			return nil, err
		}
		entries := make([]history.Named, 0, len(some))
		for _, key := range some {
			entries = append(entries, history.Named{ID: ids[key], Key: key})
		}
		e, err := loadEver(ctx, r.tables, entries)
		if err != nil {
			return nil, err
		}
		state := e.state(r.list.Kind)
		for _, entry := range entries {
			all[entry.Key] = make(map[catalog.Digest]catalog.Entry)
			for digest, content := range state.Contents(entry.ID) {
				if whole, err := wholeEntry(entry.Key, content, e.priced(content.Prices)); err == nil {
					all[entry.Key][digest] = whole
				}
			}
		}
	}
	return all, nil
}

// wholeEntry is the entry of which a stored content was made.
func wholeEntry(key string, content history.Content, prices []catalog.Price) (catalog.Entry, error) {
	entry := content.Entry
	attributes, err := catalog.CanonicalAttributes(entry.Attributes)
	if err != nil {
		return entry, err
	}
	entry.Key, entry.Prices, entry.Attributes = key, prices, attributes
	if entry.Digest() != content.Digest && string(attributes) == "{}" {
		entry.Attributes = nil // one without attributes is stored alike
	}
	if entry.Digest() != content.Digest {
		return entry, fmt.Errorf("entry %s is not what its digest was made of", key)
	}
	return entry, nil
}

// compose makes a sighting that only history remembers one by today's decoder.
func (r *replay) compose(run *sighting, now catalog.Entry, remembered map[catalog.Digest]catalog.Entry, taught lesson) {
	was, known := remembered[taught.was]
	then, also := remembered[run.digest]
	if !known || !also {
		return
	}
	if then.Contract != nil {
		then.Contract = new(*then.Contract)
	}
	for _, field := range catalog.Fields() {
		if !field.In(r.list.Kind) {
			continue
		}
		switch value := field.At(&then).(type) {
		case *[]catalog.Price:
			*value = composedPrices(was.Prices, now.Prices, *value)
		case *catalog.Attributes:
			*value = composedAttributes(was.Attributes, now.Attributes, *value)
		default:
			if sameValue(field.At(&was), value) {
				reflect.ValueOf(value).Elem().Set(reflect.ValueOf(field.At(&now)).Elem())
			}
		}
	}
	r.showAs(run, then)
}

// sameValue compares what two pointers of a table of fields point at.
func sameValue(a, b any) bool {
	if one, is := a.(**decimal.Decimal); is {
		other := b.(**decimal.Decimal)
		return *one == nil && *other == nil || *one != nil && *other != nil && (*one).Equal(**other)
	}
	return reflect.DeepEqual(a, b)
}

// composedPrices are the prices that stood then, each as it is read today where it
// was the same, with those that are read since. Where a price has another name
// today and stood then at another amount, nobody knows what it would be read as:
// then all stay as they were.
func composedPrices(was, now, then []catalog.Price) []catalog.Price {
	before, today := byIdentity(was), byIdentity(now)
	var all []catalog.Price
	stood := make(map[catalog.PriceIdentity]bool, len(then))
	for i := range then {
		id := then[i].Identity()
		stood[id] = true
		old, had := before[id]
		read, has := today[id]
		switch same := had && old.AmountDigest() == then[i].AmountDigest(); {
		case same && has:
			all = append(all, read)
		case had && !has && !same:
			return then
		case !same:
			all = append(all, then[i])
		}
	}
	for i := range now {
		if _, had := before[now[i].Identity()]; !had && !stood[now[i].Identity()] {
			all = append(all, now[i])
		}
	}
	return all
}

func byIdentity(prices []catalog.Price) map[catalog.PriceIdentity]catalog.Price {
	all := make(map[catalog.PriceIdentity]catalog.Price, len(prices))
	for i := range prices {
		all[prices[i].Identity()] = prices[i]
	}
	return all
}

// composedAttributes does the same for each member of attributes.
func composedAttributes(was, now, then catalog.Attributes) catalog.Attributes {
	before, today, all := members(was), members(now), members(then)
	for name := range mergedNames(before, today, all) {
		old, had := before[name]
		stood, has := all[name]
		if had != has || !bytes.Equal(old, stood) {
			continue
		}
		if read, is := today[name]; is {
			all[name] = read
		} else {
			delete(all, name)
		}
	}
	if len(all) == 0 && now == nil {
		return nil
	}
	text, err := json.Marshal(all)
	if err == nil {
		text, err = catalog.CanonicalAttributes(text)
	}
	if err != nil {
		return then
	}
	return text
}

func members(attributes catalog.Attributes) map[string]json.RawMessage {
	all := make(map[string]json.RawMessage)
	if attributes == nil || json.Unmarshal(attributes, &all) != nil || all == nil {
		return make(map[string]json.RawMessage)
	}
	return all
}

func mergedNames(all ...map[string]json.RawMessage) map[string]bool {
	names := make(map[string]bool)
	for _, some := range all {
		for name := range some {
			names[name] = true
		}
	}
	return names
}
