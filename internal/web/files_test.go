package web

import (
	"testing"

	"floodmark/internal/testenv"
)

func TestIslandsAreThereWhereAllIsPrepared(t *testing.T) {
	if asset("style.css") == "" {
		t.Error("the style sheet is missing")
	}
	if asset("app.js") == "" {
		testenv.Missing(t, "this build has no islands")
	}
}
