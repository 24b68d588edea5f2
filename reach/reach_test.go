package reach_test

import (
	"errors"
	"net"
	"slices"
	"testing"

	"syncer/reach"
)

// TestRules tries addresses of each kind with each set of rules.
func TestRules(t *testing.T) {
	public, local, private := reach.Rules{}, reach.Rules{Loopback: true}, reach.Rules{Private: true}
	for address, allowed := range map[string][]reach.Rules{
		"203.0.113.7": {public, local, private}, "2001:db8::7": {public, local, private},
		"127.0.0.1": {local}, "::ffff:127.0.0.1": {local}, "::1": {local},
		"10.0.0.1": {private}, "fd12::1": {private}, "100.64.0.1": {private}, "64:ff9b::a9fe:a9fe": {private}, "::ffff:192.168.1.1": {private},
		"169.254.169.254": nil, "::ffff:169.254.169.254": nil, "fe80::1%eth0": nil, "fd00:ec2::254": nil, "0.0.0.0": nil, "224.0.0.1": nil,
	} {
		for _, rules := range []reach.Rules{public, local, private} {
			want := slices.Contains(allowed, rules)
			err := rules.Control("tcp", net.JoinHostPort(address, "443"), nil)
			if (err == nil) != want || err != nil && !errors.Is(err, reach.ErrRefused) {
				t.Errorf("%s by %+v: got %v", address, rules, err)
			}
		}
	}
	if err := (reach.Rules{}).Control("tcp", "example.com:443", nil); !errors.Is(err, reach.ErrRefused) {
		t.Errorf("a name: got %v", err)
	}
}

func TestIsLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "::1": true, "::ffff:127.0.0.1": true, "example.com": false, "localhost.example.com": false, "10.0.0.1": false,
	} {
		if got := reach.IsLoopback(host); got != want {
			t.Errorf("%s: got %t", host, got)
		}
	}
}
