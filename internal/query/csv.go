package query

import (
	"encoding/csv"
	"io"
	"strings"
)

// WriteCSV writes the rows with a line of titles (RFC 4180). Text that a
// spreadsheet would take for a formula gets a ' before it: text that begins with
// = + - @, tab or a line's end (OWASP, CSV injection). Numbers stay numbers.
func (r *Result) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	line := make([]string, len(r.Columns))
	for i, col := range r.Columns {
		line[i] = safe(col.Name)
	}
	if err := c.Write(line); err != nil {
		return err
	}
	for _, row := range r.Rows {
		for i, v := range row {
			if line[i] = v.String(); v.kind == 1 {
				line[i] = safe(v.Text)
			}
		}
		if err := c.Write(line); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func safe(s string) string {
	if s != "" && strings.IndexByte("=+-@\t\r\n", s[0]) >= 0 {
		return "'" + s
	}
	return s
}
