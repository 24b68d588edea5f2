package archive

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// Archive is an opened archive: an index of its snapshots. Pages are read when
// they are asked for.
type Archive struct {
	snapshots []*Snapshot
	decisions *file // nil: none
	hidden    []string
	closer    io.Closer
}

// Option says what Open takes beside what it takes anyway.
type Option func(*bounds)

// bounds are the moments that are believed: a name outside of them is more likely a
// mistyped year.
type bounds struct{ since, until, now time.Time }

// Since takes snapshots from a moment on, where Open takes none before 2000.
func Since(moment time.Time) Option { return func(b *bounds) { b.since = moment } }

// Until takes snapshots up to a moment, where Open takes none of the future.
func Until(moment time.Time) Option { return func(b *bounds) { b.until = moment } }

// refuse returns why a moment is not believed; nil where it is.
func (b bounds) refuse(moment time.Time) error {
	switch {
	case moment.Before(b.since):
		return fmt.Errorf("lies before %s: is its year mistyped?", b.since.UTC().Format(time.RFC3339))
	case !moment.After(b.until):
		return nil
	case b.until.Equal(b.now):
		return fmt.Errorf("lies in the future: it is %s now", b.now.UTC().Format(time.RFC3339))
	}
	return fmt.Errorf("lies after %s", b.until.UTC().Format(time.RFC3339))
}

// Open indexes the folder or tar at path. Snapshots before 2000 and after now are
// refused, unless an option takes them. Doubts about one snapshot are its Problem; Open fails only where the archive
// as a whole cannot be trusted: it cannot be read, is cut short, or holds no
// snapshot.
func Open(path string, now time.Time, options ...Option) (*Archive, error) {
	found, closer, err := list(path)
	if err != nil {
		return nil, fmt.Errorf("open archive %s: %w", path, err)
	}
	opened := &Archive{hidden: found.hidden, closer: closer}
	if at := slices.IndexFunc(found.files, func(f file) bool { return f.folder == decisionsName }); at >= 0 {
		opened.decisions = &found.files[at]
		found.files = slices.Delete(slices.Clone(found.files), at, at+1)
	}
	opened.snapshots = group(found.files, now, options...)
	if len(opened.snapshots) == 0 {
		return nil, errors.Join(
			fmt.Errorf("open archive %s: no snapshot in it; want folders such as 2026-01-05T00:00:00Z, or files such as 2026-01-05T00:00:00Z.jsonl", path),
			opened.Close())
	}
	return opened, nil
}

// Snapshots returns all snapshots in time order; those whose name is no moment
// come first, with their Problem.
func (a *Archive) Snapshots() []*Snapshot { return slices.Clone(a.snapshots) }

// Hidden returns the names that were skipped because they begin with a dot.
func (a *Archive) Hidden() []string { return slices.Clone(a.hidden) }

// Close releases what Open holds; no page can be read after it.
func (a *Archive) Close() error {
	if a.closer == nil {
		return nil
	}
	return a.closer.Close()
}

func list(path string) (listing, io.Closer, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return listing{}, nil, err
	case info.IsDir():
		return listFolder(path)
	case isTar(path):
		return listTar(path)
	}
	return listing{}, nil, errors.New("want a folder, or a file that ends in .tar, .tar.gz, .tgz or .tar.zst")
}

func isTar(path string) bool {
	for _, end := range []string{".tar", ".tar.gz", ".tgz", ".tar.zst"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return false
}

// group makes one snapshot of the files of each folder.
func group(files []file, now time.Time, options ...Option) []*Snapshot {
	believed := bounds{since: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), until: now, now: now}
	for _, option := range options {
		option(&believed)
	}
	byFolder := make(map[string][]file)
	for _, f := range files {
		byFolder[f.folder] = append(byFolder[f.folder], f)
	}
	var all []*Snapshot
	for folder, inside := range byFolder {
		all = append(all, newSnapshot(folder, inside, believed))
	}
	slices.SortFunc(all, func(a, b *Snapshot) int {
		return cmp.Or(a.TakenAt.Compare(b.TakenAt), strings.Compare(a.Name, b.Name))
	})
	return distinct(all)
}

// distinct drops a snapshot that repeats its neighbour's moment and content,
// and refuses all that share a moment with other content.
func distinct(sorted []*Snapshot) []*Snapshot {
	var kept []*Snapshot
	for _, next := range sorted {
		if len(kept) > 0 && !next.TakenAt.IsZero() && next.TakenAt.Equal(kept[len(kept)-1].TakenAt) {
			before := kept[len(kept)-1]
			if equalContent(before, next) {
				continue
			}
			before.refuse(fmt.Errorf("%s holds other content for the same moment", shown(next.Name)))
			next.refuse(fmt.Errorf("%s holds other content for the same moment", shown(before.Name)))
		}
		kept = append(kept, next)
	}
	return kept
}
