package archive

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Snapshot is one dated folder of an archive.
type Snapshot struct {
	// TakenAt is the moment at which the list was read, in UTC; zero when
	// the name is no moment.
	TakenAt time.Time
	// Name is the folder's name as found.
	Name string
	// Problem says why the snapshot must not be loaded; it names the file.
	// nil does not promise that every body can be read: Pages finds out.
	Problem error
	// List is the list the manifest names, "" without a manifest.
	List string
	// DecoderVersion is the manifest's, 0 without one.
	DecoderVersion int

	parts    []part
	manifest *file // read again with the pages, so that an index stays small
}

// part is one file with its place.
type part struct {
	place
	file file
}

func newSnapshot(folder string, files []file, believed bounds) *Snapshot {
	s := &Snapshot{Name: folder}
	if outer := files[0]; outer.name == "" && outer.problem != nil {
		s.refuse(outer.problem)
		return s
	}
	moment := folder
	if files[0].flat() {
		moment, _, _ = flatMoment(folder)
	}
	var err error
	if s.TakenAt, err = parseMoment(moment); err != nil {
		s.refuse(err)
		return s
	}
	s.refuse(believed.refuse(s.TakenAt))
	s.index(files)
	if s.Problem == nil {
		s.refuse(s.gaps())
	}
	if s.Problem == nil && s.manifest != nil {
		s.refuse(s.describe())
	}
	return s
}

// refuse adds a problem, in front of which the folder's name is put.
func (s *Snapshot) refuse(err error) {
	if err != nil {
		s.Problem = errors.Join(s.Problem, fmt.Errorf("snapshot %s: %w", shown(s.Name), err))
	}
}

func (s *Snapshot) index(files []file) {
	for _, f := range files {
		switch {
		case f.problem != nil && f.name == "":
			s.refuse(f.problem)
		case f.problem != nil:
			s.refuse(fmt.Errorf("%s %w", shown(f.name), f.problem))
		case f.name == manifestName:
			s.manifest = &f
		case f.name != "":
			s.refuse(s.addPart(f))
		}
	}
	slices.SortFunc(s.parts, func(a, b part) int {
		if a.page != b.page {
			return a.page - b.page
		}
		return a.part - b.part
	})
}

func (s *Snapshot) addPart(f file) error {
	var at place
	var err error
	if f.flat() {
		_, compression, _ := flatMoment(f.name)
		at = place{page: 1, mediaType: mediaEntries, compression: compression}
	} else {
		at, err = parsePartName(f.name)
	}
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", shown(f.name), err)
	case f.size == 0:
		return fmt.Errorf("%s: %w", f.name, errEmpty)
	case f.size > MaxPartBytes:
		return fmt.Errorf("%s: %w", f.name, errLarge)
	}
	s.parts = append(s.parts, part{at, f})
	return nil
}

// gaps refuses missing and repeated pages and parts.
func (s *Snapshot) gaps() error {
	page, last := 0, -1
	for _, p := range s.parts {
		if p.page != page {
			page, last = page+1, -1
		}
		switch {
		case p.page != page:
			return fmt.Errorf("page %d is missing: %s follows page %d", page, p.file.name, page-1)
		case p.part == last || last == 0:
			return fmt.Errorf("%s: the same page stands twice", p.file.name)
		case last == -1 && p.part > 1 || last > 0 && p.part != last+1:
			return fmt.Errorf("part %d of page %d is missing before %s", max(last, 0)+1, page, p.file.name)
		}
		last = p.part
	}
	if page == 0 {
		return errors.New("holds no page; want page-0001.json, page-0001.xml or entries.jsonl")
	}
	return nil
}
