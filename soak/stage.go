package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// stage is everything that outlives a pair of databases.
type stage struct {
	server   string // the address of a Postgres where databases may be made
	template string // the name of a migrated database, of which all others are copies
	prefix   string // of the names of the others, and of connections
	dir      string
	provider *provider
	worlds   *worlds
	program  program
	random   *rand.Rand
	logf     func(format string, args ...any)
	pairs    int // so many were made
	names    int // so many were given
	walks    map[string]*walker
	day      int // that was given last
}

// newStage opens the provider and learns what it publishes.
func newStage(ctx context.Context, server, binary, dir string, seed uint64) (*stage, error) {
	s := &stage{
		server: server, dir: dir, program: program{binary: binary, dir: dir},
		random: rand.New(rand.NewPCG(seed, 1)), //nolint:gosec // rounds that can be made again
		logf:   func(string, ...any) {}, walks: map[string]*walker{}, day: -1,
	}
	config, err := pgconn.ParseConfig(server)
	if err != nil {
		return nil, errors.New("the server's address cannot be read")
	}
	s.prefix = config.Database + "_soak"
	s.template = s.prefix + "_template"
	if err := makeTemplate(ctx, server, s.template); err != nil {
		return nil, err
	}
	if s.provider, err = openProvider(ctx); err != nil {
		return nil, err
	}
	if s.worlds, err = learnWorlds(ctx, s.provider); err != nil {
		return nil, err
	}
	return s, configure(dir, s.provider.address)
}

// beside returns a stage of a name that may be used at the same time: it shares
// what is only read, and has a folder, a provider and databases of its own. Its
// provider is closed as it is.
func (s *stage) beside(ctx context.Context, name, dir string) (*stage, error) {
	other := &stage{
		server: s.server, template: s.template, prefix: s.prefix + "_" + name, worlds: s.worlds,
		dir: dir, program: program{binary: s.program.binary, dir: dir},
		random: rand.New(rand.NewPCG(1, 1)), //nolint:gosec // rounds that can be made again
		logf:   s.logf, walks: map[string]*walker{}, day: -1,
	}
	var err error
	if other.provider, err = openProvider(ctx); err != nil {
		return nil, err
	}
	return other, configure(dir, other.provider.address)
}

// close removes what newStage made.
func (s *stage) close() error {
	return errors.Join(s.provider.close(), execute(context.Background(), s.server, "DROP DATABASE "+s.template+" WITH (FORCE)"))
}

// someDay is a day of the simulated world on which something is different, or
// again the one before.
func (s *stage) someDay() int {
	if s.day < 0 || s.random.IntN(4) > 0 {
		s.day = s.worlds.days[s.random.IntN(len(s.worlds.days))]
	}
	return s.day
}

func (s *stage) someTime(most time.Duration) time.Duration {
	return time.Duration(s.random.Int64N(int64(most)))
}

// name is one that connections of a process are found by.
func (s *stage) name() string {
	s.names++
	return fmt.Sprintf("%s_%d", s.prefix, s.names)
}
