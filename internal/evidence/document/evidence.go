package document

import (
	"fmt"

	"floodmark/internal/model"
)

// book numbers evidence in the order of the report.
type book struct {
	hashes []string
	list   []model.Evidence
}

func newBook(inputs []model.Input) *book {
	b := &book{}
	for _, in := range inputs {
		if in.Analysed {
			b.hashes = append(b.hashes, in.SHA256)
		}
	}
	return b
}

// add numbers a piece of evidence and returns its id.
func (b *book) add(e model.Evidence) string {
	e.ID = fmt.Sprintf("E%d", len(b.list)+1)
	if e.Version == 0 {
		e.Version = 1
	}
	if e.Inputs == nil {
		e.Inputs = b.hashes
	}
	if e.Alternatives == nil {
		e.Alternatives = []string{}
	}
	if e.Kind == "" {
		e.Kind = "measured"
	}
	b.list = append(b.list, e)
	return e.ID
}

func ptr(x float64) *float64 { return &x }
