package huawei

import (
	"testing"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		base    string
		options map[string]string
		want    addresses
	}{
		{defaultBaseURL, nil, addresses{"https://appstream.cn-north-4.myhuaweicloud.com", "https://iam.cn-north-4.myhuaweicloud.com", "", "cn-north-4"}},
		{"", map[string]string{"region": "cn-east-3"}, addresses{"https://appstream.cn-east-3.myhuaweicloud.com", "https://iam.cn-east-3.myhuaweicloud.com", "", "cn-east-3"}},
		{defaultBaseURL, map[string]string{"region": "ap-southeast-3"}, addresses{"https://workspace.ap-southeast-3.myhuaweicloud.com", "https://iam.ap-southeast-3.myhuaweicloud.com", "", "ap-southeast-3"}},
		{"https://workspace.eu-west-101.myhuaweicloud.eu", nil, addresses{"https://workspace.eu-west-101.myhuaweicloud.eu", "https://iam.eu-west-101.myhuaweicloud.eu", "", "eu-west-101"}},
		{"http://127.0.0.1:1", map[string]string{"region": "cn-north-7"}, addresses{"http://127.0.0.1:1", "", "", "cn-north-7"}},
		{"https://appstream.cn-north-4.myhuaweicloud.com.example.com", nil, addresses{"https://appstream.cn-north-4.myhuaweicloud.com.example.com", "", "", ""}},
		{defaultBaseURL, map[string]string{"iam_url": "https://i", "bss_url": "https://b"}, addresses{defaultBaseURL, "https://i", "https://b", "cn-north-4"}},
	} {
		got, err := addressesOf(catalog.Source{BaseURL: c.base, Options: c.options})
		if err != nil || got != c.want {
			t.Errorf("%s %v: got %+v, %v", c.base, c.options, got, err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	key := map[string]catalog.Secret{"access_key": catalog.NewSecret("a"), "secret_key": catalog.NewSecret("s")}
	password := map[string]catalog.Secret{"domain": catalog.NewSecret("d"), "username": catalog.NewSecret("u"), "password": catalog.NewSecret("p")}
	for want, c := range map[string]struct {
		credentials map[string]catalog.Secret
		base        string
		options     map[string]string
	}{
		`source "hw": credentials: want access_key and secret_key, or domain and username and password, got none`:         {nil, defaultBaseURL, nil},
		`source "hw": option region "../x": want one such as cn-north-4`:                                                  {key, defaultBaseURL, map[string]string{"region": "../x"}},
		`source "hw": option region is cn-east-3, base_url that of cn-north-9`:                                            {key, "https://appstream.cn-north-9.myhuaweicloud.com", map[string]string{"region": "cn-east-3"}},
		`source "hw": option project_id "a/b": want letters, digits, dash and underscore`:                                 {key, defaultBaseURL, map[string]string{"project_id": "a/b"}},
		`source "hw": want the option project_id or region: base_url names no region`:                                     {key, "https://example.com", nil},
		`source "hw": want the option iam_url: base_url is not an address of Huawei Cloud, so IAM is not known`:           {password, "https://example.com", map[string]string{"project_id": "p"}},
		`source "hw": want the option region: prices are those of a region`:                                               {key, "https://example.com", map[string]string{"project_id": "p", "bss_url": "https://b"}},
		`bss_url: source "hw": plain http to b would show credentials to the network: want https, or insecure_http: true`: {key, defaultBaseURL, map[string]string{"bss_url": "http://b"}},
		`iam_url: source "hw": base_url: want http:// or https:// and a host`:                                             {password, defaultBaseURL, map[string]string{"iam_url": "iam"}},
	} {
		_, err := New(catalog.Source{Name: "hw", BaseURL: c.base, Credentials: c.credentials, Options: c.options}, web.Options{Now: func() time.Time { return time.Unix(0, 0) }})
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
