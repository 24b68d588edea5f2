package simulate

import (
	"net/http"

	"syncer/simulate/huawei"
	"syncer/simulate/iwinv"
	"syncer/simulate/ncp"
	"syncer/simulate/scp"
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
		ncpAPI(options),
		huaweiAPI(options),
		scpAPI(options),
		zstackAPI(options),
	}
}

func iwinvAPI(options Options) api {
	config := iwinv.Config{
		AccessKey: "iwinvTestAccessKey0000000001", SecretKey: "iwinvTestSecretKey0000000001",
		Seed: options.Seed, Products: options.Products, Now: options.Now, At: options.At, Calm: options.Calm, Faults: options.Faults,
	}
	server := iwinv.New(config)
	return api{
		name: iwinv.Name, handler: server, moments: server.Moments(),
		credentials: map[string]string{"access_key": config.AccessKey, "secret_key": config.SecretKey},
	}
}

func scpAPI(options Options) api {
	config := scp.Config{
		AccessKey: "0123456789abcdef0123456789abcdef", SecretKey: "11111111-2222-3333-4444-555555555555",
		AccountID: "228cb9e4a7934f84853594c7f26f7a21",
		Seed:      options.Seed, Products: options.Products, Contracts: options.Products / 10, Now: options.Now, At: options.At, Faults: options.Faults,
	}
	server := scp.New(config)
	return api{
		name: scp.Name, handler: server, moments: server.Moments(),
		credentials: map[string]string{"access_key": config.AccessKey, "secret_key": config.SecretKey},
		settings:    map[string]string{"account_id": config.AccountID, "pricing_url": "{base}"},
	}
}

func ncpAPI(options Options) api {
	config := ncp.Config{
		AccessKey: "ncp_iam_TESTACCESSKEY00001", SecretKey: "ncp_iam_TESTSECRETKEY0000000000000000001",
		Seed: options.Seed, Products: options.Products, Now: options.Now, At: options.At, Calm: options.Calm, Faults: options.Faults,
	}
	server := ncp.New(config)
	return api{
		name: ncp.Name, handler: server, moments: server.Moments(),
		credentials: map[string]string{"access_key": config.AccessKey, "secret_key": config.SecretKey},
		settings:    map[string]string{"billing_url": "{base}"},
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
		settings:    map[string]string{"timezone": options.Location.String(), "currency": "KRW"},
	}
}

func huaweiAPI(options Options) api {
	config := huawei.Config{
		AccessKey: "HUAWEITESTAK00000001", SecretKey: "huaweiTestSk0000000000000000000000000001",
		Domain: "syncer-domain", Username: "syncer-user", Password: "huaweiTestPassword0001",
		ProjectID: "29dfe82ada564ac2b927e1ff036d9a9b", DomainID: "d78cbac186b744899480f25bd022f468", UserID: "7116d09f88fa41908676fdd4b039e95b",
		Seed: options.Seed, Products: options.Products, Now: options.Now, At: options.At, Faults: options.Faults,
	}
	server := huawei.New(config)
	return api{
		name: huawei.Name, handler: server, moments: server.Moments(),
		credentials: map[string]string{"access_key": config.AccessKey, "secret_key": config.SecretKey},
		alternative: map[string]string{"domain": config.Domain, "username": config.Username, "password": config.Password},
		settings: map[string]string{
			"project_id": config.ProjectID, "region": huawei.Region, "iam_url": "{base}", "bss_url": "{base}",
		},
	}
}
