package query

import (
	"fmt"
	"os"
	"testing"
)

// testDir holds the store that the tests of the package share; closeStore ends it.
var (
	testDir    string
	closeStore func() error
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "query")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	testDir = dir
	code := m.Run()
	if closeStore != nil {
		if err := closeStore(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.RemoveAll(dir)
	os.Exit(code)
}
