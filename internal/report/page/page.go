package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"floodmark/internal/model"
)

//go:embed page.html
var source string

//go:embed outage.html
var outageSource string

//go:embed style.css
var style string

// Render writes a as one HTML file. The error is w's, or a fault of the
// template.
func Render(w io.Writer, a *model.Analysis) error {
	t, err := template.New("page").Funcs(functions()).Parse(source + outageSource)
	if err != nil {
		return fmt.Errorf("read page template: %w", err)
	}
	if err := t.Execute(w, newView(a)); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

// styleHash lets the content security policy allow this style sheet and no
// other (CSP Level 3, section 2.3.1).
func styleHash() string {
	h := sha256.Sum256([]byte(style))
	return "sha256-" + base64.StdEncoding.EncodeToString(h[:])
}
