package simulate

import (
	"net/http"

	"syncer/simulate/iwinv"
	"syncer/simulate/world"
	"syncer/simulate/zstack"
)

// api is one simulated provider. context is the path its base URL ends with;
// credentials are by the names of the configuration's fields, alternative is
// another set that is let in. They open nothing but the simulation.
type api struct {
	name        string
	context     string
	handler     http.Handler
	credentials map[string]string
	alternative map[string]string
	// settings are the further settings of a source, by the configuration's
	// names; "{base}" in one stands for the address of the provider.
	settings map[string]string
	moments  []world.Moment
}

// apis is every simulated provider. Their order is that of the ports.
func apis(options Options) []api {
	return []api{
		iwinvAPI(options),
		zstackAPI(options),
	}
}

func iwinvAPI(options Options) api {
	config := iwinv.Config{
		AccessKey: "iwinvTestAccessKey0000000001", SecretKey: "iwinvTestSecretKey0000000001",
		Seed: options.Seed, Products: options.Products, Now: options.Now, At: options.At, Faults: options.Faults,
	}
	server := iwinv.New(config)
	return api{
		name: iwinv.Name, handler: server, moments: server.Moments(),
		credentials: map[string]string{"access_key": config.AccessKey, "secret_key": config.SecretKey},
	}
}

func zstackAPI(options Options) api {
	config := zstack.Config{
		Account: "admin", Password: "password",
		AccessKey: "zsAccessKeyId00000001", SecretKey: "zsAccessKeySecret00000000000000000000001",
		Seed: options.Seed, Products: options.Products, Now: options.Now, At: options.At,
		Location: options.Location, Billing: true, Faults: options.Faults,
	}
	server := zstack.New(config)
	return api{
		name: zstack.Name, context: zstack.Context, handler: server, moments: server.Moments(),
		credentials: map[string]string{"account": config.Account, "password": config.Password},
		alternative: map[string]string{"access_key": config.AccessKey, "secret_key": config.SecretKey},
	}
}
