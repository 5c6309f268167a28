package conf

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Defaulter is a value that is not empty before its keys are read: elements of
// lists and maps are made this way.
type Defaulter interface{ SetDefaults() }

// chooser is a word from a closed list.
type chooser interface{ Choices() []string }

// Field is one key of a struct.
type Field struct {
	Name    string // in the file
	Restart bool   // a running program cannot change it
	Index   int    // in the struct
}

// Fields lists the keys of a struct type in the order of its declaration.
func Fields(t reflect.Type) []Field {
	var out []Field
	for i := range t.NumField() {
		tag, ok := t.Field(i).Tag.Lookup("conf")
		if !ok {
			continue
		}
		name, rest, _ := strings.Cut(tag, ",")
		out = append(out, Field{name, rest == "restart", i})
	}
	return out
}

// Renamed maps keys of earlier versions to their current names, with [] for any
// element of a list: exporters[].sampling.
type Renamed map[Key]Key

// Decode sets the values of the file in a struct that holds the defaults: what
// the file does not set stays unchanged. Lists are replaced as a whole, and maps
// are merged. A key in renamed is a problem that names the new key. Everything
// that is wrong is in Problems.
func (f *File) Decode(into any, renamed Renamed) {
	f.renamed = renamed
	v := reflect.ValueOf(into).Elem()
	if f.root != nil && !null(f.root) {
		f.value(f.root, v, "")
	}
}

var (
	secretType = reflect.TypeFor[Secret]()
	pathType   = reflect.TypeFor[FilePath]()
)

// value decodes one node. The caller has told where it stands.
func (f *File) value(n *yaml.Node, v reflect.Value, k Key) {
	if v.Kind() == reflect.Pointer {
		if null(n) {
			return
		}
		fresh := reflect.New(v.Type().Elem())
		if !v.IsNil() {
			fresh.Elem().Set(v.Elem())
		} else {
			setDefaults(fresh)
		}
		v.Set(fresh)
		v = fresh.Elem()
	}
	if n.Kind == yaml.ScalarNode && !null(n) {
		if t, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
			f.reported(k, t.UnmarshalText([]byte(n.Value)))
			return
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		f.structure(n, v, k)
	case reflect.Map:
		f.mapping(n, v, k)
	case reflect.Slice:
		f.list(n, v, k)
	default:
		f.scalar(n, v, k)
	}
}

func (f *File) reported(k Key, err error) {
	if err != nil {
		f.Problem(k, err)
	}
}

func (f *File) structure(n *yaml.Node, v reflect.Value, k Key) {
	if v.Type() == secretType {
		f.secret(n, v, k)
		return
	}
	fields := Fields(v.Type())
	if null(n) && len(fields) > 0 {
		return // a section with all its keys commented out
	}
	if n.Kind != yaml.MappingNode || len(fields) == 0 {
		f.Problem(k, wanted(v, n))
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, val := n.Content[i], n.Content[i+1]
		sub := k.Sub(name.Value)
		at := slices.IndexFunc(fields, func(x Field) bool { return x.Name == name.Value })
		if at >= 0 {
			f.place(sub, name, val)
			f.value(val, v.Field(fields[at].Index), sub)
			continue
		}
		if base, ok := strings.CutSuffix(name.Value, "_file"); ok {
			at = slices.IndexFunc(fields, func(x Field) bool { return x.Name == base })
			if at >= 0 && v.Field(fields[at].Index).Type() == secretType {
				f.place(sub, name, val)
				f.secretFile(val, v.Field(fields[at].Index), sub)
				continue
			}
		}
		if f.wasRenamed(name, val, sub) {
			continue
		}
		f.unknown(name, k, fieldNames(v, fields))
	}
}

// wasRenamed reports a key of an earlier version, and those of the section below
// it, with their current names.
func (f *File) wasRenamed(name, val *yaml.Node, k Key) bool {
	now, ok := f.renamed[k.pattern()]
	if !ok {
		return false
	}
	f.at(name, fmt.Sprintf("key %q was renamed", k), "write "+string(now))
	sections, keys := []*yaml.Node{val}, []Key{k}
	if val.Kind == yaml.SequenceNode {
		sections, keys = val.Content, nil
		for i := range sections {
			keys = append(keys, k.Item(i))
		}
	}
	for i, n := range sections {
		for j := 0; n.Kind == yaml.MappingNode && j+1 < len(n.Content); j += 2 {
			f.wasRenamed(n.Content[j], n.Content[j+1], keys[i].Sub(n.Content[j].Value))
		}
	}
	return true
}

func (f *File) unknown(name *yaml.Node, k Key, names []string) {
	text := fmt.Sprintf("unknown key %q", name.Value)
	if k != "" {
		text += " in " + string(k)
	}
	f.at(name, text, didYouMean(name.Value, names))
}

// fieldNames lists the keys of a struct, with NAME_file for secrets.
func fieldNames(v reflect.Value, fields []Field) []string {
	var names []string
	for _, x := range fields {
		names = append(names, x.Name)
		if v.Field(x.Index).Type() == secretType {
			names = append(names, x.Name+"_file")
		}
	}
	return names
}

// place notes where a value stands; one that is not there stands at its key.
func (f *File) place(k Key, name, val *yaml.Node) {
	if null(val) && val.Value == "" {
		val = name
	}
	f.spots[k] = spot{val.Line, val.Column}
}

func (f *File) mapping(n *yaml.Node, v reflect.Value, k Key) {
	if null(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		f.Problem(k, wanted(v, n))
		return
	}
	// The map of the defaults is not written into.
	out := reflect.MakeMap(v.Type())
	for _, name := range v.MapKeys() {
		out.SetMapIndex(name, v.MapIndex(name))
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, val := n.Content[i], n.Content[i+1]
		sub := k.Sub(name.Value)
		f.place(sub, name, val)
		key := reflect.New(v.Type().Key())
		if t, ok := key.Interface().(encoding.TextUnmarshaler); ok {
			if t.UnmarshalText([]byte(name.Value)) != nil {
				var names []string
				if c, ok := reflect.Zero(v.Type()).Interface().(chooser); ok {
					names = c.Choices()
				}
				f.unknown(name, k, names)
				continue
			}
		} else {
			key.Elem().SetString(name.Value)
		}
		elem := reflect.New(v.Type().Elem())
		if had := out.MapIndex(key.Elem()); had.IsValid() {
			elem.Elem().Set(had)
		} else {
			setDefaults(elem)
		}
		f.value(val, elem.Elem(), sub)
		out.SetMapIndex(key.Elem(), elem.Elem())
	}
	v.Set(out)
}

func (f *File) list(n *yaml.Node, v reflect.Value, k Key) {
	if null(n) {
		delete(f.spots, k) // a list with all its elements commented out
		return
	}
	if n.Kind != yaml.SequenceNode {
		f.Problem(k, wanted(v, n))
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, c := range n.Content {
		sub := k.Item(i)
		f.spots[sub] = spot{c.Line, c.Column}
		setDefaults(out.Index(i).Addr())
		if null(c) {
			f.Problem(sub, errors.New("has no value"))
			continue
		}
		f.value(c, out.Index(i), sub)
	}
	v.Set(out)
}

func (f *File) scalar(n *yaml.Node, v reflect.Value, k Key) {
	if null(n) {
		f.Problem(k, Hint("has no value", "write one, or take the key away"))
		return
	}
	if n.Kind != yaml.ScalarNode {
		f.Problem(k, wanted(v, n))
		return
	}
	if v.Kind() == reflect.String && strings.Contains(n.Value, "${") {
		f.Problem(k, Hint("the environment is read for secrets only", "write the value out"))
		return
	}
	if v.Type() == pathType {
		v.SetString(f.Resolve(n.Value))
		return
	}
	if c, ok := v.Interface().(chooser); ok {
		if !slices.Contains(c.Choices(), n.Value) {
			f.Problem(k, Hint(fmt.Sprintf("%q is not a choice", n.Value), didYouMean(n.Value, c.Choices())))
			return
		}
		v.SetString(n.Value)
		return
	}
	f.reported(k, basic(n.Value, v))
}

// basic decodes what Go has a word for.
func basic(s string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Bool:
		if s != "true" && s != "false" {
			return Hint(fmt.Sprintf("%q is neither true nor false", s), "write true or false")
		}
		v.SetBool(s == "true")
	case reflect.Int, reflect.Int64:
		i, err := strconv.ParseInt(s, 10, 32)
		if err != nil {
			return Hint(fmt.Sprintf("%q is not a whole number", s), "write it in digits, such as 1000")
		}
		v.SetInt(i)
	case reflect.Uint32:
		i, err := strconv.ParseUint(s, 10, 32)
		if err != nil {
			return Hint(fmt.Sprintf("%q is not a whole number from 0", s), "write it in digits, such as 1000")
		}
		v.SetUint(i)
	case reflect.Float64:
		x, err := strconv.ParseFloat(s, 64)
		if err != nil || x-x != 0 {
			return Hint(fmt.Sprintf("%q is not a number", s), "write it such as 1 or 0.5")
		}
		v.SetFloat(x)
	default:
		return fmt.Errorf("values of type %s are not read", v.Type())
	}
	return nil
}

// Form names the form of a type in messages and in the reference.
func Form(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if f, ok := reflect.Zero(t).Interface().(interface{ Form() string }); ok {
		return f.Form()
	}
	if c, ok := reflect.Zero(t).Interface().(chooser); ok && t.Kind() == reflect.String {
		return strings.Join(c.Choices(), ", ")
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) && (t.Kind() != reflect.Struct || len(Fields(t)) == 0) {
		return "text"
	}
	switch t.Kind() {
	case reflect.Slice:
		return "list"
	case reflect.Map, reflect.Struct:
		return "section"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64, reflect.Uint32, reflect.Float64:
		return "number"
	}
	return "text"
}

func wanted(v reflect.Value, n *yaml.Node) error {
	form := Form(v.Type())
	switch {
	case v.Kind() == reflect.Slice && n.Kind == yaml.ScalarNode:
		return Hint("a list is expected here", "write ["+n.Value+"]")
	case v.Kind() == reflect.Slice:
		return Hint("a list is expected here", "begin each element with -")
	case form == "section" && n.Kind == yaml.SequenceNode:
		return Hint("keys with values are expected here", "this is a list")
	case form == "section":
		return Hint("keys with values are expected here", "write them below it, indented")
	}
	return Hint("one value is expected here", form)
}

func null(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func setDefaults(p reflect.Value) {
	if p.Kind() == reflect.Pointer && p.Type().Elem().Kind() == reflect.Pointer {
		return
	}
	if d, ok := p.Interface().(Defaulter); ok {
		d.SetDefaults()
	}
}
