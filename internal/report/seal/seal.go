package seal

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"floodmark/internal/model"
)

// minSeed is the smallest number of bytes of a salt seed.
const minSeed = 32

// Seal rounds a and returns it as canonical JSON with its root and, where key
// is not nil, a signature. The seed (at least 32 bytes) must follow from the
// content of the inputs, so that the same inputs give the same bytes, and not
// from anything that the report publishes, or withheld addresses could be
// guessed. The document has no final newline. a itself is not changed.
func Seal(a *model.Analysis, seed []byte, key ed25519.PrivateKey) ([]byte, error) {
	if len(seed) < minSeed {
		return nil, fmt.Errorf("seal report: a seed of %d bytes, want at least %d", len(seed), minSeed)
	}
	doc, err := Round(a)
	if err != nil {
		return nil, fmt.Errorf("seal report: %w", err)
	}
	doc.Redacted, doc.Integrity = false, nil
	tree, err := encode(doc)
	if err != nil {
		return nil, err
	}
	s := salted{seed: seed, rules: rulesOf(tree)}
	root := rootOf(tree, commitment(seed), s.leaf)
	doc.Integrity = &model.Integrity{
		Form:           Form,
		Root:           hex.EncodeToString(root[:]),
		SaltSeed:       hex.EncodeToString(seed),
		SeedCommitment: hexOf(commitment(seed)),
	}
	if key != nil {
		doc.Integrity.Signature = sign(key, root)
	}
	tree, err = encode(doc)
	if err != nil {
		return nil, err
	}
	return tree.write(nil, "", func(_ string, raw []byte) []byte { return raw }), nil
}

// Redact returns the redacted form of a full report: third parties' addresses
// truncated everywhere, the salt seed gone, the same root and signature. The
// report's own root is checked first.
func Redact(report []byte) ([]byte, error) {
	tree, doc, err := read(report)
	if err != nil {
		return nil, err
	}
	if doc.Redacted || doc.Integrity == nil {
		return nil, fmt.Errorf("redact report: not a full, sealed report")
	}
	seed, err := hex.DecodeString(doc.Integrity.SaltSeed)
	if err != nil || len(seed) < minSeed {
		return nil, fmt.Errorf("redact report: its salt seed is missing or damaged")
	}
	s := salted{seed: seed, rules: rulesOf(tree), suppressed: map[string]string{}}
	root := rootOf(tree, commitment(seed), s.leaf)
	if hex.EncodeToString(root[:]) != doc.Integrity.Root {
		return nil, fmt.Errorf("redact report: its root does not match its values")
	}
	out := tree.without("integrity", "redacted").write(nil, "", s.shown)
	in := *doc.Integrity
	in.SaltSeed, in.Suppressed = "", s.suppressed
	tail, err := json.Marshal(struct {
		Integrity model.Integrity `json:"integrity"`
		Redacted  bool            `json:"redacted"`
	}{in, true})
	if err != nil {
		return nil, fmt.Errorf("redact report: %w", err)
	}
	return canonical(append(append(bytes.TrimSuffix(out, []byte("}")), ','), tail[1:]...))
}

// Decode reads a sealed report back into the document, for whoever shows it.
// It checks its form, not its root: see Verify.
func Decode(report []byte) (*model.Analysis, error) {
	_, doc, err := read(report)
	return doc, err
}

// salted computes leaves: the full form with the seed, the redacted form with
// the hashes of what it withholds.
type salted struct {
	seed       []byte
	rules      Rules
	suppressed map[string]string // collected by shown
}

// leaf is the hash of a leaf of the full form.
func (s salted) leaf(path string, raw []byte) [32]byte {
	if cut, ok := s.cut(path, raw); ok {
		return redactable(cut, s.full(path, raw))
	}
	return tagged(tagLeaf, raw)
}

// shown is a leaf's text in the redacted form.
func (s salted) shown(path string, raw []byte) []byte {
	cut, ok := s.cut(path, raw)
	if !ok {
		return raw
	}
	s.suppressed[path] = hexOf(s.full(path, raw))
	return cut
}

// cut returns the redacted form of a leaf and whether it differs.
func (s salted) cut(path string, raw []byte) ([]byte, bool) {
	if len(raw) == 0 || raw[0] != '"' || public(path) {
		return raw, false
	}
	full := unquote(raw)
	cut := s.rules.Text(full)
	return quote(cut), cut != full
}

// full is the salted hash of the full form of a leaf.
func (s salted) full(path string, raw []byte) [32]byte {
	m := hmac.New(sha256.New, s.seed)
	m.Write([]byte("floodmark salt\x00" + path))
	return tagged(tagFull, m.Sum(nil), raw)
}

// public names the leaves that never hold an address but may look as if.
func public(path string) bool {
	switch {
	case path == "/schema", strings.HasPrefix(path, "/tool/"), strings.HasPrefix(path, "/geo/"), strings.HasSuffix(path, "/sha256"):
		return true
	}
	return strings.HasPrefix(path, "/evidence/") && strings.Contains(path, "/inputs/")
}

func redactable(cut []byte, full [32]byte) [32]byte {
	h := tagged(tagShown, cut)
	return tagged(tagRedactable, h[:], full[:])
}

func tagged(tag byte, parts ...[]byte) [32]byte {
	return sha256.Sum256(append([]byte{tag}, bytes.Join(parts, nil)...))
}

func commitment(seed []byte) [32]byte { return tagged(tagSeed, seed) }

func hexOf(h [32]byte) string { return hex.EncodeToString(h[:]) }

// rootOf binds the form, the commitment to the seed and every value except the
// seal itself and the flag that tells the two forms apart.
func rootOf(tree *node, seed [32]byte, leaf func(string, []byte) [32]byte) [32]byte {
	body := tree.without("integrity", "redacted").hash("", leaf)
	return tagged(tagRoot, []byte(Form), []byte{0}, seed[:], body[:])
}

// rulesOf takes the target from the document itself, so that anyone who holds
// the report applies the same rules.
func rulesOf(tree *node) Rules {
	var target []string
	if t := tree.get("target"); t != nil && t.get("prefixes") != nil {
		for _, p := range t.get("prefixes").kids {
			target = append(target, unquote(p.raw))
		}
	}
	if s := tree.get("settings"); s != nil && s.get("target") != nil {
		target = append(target, unquote(s.get("target").raw))
	}
	if o := tree.get("outage"); o != nil {
		return newRules(target).hideAll()
	}
	return newRules(target)
}

func encode(doc *model.Analysis) (*node, error) {
	b, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("encode report: %w", err)
	}
	c, err := canonical(b)
	if err != nil {
		return nil, err
	}
	return parse(c)
}

// read parses a report in canonical form, with or without a final newline.
func read(report []byte) (*node, *model.Analysis, error) {
	c, err := canonical(report)
	if err != nil {
		return nil, nil, err
	}
	tree, err := parse(c)
	if err != nil {
		return nil, nil, err
	}
	doc := new(model.Analysis)
	dec := json.NewDecoder(bytes.NewReader(c))
	dec.DisallowUnknownFields()
	if err := dec.Decode(doc); err != nil {
		return tree, nil, fmt.Errorf("read report: not %s: %w", model.AnalysisSchema, err)
	}
	return tree, doc, nil
}
