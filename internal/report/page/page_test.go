package page

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"floodmark/internal/report/reporttest"
)

var out = flag.String("out", "", "write the pages of the samples to this folder, to look at them")

func TestPagesRender(t *testing.T) {
	for name, a := range reporttest.All() {
		var b bytes.Buffer
		if err := Render(&b, a); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if *out != "" {
			if err := os.WriteFile(filepath.Join(*out, name+".html"), b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
