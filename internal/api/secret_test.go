package api_test

import (
	"fmt"
	"reflect"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/api/apitest"
	"floodmark/internal/model"
)

var key = []byte("sixteen octets or more")

// words are what no public answer may hold: in fields of text each has its own
// number, figures begin with 77770.
const word, figure = "secretword", 77770

// fill puts a recognisable value in every field of a struct that is not kept:
// strings, numbers, slices, pointers and structs within.
func fill(v reflect.Value, keep map[string]bool, n *int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !keep[f.Name] {
				fill(v.Field(i), keep, n)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), keep, n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), keep, n)
		fill(v.Index(1), keep, n)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), keep, n)
		}
	case reflect.String:
		*n++
		v.SetString(fmt.Sprintf("%s%d", word, *n))
	case reflect.Int, reflect.Int64:
		*n++
		v.SetInt(int64(figure*1000 + *n))
	case reflect.Uint64:
		*n++
		v.SetUint(uint64(figure*1000 + *n))
	case reflect.Float64:
		*n++
		v.SetFloat(float64(figure*1000 + *n))
	}
}

// secretive is an incident whose every field is recognisable, but for its
// state, its severity and its times.
func secretive(i int, s model.State, d model.Direction) model.Incident {
	var in model.Incident
	n := 1000 * i
	fill(reflect.ValueOf(&in).Elem(), map[string]bool{"State": true, "Severity": true, "Target": true, "Direction": true, "MergedInto": true, "FalseAlarm": true, "Hosts": true,
		"Started": true, "Noticed": true, "Opened": true, "Ended": true, "ClosedAt": true, "Metric": true, "Addr": true}, &n)
	base := apitest.Incident(i, s)
	in.State, in.Severity, in.Target, in.Direction, in.Hosts = s, model.Critical, base.Target, d, base.Hosts
	in.Started, in.Noticed, in.Opened, in.Ended, in.ClosedAt = base.Started, base.Noticed, base.Opened, base.Ended, base.ClosedAt
	in.ID = "in-" + base.Target.String() + "-" + word
	return in
}

func secretBackend() *apitest.Fake {
	f := apitest.New()
	f.All = []model.Incident{secretive(1, model.Open, model.In), secretive(2, model.Easing, model.In), secretive(3, model.Closed, model.In),
		secretive(4, model.Open, model.Out), secretive(5, model.Closed, model.Out), secretive(6, model.Suspected, model.In)}
	wrong := secretive(7, model.Closed, model.In)
	wrong.FalseAlarm = &model.Remark{By: word, Note: word, At: figure * 1000}
	f.All = append(f.All, wrong)
	customer := secretive(8, model.Open, model.In)
	customer.Target, customer.ID = model.CustomerID(word), "in-c."+word
	f.All = append(f.All, customer)
	f.Now = f.Now.Add(time.Hour)
	f.Watched, f.Sources, f.Blind, f.Receiving = nil, []model.ExporterStatus{{Name: word}}, []model.Condition{{Text: word, Subject: word}}, []api.ReceiverStatus{{Name: word}}
	f.Fail, f.Effective = fmt.Errorf("%s", word), `{"a":"`+word+`"}`
	return f
}
