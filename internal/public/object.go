package public

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"

	"floodmark/internal/httpkit"
)

// object reads a body that is one JSON object of texts. It is stricter than
// encoding/json: names are told apart by case, come once, and have to be known.
func (s *site) object(w http.ResponseWriter, r *http.Request, known ...string) (fields, *httpkit.Problem) {
	b, p := s.body(w, r, jsonBody)
	if p != nil {
		return nil, p
	}
	return parseObject(b, known...)
}

func parseObject(b []byte, known ...string) (fields, *httpkit.Problem) {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, invalid("the body has to be one JSON object")
	}
	out := make(fields, len(known))
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, invalid("the body is not JSON")
		}
		name, _ := t.(string) // a key is one
		if !slices.Contains(known, name) {
			return nil, unknownField(name)
		}
		if _, twice := out[name]; twice {
			return nil, invalid("the field " + name + " comes more than once")
		}
		t, err = d.Token()
		if err != nil {
			return nil, invalid("the body is not JSON")
		}
		text, ok := t.(string)
		if !ok && t != nil {
			return nil, invalid("the field " + name + " has to be a string")
		}
		out[name] = text
	}
	if _, err := d.Token(); err != nil {
		return nil, invalid("the body is not JSON")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, invalid("something follows the JSON object")
	}
	return out, nil
}
