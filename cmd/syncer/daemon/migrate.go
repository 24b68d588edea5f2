package daemon

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"syncer/archive"
	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/database"
	"syncer/store/schema"
)

// bringUp brings an older schema up to date, after saying what history could be
// made again from. Of several daemons one does it, and the others wait here.
func (d *daemon) bringUp(loaded *config.Config) (err error) {
	url, stop, err := database.Start(d.ctx, loaded, d.Lookup, d.Log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	found, known, err := schema.Versions(d.ctx, url)
	if err != nil {
		return err
	}
	if found == known { // views hold nothing that could be lost
		d.systemd.status("bringing the views of schema bi up to date")
	} else {
		d.systemd.status(fmt.Sprintf("bringing the schema from %d to %d", found, known))
		if found > 0 {
			d.logWayBack(loaded, found, known)
		}
	}
	done, err := schema.Migrate(d.ctx, url)
	for _, step := range done.Steps {
		d.Log.Info("migrated", "step", step.Version, "name", step.Name)
	}
	if len(done.Views) > 0 {
		d.Log.Info("installed views", "views", done.Views)
	}
	return err
}

// logWayBack says where the copy of history is before its schema is changed.
func (d *daemon) logWayBack(loaded *config.Config, found, known int64) {
	where := []any{"from", found, "to", known, "database", loaded.Database.From(), "dump", dumpLine(loaded)}
	mirror, err := mirrored(loaded)
	switch {
	case loaded.Evidence.Mirror == "":
		d.Log.Warn("the schema will be migrated; there is no mirror (evidence.mirror), so a dump is the only way back", where...)
	case err != nil:
		d.Log.Warn("the schema will be migrated; the mirror cannot be read", append(where, "mirror", loaded.Evidence.Mirror, "err", err)...)
	case mirror.snapshots == 0:
		d.Log.Warn("the schema will be migrated; the mirror is empty, so a dump is the only way back", append(where, "mirror", loaded.Evidence.Mirror)...)
	default:
		d.Log.Info("the schema will be migrated; the mirror holds what syncer backfill can make history from again", append(where,
			"mirror", loaded.Evidence.Mirror, "snapshots", mirror.snapshots, "newest", mirror.newest.Format(time.RFC3339), "lists", mirror.lists, "lists_without", mirror.without)...)
	}
}

// dumpLine is how the database is dumped; addresses are not shown, for they may
// hold a password.
func dumpLine(loaded *config.Config) string {
	const dump = "pg_dump --format=custom --file=syncer.dump "
	if dir := loaded.Database.Embedded; dir != "" {
		return dump + "--host=" + forShell(filepath.Join(dir, "socket")) + " --port=$(cat " + forShell(filepath.Join(dir, "port")) + ") --username=syncer syncer"
	}
	return dump + "DATABASE"
}

// forShell quotes a path that a shell would not take as it is.
func forShell(path string) string {
	const plain = "/._-"
	if strings.ContainsFunc(path, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(plain, r)
	}) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}

// copied is what a mirror holds of the configured lists.
type copied struct {
	snapshots, lists, without int
	newest                    time.Time
}

func mirrored(loaded *config.Config) (copied, error) {
	var all copied
	for _, list := range loaded.Lists() {
		dir := filepath.Join(loaded.Evidence.Mirror, list.ID.Source, list.ID.Name)
		moments, err := archive.Moments(dir)
		if err != nil {
			return all, err
		}
		all.snapshots += len(moments)
		if len(moments) == 0 {
			all.without++
			continue
		}
		all.lists++
		for moment := range moments {
			if at := time.UnixMicro(moment).UTC(); at.After(all.newest) {
				all.newest = at
			}
		}
	}
	return all, nil
}
