// Package fetchers is the index of everything that can be read. A provider is
// one folder and two lines here; README.md is what a fetcher promises.
package fetchers

import (
	"syncer/fetchers/huawei"
	"syncer/fetchers/internal/web"
	"syncer/fetchers/iwinv"
	"syncer/fetchers/ncp"
	"syncer/fetchers/scp"
	"syncer/fetchers/zstack"
)

// Options are what the program hands in: clock, logger, limits.
type Options = web.Options

// Provider is a cloud: its lists, the credentials it takes and how to get its
// fetchers.
type Provider = web.Provider

// All returns every provider, in the order of their names.
func All() []Provider {
	return []Provider{
		huawei.Provider(),
		iwinv.Provider(),
		ncp.Provider(),
		scp.Provider(),
		zstack.Provider(),
	}
}
