package main

import (
	"strings"
	"testing"
)

func TestCount(t *testing.T) {
	tests := []struct {
		name, in, last string
		ok             bool
	}{
		{
			name: "passes and a skip with its reason",
			in: `{"Action":"pass","Package":"a","Test":"TestOne"}
{"Action":"output","Package":"a","Test":"TestTwo","Output":"no server\n"}
{"Action":"skip","Package":"a","Test":"TestTwo"}
{"Action":"pass","Package":"a","Elapsed":0.1}`,
			last: "no server\npass a                                           0.1 s\n1 passed, 0 failed, 1 skipped\n",
			ok:   true,
		},
		{
			name: "a parent is not counted",
			in: `{"Action":"pass","Package":"a/b","Test":"TestOne/x/y"}
{"Action":"pass","Package":"a/b","Test":"TestOne/x"}
{"Action":"pass","Package":"a/b","Test":"TestOne/z"}
{"Action":"pass","Package":"a/b","Test":"TestOne"}`,
			last: "2 passed, 0 failed, 0 skipped\n",
			ok:   true,
		},
		{
			name: "a failure shows its output",
			in: `{"Action":"output","Package":"a","Test":"TestOne","Output":"got 1, want 2\n"}
{"Action":"fail","Package":"a","Test":"TestOne"}`,
			last: "got 1, want 2\n0 passed, 1 failed, 0 skipped\n",
		},
		{
			name: "a parent that failed by itself",
			in: `{"Action":"pass","Package":"a","Test":"TestOne/x"}
{"Action":"fail","Package":"a","Test":"TestOne"}`,
			last: "1 passed, 1 failed, 0 skipped\n",
		},
		{
			name: "a package that does not build",
			in: `{"Action":"build-output","ImportPath":"a","Output":"undefined: x\n"}
{"Action":"fail","Package":"a","Elapsed":0}`,
			last: "undefined: x\nfail a                                           0.0 s\n0 passed, 1 failed, 0 skipped\n",
		},
		{name: "no tests at all", in: ``, last: "0 passed, 0 failed, 0 skipped\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			ok, err := count(strings.NewReader(test.in), &out)
			if err != nil || ok != test.ok || out.String() != test.last {
				t.Errorf("ok %t, %v, printed\n%s\nwant ok %t\n%s", ok, err, out.String(), test.ok, test.last)
			}
		})
	}
}
