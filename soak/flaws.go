package main

import (
	"context"
	"errors"
	"fmt"

	"syncer/soak/wire"
)

// edit replaces a text of a file, once; it fails loudly where the program has
// moved on.
type edit struct{ file, from, to string }

// flaw is a program that would lose something, and the rounds that must
// notice.
type flaw struct {
	name   string
	edits  []edit
	rounds func(context.Context, *pair) (result, error)
	within int // rounds
}

func flaws() []flaw {
	return []flaw{
		{
			name: "a commit a page", within: 60,
			edits: []edit{
				{"store/history/history.go", "const KeysAtOnce = 10_000", "const KeysAtOnce = 10"},
				{"store/history/history.go", "	return edits, doubtful, t.Write(ctx, edits)\n", "	if err := t.Write(ctx, edits); err != nil {\n		return nil, nil, err\n	}\n	_, err = t.db.Exec(ctx, \"COMMIT AND CHAIN\")\n	return edits, doubtful, err\n"},
			},
			rounds: killAnywhere,
		},
		{
			name: "the snapshot is marked before the diff", within: 60,
			edits: []edit{
				{"store/update.go", "	read, err := u.ahead.under(", "	if err := u.keep(ctx, record.StatusCommitted, \"\", delta.Delta{First: true}); err != nil {\n		return Result{}, err\n	}\n	if _, err := u.tx.Exec(ctx, \"COMMIT AND CHAIN\"); err != nil {\n		return Result{}, err\n	}\n	read, err := u.ahead.under("},
				{"store/update.go", "			err = u.keep(ctx, record.StatusCommitted, \"\", result.Delta)\n", ""},
				{"store/history/history.go", "		all = append(all, row.UTC())\n", "		if !row.Equal(own) {\n			all = append(all, row.UTC())\n		}\n"},
			},
			rounds: killAnywhere,
		},
		{
			name: "a blind retry after COMMIT", within: 10,
			edits: []edit{
				{"store/store.go", "		return fmt.Errorf(\"commit: %w\", err)\n", "		return s.transactOnce(ctx, begin, work)\n"},
				{"store/update.go", "if err != nil && s.committedAnyway(ctx, run, err) {", "if false {"},
			},
			rounds: func(ctx context.Context, p *pair) (result, error) { return p.loseCommit(ctx, wire.LoseAnswer) },
		},
		{
			name: "a session's lock from the pool", within: 10,
			edits: []edit{
				{"store/store.go", "select pg_advisory_xact_lock(%d, %d); ", "select %d, %d; "},
				{"store/update.go", "			u := update{\n", "			if _, err := s.pool.Exec(ctx, \"SELECT pg_advisory_lock($1, $2)\", lockNamespace, int32(run.List.RowID)); err != nil {\n				return err\n			}\n			u := update{\n"},
			},
			rounds: func(ctx context.Context, p *pair) (result, error) { return p.exclude(ctx) },
		},
	}
}

// killAnywhere kills at messages of syncs, a stride apart: a flaw that shows at
// a few of them only is met soon.
func killAnywhere(ctx context.Context, p *pair) (result, error) {
	p.walker("broken").at += 8
	return p.killAtMessage(ctx, "broken", p.sync("whole.yaml"))
}

// notice wants the rounds to notice a flaw that undisturbed work does not show,
// and returns how many it took and what was noticed.
func (s *stage) notice(ctx context.Context, f flaw, binary string) (rounds int, what string, err error) {
	good := s.program.binary
	if same, err := sameFiles(good, binary); same || err != nil {
		return 0, "", errors.Join(err, fmt.Errorf("%s: the program is not broken", f.name))
	}
	s.program.binary = binary
	defer func() { s.program.binary = good }()
	all := s.worlds
	s.worlds = all.plain() // rows set aside must not be committed before their snapshot: that would show undisturbed
	defer func() { s.worlds = all }()
	delete(s.walks, "broken")
	p, err := s.begin(ctx)
	if err != nil {
		return 0, "", err
	}
	for range 3 {
		if err := p.settle(ctx, p.sync("whole.yaml")); err != nil {
			return 0, "", fmt.Errorf("%s: undisturbed it should work: %w", f.name, err)
		}
	}
	for n := 1; n <= f.within; n++ {
		_, err := f.rounds(ctx, p)
		if isViolation(err) {
			return n, err.Error(), p.end(ctx)
		}
		if err != nil {
			return n, "", err
		}
	}
	return f.within, "", fmt.Errorf("%s: not noticed in %d rounds", f.name, f.within)
}
