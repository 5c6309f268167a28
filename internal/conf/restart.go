package conf

import "reflect"

// Restart lists the keys that differ between two values of one struct type and
// that a running program cannot change.
func Restart(old, new any) []Key {
	return differing(reflect.ValueOf(old), reflect.ValueOf(new), "", false)
}

func differing(a, b reflect.Value, k Key, restart bool) []Key {
	if a.Kind() == reflect.Pointer && !a.IsNil() && !b.IsNil() {
		a, b = a.Elem(), b.Elem()
	}
	var out []Key
	switch {
	case a.Kind() == reflect.Struct && len(Fields(a.Type())) > 0 && !restart:
		for _, f := range Fields(a.Type()) {
			out = append(out, differing(a.Field(f.Index), b.Field(f.Index), k.Sub(f.Name), f.Restart)...)
		}
	case a.Kind() == reflect.Slice && !restart && a.Len() == b.Len():
		for i := range a.Len() {
			out = append(out, differing(a.Index(i), b.Index(i), k.Item(i), false)...)
		}
	case a.Kind() == reflect.Slice && !restart:
		if static(a.Type().Elem()) {
			out = append(out, k)
		}
	case restart && !reflect.DeepEqual(a.Interface(), b.Interface()):
		out = append(out, k)
	}
	return out
}

// static reports whether any key of a type needs a restart.
func static(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for _, f := range Fields(t) {
		if f.Restart || static(t.Field(f.Index).Type) {
			return true
		}
	}
	return false
}
