package web

import (
	"os"
	"testing"
)

func TestIslandsAreThereWhereAllIsPrepared(t *testing.T) {
	if asset("style.css") == "" {
		t.Error("the style sheet is missing")
	}
	if asset("app.js") == "" {
		if os.Getenv("FLOODMARK_COMPLETE") != "" {
			t.Fatal("the islands are missing: run make web")
		}
		t.Skip("this build has no islands")
	}
}
