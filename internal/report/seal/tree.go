package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gowebpki/jcs"
)

// node is one value of a canonical JSON document.
type node struct {
	kind byte     // '{', '[' or 0 for a leaf
	raw  []byte   // a leaf's canonical text
	keys []string // an object's keys, decoded, in canonical order
	kids []*node
}

// Domains of the hashes. Each hash input starts with one of them, so that no
// value of one kind can stand in for another.
const (
	tagLeaf       = 0x00 // a value that both forms show
	tagRedactable = 0x01 // a string whose redacted form differs
	tagObject     = 0x02
	tagArray      = 0x03
	tagRoot       = 0x04
	tagShown      = 0x10 // the redacted form of a string
	tagFull       = 0x11 // the full form of a string, salted
	tagSeed       = 0x12 // commitment to the salt seed
)

// guard refuses input that would be dear to parse: too long, not UTF-8, too
// deep, or with absurd numbers.
func guard(b []byte) error {
	if len(b) > MaxReport {
		return fmt.Errorf("read report: %d bytes, more than the limit of %d", len(b), MaxReport)
	}
	if !utf8.Valid(b) {
		return fmt.Errorf("read report: not UTF-8 text")
	}
	depth, inString, number := 0, false, 0
	for i := 0; i < len(b); i++ {
		c := b[i]
		if inString {
			switch c {
			case '\\':
				i++
			case '"':
				inString = false
			}
			continue
		}
		number++
		switch c {
		case '"':
			inString, number = true, 0
		case '{', '[':
			depth++
			number = 0
		case '}', ']':
			depth--
			number = 0
		case ',', ':', ' ', '\n', '\r', '\t':
			number = 0
		}
		if depth > maxDepth {
			return fmt.Errorf("read report: offset %d: nested deeper than %d", i, maxDepth)
		}
		if number > maxNumber {
			return fmt.Errorf("read report: offset %d: a number of more than %d characters", i, maxNumber)
		}
	}
	return nil
}

// canonical checks and canonicalises a JSON document.
func canonical(b []byte) ([]byte, error) {
	if err := guard(b); err != nil {
		return nil, err
	}
	c, err := jcs.Transform(b)
	if err != nil {
		return nil, fmt.Errorf("read report: %s", strings.ToLower(err.Error()))
	}
	return c, nil
}

// parse reads canonical JSON, which jcs has written: no white space, no
// duplicate keys, sorted.
func parse(c []byte) (*node, error) {
	n, rest, err := parseValue(c, 0)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("read report: %d bytes after the document", len(rest))
	}
	if n.kind != '{' {
		return nil, fmt.Errorf("read report: not a JSON object")
	}
	return n, nil
}

func parseValue(b []byte, depth int) (*node, []byte, error) {
	if len(b) == 0 || depth > maxDepth {
		return nil, nil, fmt.Errorf("read report: ends early")
	}
	switch b[0] {
	case '{', '[':
		return parseList(b, depth)
	case '"':
		n := stringEnd(b)
		if n < 0 {
			return nil, nil, fmt.Errorf("read report: a string without end")
		}
		return &node{raw: b[:n]}, b[n:], nil
	}
	n := bytes.IndexAny(b, ",]}")
	if n < 0 {
		n = len(b)
	}
	if n == 0 {
		return nil, nil, fmt.Errorf("read report: a value is missing")
	}
	return &node{raw: b[:n]}, b[n:], nil
}

// parseList reads an object or an array.
func parseList(b []byte, depth int) (*node, []byte, error) {
	out := &node{kind: b[0]}
	end := byte(']')
	if out.kind == '{' {
		end = '}'
	}
	b = b[1:]
	if len(b) > 0 && b[0] == end {
		return out, b[1:], nil
	}
	for {
		if out.kind == '{' {
			n := stringEnd(b)
			if n < 0 || n >= len(b) || b[n] != ':' {
				return nil, nil, fmt.Errorf("read report: an object without a key")
			}
			out.keys = append(out.keys, unquote(b[:n]))
			b = b[n+1:]
		}
		kid, rest, err := parseValue(b, depth+1)
		if err != nil {
			return nil, nil, err
		}
		out.kids = append(out.kids, kid)
		if len(rest) == 0 || rest[0] != ',' && rest[0] != end {
			return nil, nil, fmt.Errorf("read report: a list without end")
		}
		b = rest[1:]
		if rest[0] == end {
			return out, b, nil
		}
	}
}

// stringEnd returns the length of the JSON string at the start of b, or -1.
func stringEnd(b []byte) int {
	if len(b) == 0 || b[0] != '"' {
		return -1
	}
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// unquote decodes a JSON string.
func unquote(raw []byte) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return string(raw)
	}
	return s
}

// quote is the canonical JSON of a string (RFC 8785 section 3.2.2.2).
func quote(s string) []byte {
	const hex = "0123456789abcdef"
	short := map[byte]byte{8: 0x62, 9: 0x74, 10: 0x6e, 12: 0x66, 13: 0x72, 0x22: 0x22, 0x5c: 0x5c}
	out := []byte{0x22}
	for _, c := range []byte(strings.ToValidUTF8(s, "\uFFFD")) {
		switch e := short[c]; {
		case e != 0:
			out = append(out, 0x5c, e)
		case c < 0x20:
			out = append(out, 0x5c, 0x75, 0x30, 0x30, hex[c>>4], hex[c&15])
		default:
			out = append(out, c)
		}
	}
	return append(out, 0x22)
}

func (n *node) get(key string) *node {
	for i, k := range n.keys {
		if k == key {
			return n.kids[i]
		}
	}
	return nil
}

// without returns the object n less some of its members.
func (n *node) without(keys ...string) *node {
	out := &node{kind: n.kind}
next:
	for i, k := range n.keys {
		for _, d := range keys {
			if k == d {
				continue next
			}
		}
		out.keys, out.kids = append(out.keys, k), append(out.kids, n.kids[i])
	}
	return out
}

// member is the JSON pointer (RFC 6901) of a member.
func member(path, key string) string {
	if strings.ContainsAny(key, "~/") {
		key = strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
	}
	return path + "/" + key
}

// walk calls leaf with the pointer of every leaf, in document order.
func (n *node) walk(path string, leaf func(path string, n *node)) {
	if n.kind == 0 {
		leaf(path, n)
		return
	}
	for i, k := range n.kids {
		if n.kind == '{' {
			k.walk(member(path, n.keys[i]), leaf)
		} else {
			k.walk(path+"/"+strconv.Itoa(i), leaf)
		}
	}
}

// hash is the node's hash; leaf gives that of a leaf.
func (n *node) hash(path string, leaf func(path string, raw []byte) [32]byte) [32]byte {
	if n.kind == 0 {
		return leaf(path, n.raw)
	}
	tag := byte(tagArray)
	if n.kind == '{' {
		tag = tagObject
	}
	buf := binary.BigEndian.AppendUint64([]byte{tag}, uint64(len(n.kids)))
	for i, k := range n.kids {
		at := path + "/" + strconv.Itoa(i)
		if n.kind == '{' {
			at = member(path, n.keys[i])
			buf = binary.BigEndian.AppendUint64(buf, uint64(len(n.keys[i])))
			buf = append(buf, n.keys[i]...)
		}
		h := k.hash(at, leaf)
		buf = append(buf, h[:]...)
	}
	return sha256.Sum256(buf)
}

// write appends the canonical JSON of n; replace gives a leaf's text.
func (n *node) write(dst []byte, path string, replace func(path string, raw []byte) []byte) []byte {
	if n.kind == 0 {
		return append(dst, replace(path, n.raw)...)
	}
	dst = append(dst, n.kind)
	for i, k := range n.kids {
		if i > 0 {
			dst = append(dst, ',')
		}
		at := path + "/" + strconv.Itoa(i)
		if n.kind == '{' {
			at = member(path, n.keys[i])
			dst = append(append(dst, quote(n.keys[i])...), ':')
		}
		dst = k.write(dst, at, replace)
	}
	return append(dst, n.kind+2) // '{'+2 is '}', '['+2 is ']'
}
