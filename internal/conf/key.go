package conf

import (
	"regexp"
	"strconv"
	"strings"
)

// Key is the place of a value in a configuration: alerts.receivers[0].name.
// Names that are not plain words are quoted: customers["a.example"]. The empty
// key is the whole file.
type Key string

// Sub is the place of a name below k.
func (k Key) Sub(name string) Key {
	switch {
	case !plainName(name):
		return k + "[" + Key(strconv.Quote(name)) + "]"
	case k == "":
		return Key(name)
	}
	return k + "." + Key(name)
}

// Item is the place of an element of the list at k, counted from 0.
func (k Key) Item(i int) Key { return k + "[" + Key(strconv.Itoa(i)) + "]" }

// pattern is the key without the positions in lists: alerts.receivers[].name.
func (k Key) pattern() Key { return Key(position.ReplaceAllString(string(k), "[]")) }

var position = regexp.MustCompile(`\[[0-9]+\]`)

// parent is the place that holds k, "" for names of the first level.
func (k Key) parent() Key {
	cut, quoted := 0, false
	for i := 0; i < len(k); i++ {
		switch c := k[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == '.' || c == '['):
			cut = i
		}
	}
	return k[:cut]
}

func plainName(s string) bool {
	rest := strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
	return rest == "" && s != ""
}
