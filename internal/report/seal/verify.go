package seal

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// State is what a check came to.
type State string

// States of a check.
const (
	Holds     State = "holds"
	Fails     State = "fails"
	Unchecked State = "not checked"
	Note      State = "note" // something the reader must know that is neither
)

// Check is one line of what Verify found.
type Check struct {
	Name  string
	State State
	Text  string
}

// Verify checks a report against itself and, where key is not nil, against
// the key of whom the reader trusts. The checks come in a fixed order:
// synthetic, redacted, schema, form, root, addresses, signature, and what could not be checked.
// It needs no other file and believes nothing that the root does not cover.
func Verify(report []byte, key ed25519.PublicKey) []Check {
	c, err := canonical(report)
	if err != nil {
		return unreadable(err)
	}
	tree, err := parse(c)
	if err != nil {
		return unreadable(err)
	}
	checks := []Check{synthetic(tree)}
	doc := new(model.Analysis)
	dec := json.NewDecoder(bytes.NewReader(c))
	dec.DisallowUnknownFields()
	if err := dec.Decode(doc); err != nil {
		return append(checks, Check{"schema", Fails, "not a " + model.AnalysisSchema + " document: " + err.Error()}, trust())
	}
	checks = append(checks, redacted(doc))
	checks = append(checks, schema(doc), form(report, c))
	if doc.Integrity == nil {
		return append(checks, Check{"root", Fails, "the report carries no root: its values cannot be checked"}, trust())
	}
	root := checkRoot(tree, doc)
	checks = append(checks, root, addresses(tree, doc))
	checks = append(checks, signature(doc.Integrity, key, root.State == Holds))
	return append(checks, trust())
}

// Failed reports whether any check failed.
func Failed(checks []Check) bool {
	for _, c := range checks {
		if c.State == Fails {
			return true
		}
	}
	return false
}

func unreadable(err error) []Check {
	return []Check{
		{"synthetic", Unchecked, "cannot be told: the report cannot be read"},
		{"form", Fails, strings.TrimPrefix(err.Error(), "read report: ")},
	}
}

func synthetic(tree *node) Check {
	switch n := tree.get("synthetic"); {
	case n == nil:
		return Check{"synthetic", Fails, "the report does not say whether its traffic was real"}
	case string(n.raw) == "true":
		return Check{"synthetic", Note, "SYNTHETIC: this report is about something made up, not about what happened"}
	case string(n.raw) == "false":
		return Check{"synthetic", Holds, "not marked synthetic"}
	}
	return Check{"synthetic", Fails, "the mark is neither true nor false"}
}

func redacted(doc *model.Analysis) Check {
	if !doc.Redacted {
		return Check{"redacted", Note, "full form: it names third parties' addresses"}
	}
	n := 0
	if doc.Integrity != nil {
		n = len(doc.Integrity.Suppressed)
	}
	if doc.Outage != nil {
		return Check{"redacted", Note, fmt.Sprintf("redacted form: %d values hide the service's own addresses, and show networks (/24, /48) in place of other ones", n)}
	}
	return Check{"redacted", Note, fmt.Sprintf("redacted form: %d values show networks (/24, /48) in place of addresses", n)}
}

func schema(doc *model.Analysis) Check {
	if doc.Schema != model.AnalysisSchema {
		return Check{"schema", Fails, fmt.Sprintf("schema %q, this program knows %s", clip(doc.Schema), model.AnalysisSchema)}
	}
	return Check{"schema", Holds, model.AnalysisSchema + ", written by " + clip(doc.Tool.Name+" "+doc.Tool.Version)}
}

func form(report, c []byte) Check {
	if !bytes.Equal(bytes.TrimSuffix(report, []byte("\n")), c) {
		return Check{"form", Fails, "not canonical JSON (RFC 8785): the bytes are not those that were sealed; the values are checked below"}
	}
	return Check{"form", Holds, "canonical JSON (RFC 8785)"}
}

// checkRoot computes the root from the values shown and compares.
func checkRoot(tree *node, doc *model.Analysis) Check {
	in := doc.Integrity
	fail := func(format string, args ...any) Check { return Check{"root", Fails, fmt.Sprintf(format, args...)} }
	if in.Form != Form {
		return fail("sealed as %q, this program knows %s", clip(in.Form), Form)
	}
	committed, err := hash32(in.SeedCommitment)
	if err != nil {
		return fail("the commitment to the salt seed is damaged")
	}
	var root [32]byte
	switch {
	case doc.Redacted && in.SaltSeed != "":
		return fail("marked redacted, but it publishes the salt seed: withheld addresses can be guessed")
	case doc.Redacted:
		w := withholder{hashes: in.Suppressed}
		root = rootOf(tree, committed, w.leaf)
		if w.bad != "" || w.used != len(in.Suppressed) {
			return fail("the list of withheld values does not fit the report%s", clip(w.bad))
		}
	default:
		seed, err := hex.DecodeString(in.SaltSeed)
		if err != nil || len(seed) < minSeed || strings.ToLower(in.SaltSeed) != in.SaltSeed || commitment(seed) != committed || len(in.Suppressed) > 0 {
			return fail("the salt seed is missing or damaged, though the report is marked full")
		}
		root = rootOf(tree, committed, salted{seed: seed, rules: rulesOf(tree)}.leaf)
	}
	if hexOf(root) != in.Root {
		return fail("the values do not give the root %s: something was changed after sealing", clip(in.Root))
	}
	return Check{"root", Holds, "every value is covered by the root " + in.Root}
}

// withholder computes leaves of the redacted form.
type withholder struct {
	hashes map[string]string
	used   int
	bad    string
}

func (w *withholder) leaf(path string, raw []byte) [32]byte {
	h, ok := w.hashes[path]
	if !ok {
		return tagged(tagLeaf, raw)
	}
	w.used++
	full, err := hash32(h)
	if err != nil {
		w.bad = ": " + path
	}
	return redactable(raw, full)
}

// addresses looks for third parties' addresses that a redacted report still shows.
func addresses(tree *node, doc *model.Analysis) Check {
	if !doc.Redacted {
		return Check{"addresses", Note, "not redacted: share it only with those who may see them (floodmark analyze --redact)"}
	}
	rules, left, where := rulesOf(tree), 0, ""
	tree.without("integrity").walk("", func(path string, n *node) {
		if (salted{rules: rules}).differs(path, n.raw) {
			left++
			where = path
		}
	})
	if left > 0 {
		return Check{"addresses", Fails, fmt.Sprintf("%d values still show a third party's address, the last at %s", left, where)}
	}
	return Check{"addresses", Holds, "no third party's full address is shown; each network shown is the one that was sealed"}
}

func (s salted) differs(path string, raw []byte) bool {
	_, ok := s.cut(path, raw)
	return ok
}

// signature checks who vouches for the root.
func signature(in *model.Integrity, key ed25519.PublicKey, rootHolds bool) Check {
	s := in.Signature
	switch {
	case s == nil && key != nil:
		return Check{"signature", Fails, "not signed, though a key was given"}
	case s == nil:
		return Check{"signature", Unchecked, "not signed: anyone could have sealed this report"}
	case s.Algorithm != "ed25519":
		return Check{"signature", Fails, fmt.Sprintf("algorithm %q, want ed25519", clip(s.Algorithm))}
	}
	pub, err := lowerHex(s.PublicKey, ed25519.PublicKeySize)
	sig, err2 := lowerHex(s.Value, ed25519.SignatureSize)
	root, err3 := hash32(in.Root)
	if err != nil || err2 != nil || err3 != nil || !ed25519.Verify(pub, message(root), sig) {
		return Check{"signature", Fails, "the signature does not fit the root"}
	}
	name := fingerprint(pub)
	switch {
	case !rootHolds:
		return Check{"signature", Fails, "made by key " + name + " over a root that the values do not give"}
	case key == nil:
		return Check{"signature", Note, "signed by key " + name + ", which you have not confirmed: give the signer's key with --key"}
	case !bytes.Equal(key, pub):
		return Check{"signature", Fails, "signed by key " + name + ", not by the key that you gave (" + fingerprint(key) + ")"}
	}
	return Check{"signature", Holds, "signed by the key that you gave (" + name + ")"}
}

func trust() Check {
	return Check{"beyond", Unchecked, "whether the recording shows what happened: hashes and signatures say who vouches for the figures, not that they are true"}
}

func hash32(s string) (h [32]byte, err error) {
	b, err := lowerHex(s, len(h))
	copy(h[:], b)
	return h, err
}

// lowerHex accepts one spelling only, so that no byte can change unnoticed.
func lowerHex(s string, n int) ([]byte, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != n || strings.ToLower(s) != s {
		return nil, fmt.Errorf("read hash: want %d bytes in lower-case hexadecimal", n)
	}
	return b, nil
}

// clip bounds text of the report in a message and keeps it on one line.
func clip(s string) string { return text.Clean(s, 80) }
