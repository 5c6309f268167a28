// Package seal makes a finished analysis into a document that a stranger can
// check: figures rounded to their precision, canonical JSON (RFC 8785), one
// root hash over every value, an optional Ed25519 signature, and a redacted
// form that verifies against the same root. docs/analysis.md describes the
// form so that it can be checked without this program.
//
// It does not analyse, read files or know the time. Every function is pure and
// may be called from any goroutine; arguments are never changed or kept.
package seal

// Form names the way the root is computed. It is bound into the root.
const Form = "floodmark.seal/1"

// MaxReport is the largest report in bytes that Verify and Redact read.
const MaxReport = 16 << 20

const (
	maxDepth  = 64 // nesting of a report; the schema itself needs 8
	maxNumber = 32 // characters of a number; canonical JSON needs 25
)
