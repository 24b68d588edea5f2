package doctor

import (
	"fmt"

	"syncer/cmd/syncer/disk"
)

// Room below which a disk is worth a word, and below which history will soon
// not be written any more.
const (
	littleRoom = 5 << 30
	noRoom     = 512 << 20
)

// disks looks at the folders that grow: the embedded database and the mirror.
func (c *checking) disks() {
	for _, place := range []struct{ setting, dir string }{
		{"database.embedded", c.config.Database.Embedded}, {"evidence.mirror", c.config.Evidence.Mirror},
	} {
		if place.dir == "" {
			continue
		}
		free, err := disk.Free(place.dir)
		switch about := place.setting + " " + place.dir; {
		case err != nil:
			c.fail("disk", about, "", fmt.Errorf("free space: %w", err))
		case free < noRoom:
			c.fail("disk", about, "make room: history cannot be written on a full disk", fmt.Errorf("%s free", disk.Size(free)))
		case free < c.config.Evidence.PauseBelow:
			c.fail("disk", about, "make room, or lower evidence.pause_below: history goes on, and what changes is not proven",
				fmt.Errorf("%s free: evidence is paused below %s", disk.Size(free), disk.Size(c.config.Evidence.PauseBelow)))
		case free < littleRoom:
			c.warn("disk", about, "make room, or give pages up (evidence.keep)", "%s free", disk.Size(free))
		default:
			c.ok("disk", about, "%s free", disk.Size(free))
		}
	}
}
