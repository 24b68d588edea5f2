package demo

import (
	"testing"

	"syncer/pgtemp/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }
