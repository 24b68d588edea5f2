// Package diff computes what changed between two snapshots: pure, over streams
// of key and digest in the byte order of keys. It knows neither entries nor prices.
package diff

import (
	"fmt"
	"iter"
)

// Delta holds the keys that differ, each list in the byte order of keys.
type Delta struct {
	Added, Changed, Removed []string
}

// Compare merges two streams of key and digest, each in strictly rising byte
// order of keys. A stream that is not in this order is an error that names the
// key.
func Compare[D comparable](before, after iter.Seq2[string, D]) (Delta, error) {
	nextBefore, stopBefore := iter.Pull2(before)
	defer stopBefore()
	nextAfter, stopAfter := iter.Pull2(after)
	defer stopAfter()
	old, now := cursor[D]{next: nextBefore}, cursor[D]{next: nextAfter}
	old.advance()
	now.advance()
	var delta Delta
	for (old.ok || now.ok) && old.err == nil && now.err == nil {
		switch {
		case !now.ok || old.ok && old.key < now.key:
			delta.Removed = append(delta.Removed, old.key)
			old.advance()
		case !old.ok || now.key < old.key:
			delta.Added = append(delta.Added, now.key)
			now.advance()
		default:
			if old.digest != now.digest {
				delta.Changed = append(delta.Changed, now.key)
			}
			old.advance()
			now.advance()
		}
	}
	if old.err != nil {
		return Delta{}, fmt.Errorf("compare: before: %w", old.err)
	}
	if now.err != nil {
		return Delta{}, fmt.Errorf("compare: after: %w", now.err)
	}
	return delta, nil
}

// cursor is a stream's current pair; ok is false after the last.
type cursor[D comparable] struct {
	next   func() (string, D, bool)
	key    string
	digest D
	ok     bool
	begun  bool
	err    error
}

func (c *cursor[D]) advance() {
	last := c.key
	c.key, c.digest, c.ok = c.next()
	if c.ok && c.begun && c.key <= last {
		c.err = fmt.Errorf("key %q does not come after %q", c.key, last)
	}
	c.begun = true
}
