// Command analyze prints the sealed analysis of a recording: the part of the
// program that gives the same bytes on every processor, and that needs no C
// compiler for the processor it is built for.
package main

import (
	"context"
	"fmt"
	"os"

	"floodmark/internal/app"
	"floodmark/internal/report/seal"
)

func main() {
	a, seed, err := app.Analyze(context.Background(), app.AnalyzeOptions{Paths: os.Args[1:2], Claims: os.Args[2:], Geo: "none", Version: "test"})
	if err == nil {
		var b []byte
		if b, err = seal.Seal(a, seed[:], nil); err == nil {
			os.Stdout.Write(b)
			return
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
