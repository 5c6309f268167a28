package conf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shop is a small configuration with every form.
type shop struct {
	Name   string          `conf:"name"`
	Open   bool            `conf:"open"`
	Stock  int             `conf:"stock,restart"`
	Ratio  float64         `conf:"ratio"`
	Wait   Duration        `conf:"wait"`
	Size   Bytes           `conf:"size"`
	Colour colour          `conf:"colour"`
	Shelf  shelf           `conf:"shelf"`
	Door   *shelf          `conf:"door"`
	Shelfs []shelf         `conf:"shelfs"`
	Rooms  map[string]room `conf:"rooms"`
	Key    Secret          `conf:"key"`
	File   FilePath        `conf:"file"`
}

type colour string

func (colour) Choices() []string { return []string{"red", "green"} }

type shelf struct {
	At    AddrPort `conf:"at,restart"`
	Width int      `conf:"width"`
}

func (s *shelf) SetDefaults() { s.Width = 7 }

type room struct {
	Prefix Prefix `conf:"prefix"`
	Limit  Rate   `conf:"limit"`
}

func (r *room) UnmarshalText(b []byte) error { return r.Prefix.UnmarshalText(b) }

func fakeSystem() System {
	return System{
		Env: func(name string) (string, bool) {
			return map[string]string{"FLOODMARK_KEY": "hunter2", "HOME": "x"}[name], true
		},
		ReadFile: func(path string, _ int64) ([]byte, error) {
			if path == "/etc/shop/key" {
				return []byte("hunter2\n"), nil
			}
			return nil, &os.PathError{Op: "open", Path: path, Err: os.ErrNotExist}
		},
	}
}

func decode(text string) (shop, []string) {
	s := shop{Name: "corner", Stock: 3, Rooms: map[string]room{"cellar": {Limit: Rate{5, PacketRate}}}}
	f, err := Parse("/etc/shop/shop.yaml", []byte(text), fakeSystem())
	var wrong, missing Problems
	if err != nil {
		errors.As(err, &wrong)
	} else {
		f.Decode(&s, nil)
		wrong, missing = f.Problems()
	}
	var out []string
	for _, p := range append(wrong, missing...) {
		out = append(out, strings.TrimPrefix(p.String(), "/etc/shop/shop.yaml:"))
	}
	return s, out
}

func TestDecode(t *testing.T) {
	text := `
name: 24
open: true
stock: 9
ratio: 0.5
wait: 1h30m
size: 1.5GB
colour: green
shelf: {at: "[::1]:80"}
door:
  width: 2
shelfs:
  - at: 127.0.0.1:81
  - {at: 127.0.0.1:82, width: 1}
rooms:
  cellar: {prefix: 2001:db8::/48}
  attic: 192.0.2.1
key: ${FLOODMARK_KEY}
file: list.csv
`
	got, problems := decode(text)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	at := func(s string) (a AddrPort) { a.UnmarshalText([]byte(s)); return a }
	in := func(s string) (p Prefix) { p.UnmarshalText([]byte(s)); return p }
	want := shop{
		Name: "24", Open: true, Stock: 9, Ratio: 0.5, Wait: Duration(90 * time.Minute), Size: 1.5e9, Colour: "green",
		Shelf: shelf{At: at("[::1]:80")}, Door: &shelf{Width: 2},
		Shelfs: []shelf{{at("127.0.0.1:81"), 7}, {at("127.0.0.1:82"), 1}},
		Rooms:  map[string]room{"cellar": {in("2001:db8::/48"), Rate{5, PacketRate}}, "attic": {Prefix: in("192.0.2.1/32")}},
		Key:    NewSecret("hunter2"), File: "/etc/shop/list.csv",
	}
	if d := cmp.Diff(fmt.Sprintf("%+v", want.Door), fmt.Sprintf("%+v", got.Door)); d != "" {
		t.Error(d)
	}
	want.Door, got.Door = nil, nil
	if w, g := fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got); w != g || got.Key.Reveal() != "hunter2" {
		t.Errorf("got  %s\nwant %s", g, w)
	}
}

func TestNothingKeepsTheDefaults(t *testing.T) {
	for _, text := range []string{"", " \n", "# nothing\n", "---\n", "null\n", "rooms:\nshelfs:\nshelf:\ndoor:\n"} {
		got, problems := decode(text)
		if len(problems) > 0 || got.Name != "corner" || got.Stock != 3 || len(got.Rooms) != 1 || got.Door != nil || got.Shelfs != nil {
			t.Errorf("%q: %v %+v", text, problems, got)
		}
	}
}

func TestProblems(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"nmae: a", `1:1: unknown key "nmae"; did you mean "name"?`},
		{"rooms:\n  attic: {limt: 5pps}", `2:11: unknown key "limt" in rooms.attic; did you mean "limit"?`},
		{"rooms:\n  the attic: {limt: 5pps}", `2:15: unknown key "limt" in rooms["the attic"]; did you mean "limit"?`},
		{"shelf: {zzzzzz: 1}", `1:9: unknown key "zzzzzz" in shelf; known are at, width`},
		{"hidden: 1", `1:1: unknown key "hidden"`},
		{"name: a\nopen: true\nname: b", `3:1: key "name" stands here twice; the first is in line 1`},
		{"name: &x a", `1:7: anchors are not read; take &x away`},
		{"key: *x", `1:6: unknown anchor 'x' referenced`},
		{"name: !!str 5", `1:7: tags are not read; take !!str away`},
		{"<<: {name: a}", `1:1: merge keys are not read; write the values out`},
		{"[1]: 2", `1:1: a key must be a word`},
		{"name: a\n---\nname: b", `several documents in one file; take the line --- away`},
		{"name:\n\t- b", `2:1: found character that cannot start any token; indent by spaces, not tabs`},
		{"name: a: b", `1:8: mapping values are not allowed in this context; quote a value`},
		{"name:", `1:1: name: has no value; write one, or take the key away`},
		{"name: [a]", `1:7: name: one value is expected here; text`},
		{"name: ${FLOODMARK_KEY}", `1:7: name: the environment is read for secrets only; write the value out`},
		{"open: yes", `1:7: open: "yes" is neither true nor false; write true or false`},
		{"stock: 1e3", `1:8: stock: "1e3" is not a whole number; write it in digits, such as 1000`},
		{"stock: 99999999999", `1:8: stock: "99999999999" is not a whole number`},
		{"ratio: .nan", `1:8: ratio: ".nan" is not a number`},
		{"colour: gren", `1:9: colour: "gren" is not a choice; did you mean "green"?`},
		{"colour: mauve", `1:9: colour: "mauve" is not a choice; known are red, green`},
		{"shelf: 5", `1:8: shelf: keys with values are expected here; write them below it, indented`},
		{"shelf: [5]", `1:8: shelf: keys with values are expected here; this is a list`},
		{"shelfs: {at: 1}", `1:9: shelfs: a list is expected here; begin each element with -`},
		{"shelfs: 5", `1:9: shelfs: a list is expected here; write [5]`},
		{"shelfs: [{}, ]\nrooms: [5]", `2:8: rooms: keys with values are expected here; this is a list`},
		{"shelfs:\n  - width: 1\n  -\n", `3:4: shelfs[1]: has no value`},
		{"wait: {a: 1}", `1:7: wait: one value is expected here; duration, such as 10s, 5m or 7d`},
		{"5", `1:1: keys with values are expected here`},
		{"[5]", `1:1: keys with values are expected here`},
		{"key: ${HOME}", `1:6: key: only variables that begin with FLOODMARK_ are read; write ${FLOODMARK_NAME}`},
		{"key: a${FLOODMARK_KEY}\nnam: a", `2:1: unknown key "nam"`},
		{"key: ${FLOODMARK_NONE}", `1:6: key: the environment has no FLOODMARK_NONE`},
		{"key:", `1:1: key: a secret is expected here; write ${FLOODMARK_NAME}, or name a file by key_file`},
		{"key_file: key\nkey: b", `2:6: key: is also given by key_file`},
		{"key: b\nkey_file: key", `2:11: key_file: key is also given by itself`},
		{"key_file: other", `1:11: key_file: read secret other: file does not exist`},
		{"key_fil: other", `1:1: unknown key "key_fil"; did you mean "key_file"?`},
		{"name_file: other", `1:1: unknown key "name_file"`},
		{strings.Repeat("[", 40) + strings.Repeat("]", 40), `1:25: nested too deep`},
	} {
		_, got := decode(c.text)
		if len(got) != 1 || !strings.HasPrefix(strings.TrimPrefix(got[0], " "), c.want) {
			t.Errorf("%q:\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

func TestAllProblemsInOrderOfTheFile(t *testing.T) {
	_, got := decode("stock: x\nopen: x\nnmae: x\nwait: 5\n")
	want := []string{
		`1:8: stock: "x" is not a whole number; write it in digits, such as 1000`, `2:7: open: "x" is neither true nor false; write true or false`,
		`3:1: unknown key "nmae"; did you mean "name"?`, `4:7: wait: "5" has no unit; write it such as 5s, 5m or 5d`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	_, got = decode("shelfs: [" + strings.Repeat("x,", 30) + "]")
	if len(got) != 30 {
		t.Errorf("%d problems, want 30", len(got))
	}
	p := make(Problems, 30)
	if lines := p.Lines(); len(lines) != maxProblems+1 || !strings.HasSuffix(lines[maxProblems], "and 10 more") {
		t.Errorf("%q", lines)
	}
}

func TestSecretFromAFile(t *testing.T) {
	got, problems := decode("key_file: key")
	if len(problems) > 0 || got.Key.Reveal() != "hunter2" {
		t.Errorf("%v %q", problems, got.Key.Reveal())
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	s := struct{ Key Secret }{NewSecret("hunter2")}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", s.Key, "all", s)
	js, _ := json.Marshal(s)
	all := string(js) + log.String()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		all += fmt.Sprintf(verb, s) + fmt.Sprintf(verb, s.Key)
	}
	if strings.Contains(all, "hunter2") || strings.Contains(all, fmt.Sprintf("%x", "hunter2")) {
		t.Error(all)
	}
	_, problems := decode("key_file: key\nkey: hunter2\nshelf: 3")
	if strings.Contains(strings.Join(problems, "\n"), "hunter2") {
		t.Error(problems)
	}
}

func TestLargeAndStrangeFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	big := filepath.Join(dir, "big.yaml")
	if err := os.WriteFile(big, bytes.Repeat([]byte("#\n"), MaxFile/2+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		big: "larger than 1MiB", dir: "not a regular file", "/dev/zero": "not a regular file", filepath.Join(dir, "none"): "no such file or directory",
	} {
		_, err := Read(path)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), path) != 1 {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

func TestParentsOfKeys(t *testing.T) {
	k := Key("").Sub("a").Sub(`x.y"]["`).Item(3).Sub("b")
	want := []Key{`a["x.y\"][\""][3].b`, `a["x.y\"][\""][3]`, `a["x.y\"][\""]`, "a", ""}
	for i, w := range want {
		if k != w {
			t.Errorf("step %d: %s, want %s", i, k, w)
		}
		k = k.parent()
	}
}

func TestRestart(t *testing.T) {
	a, _ := decode("stock: 1\nname: a\nshelf: {at: 127.0.0.1:1}\nshelfs: [{at: 127.0.0.1:2}]")
	for text, want := range map[string]string{
		"stock: 1\nname: b\nshelf: {at: 127.0.0.1:1, width: 9}\nshelfs: [{at: 127.0.0.1:2, width: 9}]\ncolour: red": "[]",
		"stock: 2\nname: b\nshelf: {at: 127.0.0.1:9}\nshelfs: [{at: 127.0.0.1:3}]":                                  "[stock shelf.at shelfs[0].at]",
		"stock: 1\nshelf: {at: 127.0.0.1:1}":                                                                        "[shelfs]",
	} {
		b, problems := decode(text)
		if got := fmt.Sprint(Restart(a, b)); got != want || len(problems) > 0 {
			t.Errorf("%q: %s, want %s %v", text, got, want, problems)
		}
	}
}

// FuzzDecode: no file panics or reads another file than those that it names,
// and every problem has its place.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"name: a\nshelfs: [{at: 127.0.0.1:1}]", "rooms: {a: 192.0.2.0/24}", "key: ${FLOODMARK_KEY}", "a: &a [*a]", "? [a]\n: b", "wait: 1h\nsize: 1GB", "{{{", "door: {width: 1}\n---\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var s shop
		c, err := Parse("x.yaml", data, fakeSystem())
		if err != nil {
			return
		}
		c.Decode(&s, nil)
		wrong, missing := c.Problems()
		for _, p := range append(wrong, missing...) {
			if p.Line < 1 || p.Col < 1 || p.Text == "" {
				t.Fatalf("%q: %+v", data, p)
			}
		}
	})
}
