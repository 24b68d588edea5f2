package schema

import (
	"context"

	"github.com/jackc/pgx/v5"

	"syncer/bi"
)

// Install is what Migrate does after the steps, with other views than this binary's.
func Install(ctx context.Context, conn *pgx.Conn, objects []bi.Object) ([]string, error) {
	return install(ctx, conn, objects, nil)
}
