// Package fetchers is the index of everything that can be read. A provider is
// one folder and two lines here; README.md states what a fetcher promises.
package fetchers

import (
	"syncer/fetchers/generic"
	"syncer/fetchers/huawei"
	"syncer/fetchers/internal/web"
	"syncer/fetchers/iwinv"
	"syncer/fetchers/ncp"
	"syncer/fetchers/scp"
	"syncer/fetchers/zstack"
)

// Options configure a fetcher: clock, logger, limits.
type Options = web.Options

// Repeating is the message that is logged for a request that is made again, with
// method, path, attempt, wait and err.
const Repeating = web.Repeating

// Observer receives requests and waits, for metrics.
type Observer = web.Observer

// Provider is a cloud: its lists, the credentials it takes and how to get its
// fetchers.
type Provider = web.Provider

// All returns every provider, in the order of their names. Their fetchers also
// decode files of entries.
func All() []Provider {
	return allWithGeneric([]Provider{
		generic.Provider(),
		huawei.Provider(),
		iwinv.Provider(),
		ncp.Provider(),
		scp.Provider(),
		zstack.Provider(),
	})
}
