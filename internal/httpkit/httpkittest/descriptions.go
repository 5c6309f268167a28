// Package httpkittest checks OpenAPI documents in tests of the packages that
// serve them.
package httpkittest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Property is a property of a schema of an OpenAPI document.
type Property struct {
	Description string
	Enum        []any
	Type        any
	Items       *Property
}

type document struct {
	Components struct {
		Schemas map[string]struct{ Properties map[string]Property }
	}
	Paths map[string]map[string]struct {
		Parameters []struct {
			Name, Description string
			Schema            Property
		}
	}
}

// Properties returns every property of a document by TYPE.NAME, and every
// parameter by METHOD PATH NAME.
func Properties(spec []byte) (map[string]Property, error) {
	var d document
	if err := json.Unmarshal(spec, &d); err != nil {
		return nil, fmt.Errorf("read openapi document: %w", err)
	}
	out := make(map[string]Property)
	for name, s := range d.Components.Schemas {
		for field, p := range s.Properties {
			out[name+"."+field] = p
		}
	}
	for path, methods := range d.Paths {
		for method, op := range methods {
			for _, p := range op.Parameters {
				v := p.Schema
				v.Description = p.Description
				out[strings.ToUpper(method)+" "+path+" "+p.Name] = v
			}
		}
	}
	return out, nil
}

// fragment matches descriptions that continue a sentence which a reader of a
// generated client does not see.
var fragment = regexp.MustCompile(`^(Of|Its|It|That|Those|What|When|Where|Who|Whose|Why|How|Which|The same|Same|By|By when|In|Since|Since when|So|Seen)\b`)

// list matches descriptions that list values, which belong in an enumeration.
var list = regexp.MustCompile(`(^|: )[a-z0-9_-]+(, [a-z0-9_-]+)+( (or|and) [a-z0-9_-]+)?$|, \.\.\.$`)

// Flaws returns what is wrong with the descriptions of a document: each must be a
// phrase of two words or more that stands alone, and lists of values must be
// enumerations.
func Flaws(spec []byte) ([]string, error) {
	properties, err := Properties(spec)
	if err != nil {
		return nil, err
	}
	var out []string
	for name, p := range properties {
		switch d := p.Description; {
		case len(strings.Fields(d)) < 2:
			out = append(out, fmt.Sprintf("%s: the description %q is no phrase", name, d))
		case fragment.MatchString(d):
			out = append(out, fmt.Sprintf("%s: the description %q does not stand alone", name, d))
		case list.MatchString(d) && len(p.Enum) == 0 && (p.Items == nil || len(p.Items.Enum) == 0):
			out = append(out, fmt.Sprintf("%s: the description %q lists values that belong in an enumeration", name, d))
		}
	}
	slices.Sort(out)
	return out, nil
}
