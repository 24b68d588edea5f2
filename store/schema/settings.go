package schema

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
)

//go:embed settings.sql
var settingsText string

// settle gives the database the settings that every client is to have, where
// this user may, and none where the operator has chosen.
func settle(ctx context.Context, db *sql.DB) error {
	if _, err := db.ExecContext(ctx, settingsText); err != nil {
		return fmt.Errorf("set the database's settings: %w", err)
	}
	return nil
}
