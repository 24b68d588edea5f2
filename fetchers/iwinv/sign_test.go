package iwinv

import "testing"

// The first six were made with the documented formula, the last is a third
// party's, proved against the live API.
func TestSignature(t *testing.T) {
	const secret = "iwinvTestSecretKey0000000001"
	for _, c := range []struct{ secret, timestamp, path, want string }{
		{secret, "1700000000", "/v1/flavors", "9600f267077538ce2a0fb932ba3a9275de676cf4fb444ca29f87b9ba6ef32fb5"},
		{secret, "1700000000", "/v1/flavors/gna_1.2_n", "1f87560c8be5357c61eb3a53bdeffa5d6b8ab0dd3d821a40a2b9d7ddbdc1d2fd"},
		{secret, "1700000000", "/v1/zones", "4f489d8465018250f835d07aada11b6396cb9aac147936bcda0abc6b7521fa8b"},
		{secret, "1700000000", "/v1/images", "9e16b1eef5f98c48970d9581c324fc0ca2bf179be88606fa1fbbcb22d6a07084"},
		{secret, "1700000000", "/v1/block-storages/types", "5cc044df808bdbf986d2bfab3c9b52540f197cf0abd127596688c5571b83c659"},
		{secret, "1700000000", "/v1/bill", "3d7e8985d3134f8a4a0827e9e66e0f281b72737a357ded4af381448ac71a07c1"},
		{secret, "1700000000", "/v1/bill/live", "985bc6092aab4dcd6e3ff5e2fb5f0210dea4a22c722badfef4aef663baf8640e"},
		{"synthetic-secret", "1710000000", "/v1/zones", "dc173edadd25dbdd85193174137e90f73a82970b519cb74c09efe51b76715fb2"},
	} {
		if got := signature(c.secret, c.timestamp, c.path); got != c.want {
			t.Errorf("%s: got %s, want %s", c.path, got, c.want)
		}
	}
}
