package conf

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Secret is a password, key or address that lets its holder in. It prints as
// "(secret)" however it is printed. A key NAME of this type may also be given
// as NAME: ${FLOODMARK_…}, read from the environment, or NAME_file: PATH, read
// from a file without its last line break.
type Secret struct {
	value  string
	absent bool // the file says where it is, but this machine does not have it
}

// NewSecret holds a value.
func NewSecret(s string) Secret { return Secret{value: s} }

// Reveal gives the value, for the one place that needs it.
func (s Secret) Reveal() string { return s.value }

// IsSet reports whether the configuration gives a value, though this machine may
// not have it.
func (s Secret) IsSet() bool { return s.value != "" || s.absent }

// Equal compares values.
func (s Secret) Equal(o Secret) bool { return s == o }

// String hides the value.
func (s Secret) String() string {
	if !s.IsSet() {
		return ""
	}
	return "(secret)"
}

// Format hides the value from every verb of package fmt, %d and %#v included.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// MarshalText hides the value from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue hides the value from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Form names the form of a secret.
func (Secret) Form() string { return "secret" }

var environment = regexp.MustCompile(`^\$\{(FLOODMARK_[A-Z0-9_]+)\}$`)

// secret reads a value that is written in the file or in the environment.
// Messages never hold the value.
func (f *File) secret(n *yaml.Node, v reflect.Value, k Key) {
	if n.Kind != yaml.ScalarNode || null(n) || n.Value == "" {
		f.Problem(k, Hint("a secret is expected here", "write ${FLOODMARK_NAME}, or name a file by "+string(k)+"_file"))
		return
	}
	if v.Interface().(Secret).IsSet() {
		f.Problem(k, fmt.Errorf("is also given by %s_file", k))
		return
	}
	value := n.Value
	if strings.HasPrefix(value, "${") {
		m := environment.FindStringSubmatch(value)
		if m == nil {
			f.Problem(k, Hint("only variables that begin with FLOODMARK_ are read", "write ${FLOODMARK_NAME}"))
			return
		}
		var ok bool
		if value, ok = f.sys.Env(m[1]); !ok || value == "" {
			f.Missing(k, fmt.Errorf("the environment has no %s", m[1]))
		}
	}
	v.Set(reflect.ValueOf(Secret{value, value == ""}))
}

func (f *File) secretFile(n *yaml.Node, v reflect.Value, k Key) {
	base := strings.TrimSuffix(string(k), "_file")
	if n.Kind != yaml.ScalarNode || null(n) || n.Value == "" || strings.Contains(n.Value, "${") {
		f.Problem(k, errors.New("the path of a file is expected here"))
		return
	}
	if v.Interface().(Secret).IsSet() {
		f.Problem(k, fmt.Errorf("%s is also given by itself", base))
		return
	}
	b, err := f.sys.ReadFile(f.Resolve(n.Value), maxSecret)
	value := strings.TrimRight(string(b), "\r\n")
	if err == nil && value == "" {
		err = errors.New("the file is empty")
	}
	if err != nil {
		value = ""
		f.Missing(k, fmt.Errorf("read secret %s: %w", n.Value, Reason(err)))
	}
	v.Set(reflect.ValueOf(Secret{value, value == ""}))
}

// Reason takes the path and the act from an error of a file, which the message
// around it holds already.
func Reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
