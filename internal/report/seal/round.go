package seal

import (
	"fmt"
	"math"
	"reflect"
	"strconv"

	"floodmark/internal/model"
)

// maxExact is the largest integer that JSON carries exactly everywhere
// (RFC 8785 section 3.2.2.3, RFC 7493 section 2.2).
const maxExact = 1<<53 - 1

// Round returns a copy of a with every figure at its published precision:
// counts exact, seconds to the millisecond, everything else to 4 significant
// digits, bounds of intervals outwards, so that rounding never narrows one.
// Integers beyond 2^53-1 become the nearest double. Lists are never nil in the
// copy. A figure that is not a number is an error that names its place.
func Round(a *model.Analysis) (*model.Analysis, error) {
	v, err := roundValue(reflect.ValueOf(a).Elem(), "")
	if err != nil {
		return nil, err
	}
	out := v.Interface().(model.Analysis)
	return &out, nil
}

func roundValue(v reflect.Value, path string) (reflect.Value, error) {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.Float64:
		f, err := nearest(v.Float(), path)
		out.SetFloat(f)
		return out, err
	case reflect.Uint64:
		out.SetUint(exactUint(v.Uint()))
	case reflect.Int64:
		out.SetInt(min(max(v.Int(), -maxExact), maxExact))
	case reflect.Pointer:
		if v.IsNil() {
			return out, nil
		}
		e, err := roundValue(v.Elem(), path)
		if err != nil {
			return out, err
		}
		out.Set(reflect.New(v.Type().Elem()))
		out.Elem().Set(e)
	case reflect.Slice:
		return roundSlice(v, path)
	case reflect.Struct:
		return roundStruct(v, path)
	default:
		out.Set(v)
	}
	return out, nil
}

func roundSlice(v reflect.Value, path string) (reflect.Value, error) {
	out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	for i := range v.Len() {
		e, err := roundValue(v.Index(i), path+"/"+strconv.Itoa(i))
		if err != nil {
			return out, err
		}
		out.Index(i).Set(e)
	}
	return out, nil
}

func roundStruct(v reflect.Value, path string) (reflect.Value, error) {
	out := reflect.New(v.Type()).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		here := path + "/" + f.Name
		var e reflect.Value
		var err error
		switch {
		case f.Name == "Seconds" && f.Type.Kind() == reflect.Float64:
			e = reflect.New(f.Type).Elem()
			var s float64
			s, err = milliseconds(v.Field(i).Float(), here)
			e.SetFloat(s)
		case f.Name == "Seed":
			e = v.Field(i) // a string in JSON: exact
		default:
			e, err = roundValue(v.Field(i), here)
		}
		if err != nil {
			return out, err
		}
		out.Field(i).Set(e)
	}
	return out, widen(v, out, path)
}

// widen replaces the rounded Low and High of a struct that is an interval by
// bounds rounded outwards. A complete count, whose bounds equal its value,
// stays one figure.
func widen(in, out reflect.Value, path string) error {
	lo, hi := in.FieldByName("Low"), in.FieldByName("High")
	if !lo.IsValid() || !hi.IsValid() || lo.Type() != reflect.TypeFor[*float64]() || hi.Type() != lo.Type() {
		return nil
	}
	if !lo.IsNil() && !hi.IsNil() && lo.Elem().Float() == hi.Elem().Float() {
		return nil
	}
	for name, dir := range map[string]int{"Low": -1, "High": 1} {
		if p := in.FieldByName(name); !p.IsNil() {
			f, err := outwards(p.Elem().Float(), dir, path+"/"+name)
			if err != nil {
				return err
			}
			out.FieldByName(name).Set(reflect.ValueOf(&f))
		}
	}
	return nil
}

func exactUint(u uint64) uint64 {
	if u <= maxExact {
		return u
	}
	f := float64(u)
	if f >= math.MaxUint64 {
		return 1<<64 - 2048 // the largest double below 2^64
	}
	return uint64(f)
}

// nearest rounds to 4 significant digits; whole numbers stay as they are.
func nearest(f float64, path string) (float64, error) {
	if err := finite(f, path); err != nil {
		return 0, err
	}
	if f == math.Trunc(f) && math.Abs(f) <= maxExact {
		return f + 0, nil // + 0 turns minus zero into zero
	}
	return digits(f, 4), nil
}

func milliseconds(f float64, path string) (float64, error) {
	if err := finite(f, path); err != nil {
		return 0, err
	}
	r, err := strconv.ParseFloat(strconv.FormatFloat(f, 'f', 3, 64), 64)
	return r + 0, err
}

// outwards rounds to 4 significant digits, down for dir -1 and up for dir 1.
// It first rounds to 12 digits, so that a last bit that differs between
// machines does not move the bound.
func outwards(f float64, dir int, path string) (float64, error) {
	if err := finite(f, path); err != nil {
		return 0, err
	}
	if f == math.Trunc(f) && math.Abs(f) < 10000 {
		return f + 0, nil
	}
	f = digits(f, 12)
	r := digits(f, 4)
	if dir < 0 && r > f || dir > 0 && r < f {
		exp := int(math.Floor(math.Log10(math.Abs(f)))) - 3
		step, err := strconv.ParseFloat(fmt.Sprintf("1e%d", exp), 64)
		if err != nil {
			return 0, fmt.Errorf("round %s: %w", path, err)
		}
		r = digits(r+float64(dir)*step, 4)
	}
	return r, nil
}

// digits rounds the exact decimal value of f, so that the result does not
// depend on the machine.
func digits(f float64, n int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(f, 'e', n-1, 64), 64)
	if err != nil { // beyond the range of a double after rounding up
		return f
	}
	return r + 0
}

func finite(f float64, path string) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return fmt.Errorf("round %s: %v is not a figure", path, f)
	}
	return nil
}
