package zstack

import (
	"syncer/simulate/world"
)

type change = world.Change[catalog]

// script is what happens at the installation in the twelve weeks.
func script() []change {
	const (
		small  = "0f1a6c1e7b8d4a1f8a53a1e2d3c4b501"
		medium = "1b2c7d2f8c9e4b2a9b64b2f3e4d5c602"
		large  = "2c3d8e3a9daf4c3bac75c3a4f5e6d703"
		router = "8293e4aff3a57c91a2cbc9eafcae3d09"
		huge   = "3d4e9f4baeb04d4cbd86d4b5a6f7e804"
	)
	return []change{
		create(2, small, "small", 1, 2),
		create(2, medium, "medium", 2, 4),
		create(4, large, "large", 4, 16),
		setState(8, querySample, "Disabled"),
		create(11, huge, "huge", 16, 64),
		setState(15, querySample, "Enabled"),
		vanish(20, small, "small is gone for one day"),
		relist(21, small, "small is back after one day"),
		vanish(26, medium, "medium is gone for three weeks"),
		createDisk(29, "4e5fa05cbfc14e5dce97e5c6b7a8f905", "disk-100", 100),
		vanish(33, large, "large is deleted"),
		createRouter(36, router, "vrouter-large", 4, 4),
		rename(39, createSample, "instanceOffering1-2017"),
		relist(47, medium, "medium is back, restored from a backup"),
		makeDefaultRouter(57, router),
		setState(61, huge, "Disabled"),
		setState(75, huge, "Enabled"),
	}
}
