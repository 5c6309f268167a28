package main

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestRenamedFlags compares the rows of docs/renamed.csv about commands with the
// command tree: "COMMAND --flag", or "COMMAND --flag word" for a word that the
// help of the flag lists.
func TestRenamedFlags(t *testing.T) {
	f, err := os.Open("../../docs/renamed.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, row := range rows {
		if row[2] != "command" {
			continue
		}
		compared++
		if documented(rootCommand(), row[0]) {
			t.Errorf("%s still exists", row[0])
		}
		if !documented(rootCommand(), row[1]) {
			t.Errorf("%s does not exist", row[1])
		}
	}
	if compared == 0 {
		t.Fatal("docs/renamed.csv has no commands")
	}
}

// documented reports whether a command has a flag and its help has the word.
func documented(root *cobra.Command, text string) bool {
	path, flag, _ := strings.Cut(text, " --")
	name, word, _ := strings.Cut(flag, " ")
	c, _, err := root.Find(strings.Fields(path))
	if err != nil || c.Flags().Lookup(name) == nil {
		return false
	}
	return strings.Contains(c.Flags().Lookup(name).Usage, word)
}
