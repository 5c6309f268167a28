package netflow

import (
	"testing"

	"floodmark/internal/model"

	"github.com/google/go-cmp/cmp"
)

// TestInterfaceNames reads the two forms of interface tables: the interface as
// the scope (RFC 3954 section 6.1), and as a field as Cisco sends it.
func TestInterfaceNames(t *testing.T) {
	pad := func(s string) []byte { return append([]byte(s), make([]byte, 16-len(s))...) }
	var got []Interface
	c := newCollector(Config{Interface: func(i *Interface) { got = append(got, *i) }})
	scoped := v9(0, set(1, optTmpl9(300, 1, f(2, 4), f(82, 16))), set(300, u32(7), pad("eth7")))
	field := v9(1, set(1, optTmpl9(301, 1, f(1, 4), f(10, 4), f(82, 16), f(83, 16))), set(301, u32(0), u32(8), pad("xe-0/0/1"), pad("to \xffpeer")))
	for _, b := range [][]byte{scoped, field} {
		if err := c.decode(b); err != nil {
			t.Fatal(err)
		}
		if !c.Reported() {
			t.Error("a datagram with options is not told")
		}
	}
	want := []Interface{{1, 7, "eth7", ""}, {1, 8, "xe-0/0/1", "to �peer"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestMeteredAt reads IE 61.
func TestMeteredAt(t *testing.T) {
	c := newCollector(Config{})
	define := v9(0, set(0, tmpl(256, f(8, 4), f(12, 4), f(61, 1))))
	data := v9(1, set(256,
		cat(ip4("192.0.2.1"), ip4("198.51.100.1"), u8(0)), cat(ip4("192.0.2.1"), ip4("198.51.100.1"), u8(1)), cat(ip4("192.0.2.1"), ip4("198.51.100.1"), u8(9))))
	if err := c.decode(define); err != nil {
		t.Fatal(err)
	}
	if !c.Reported() {
		t.Error("a datagram with a template is not told")
	}
	if err := c.decode(data); err != nil {
		t.Fatal(err)
	}
	if c.Reported() {
		t.Error("a datagram with data alone is told")
	}
	var got []model.MeteredAt
	for _, r := range c.got {
		got = append(got, r.Metered)
	}
	if diff := cmp.Diff([]model.MeteredAt{model.AtIngress, model.AtEgress, 0}, got); diff != "" {
		t.Error(diff)
	}
}
