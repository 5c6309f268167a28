package export

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gowebpki/jcs"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// scoNamespace is that of STIX cyber-observable identifiers (STIX 2.1 section 2.9).
const scoNamespace = "00abedb4-aa42-466c-9c01-fed23315a9b7"

// TLP markings (STIX 2.1 section 7.2.1.4).
const (
	tlpGreen = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"
	tlpAmber = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
)

const (
	maxCountries = 10
	maxNetworks  = 10
	maxObserved  = 999999999 // of number_observed (STIX 2.1 section 4.14)
)

type object = map[string]any

// bundle collects objects, each once.
type bundle struct {
	a       *model.Analysis
	id      string
	stamp   string
	marking string
	author  string
	objects []object
	seen    map[string]bool
}

func stix(a *model.Analysis) (any, error) {
	b := &bundle{a: a, id: identity(a), stamp: stamp(instant(a.Last)), marking: tlpAmber, seen: map[string]bool{}}
	tlp := "amber"
	if a.Redacted {
		b.marking, tlp = tlpGreen, "green"
	}
	b.put(object{"type": "marking-definition", "spec_version": "2.1", "id": b.marking, "created": "2017-01-20T00:00:00.000Z",
		"definition_type": "tlp", "name": "TLP:" + strings.ToUpper(tlp), "definition": object{"tlp": tlp}})
	b.author = "identity--" + uuid5(Namespace, "identity floodmark")
	b.put(object{"type": "identity", "spec_version": "2.1", "id": b.author, "created": "2025-01-01T00:00:00.000Z", "modified": "2025-01-01T00:00:00.000Z",
		"name": "Floodmark", "identity_class": "system", "object_marking_refs": []string{b.marking}})
	targets := b.targets()
	infra := []string{}
	for i, v := range a.Vectors {
		id, err := b.vector(v, i, targets)
		if err != nil {
			return nil, err
		}
		infra = append(infra, id)
	}
	whole := b.sdo("infrastructure", "all", object{"name": "Sources of the attack", "infrastructure_types": []string{"unknown"},
		"first_seen": stamp(instant(a.First)), "last_seen": stamp(instant(a.Last)), "description": "All vectors together. Where addresses are does not show who ran the attack."})
	for _, i := range infra {
		b.relate(whole, "consists-of", i, "")
	}
	if err := b.places(whole); err != nil {
		return nil, err
	}
	infra = append(infra, whole)
	b.notes(infra)
	return object{"type": "bundle", "id": "bundle--" + uuid5(Namespace, "bundle "+b.id), "objects": b.objects}, nil
}

func (b *bundle) put(o object) string {
	id := o["id"].(string)
	if !b.seen[id] {
		b.seen[id] = true
		b.objects = append(b.objects, o)
	}
	return id
}

// sdo puts a domain or relationship object with the properties that all have.
func (b *bundle) sdo(kind, name string, props object) string {
	o := object{"type": kind, "spec_version": "2.1", "id": kind + "--" + uuid5(Namespace, kind+" "+name+" "+b.id),
		"created": b.stamp, "modified": b.stamp, "created_by_ref": b.author, "object_marking_refs": []string{b.marking}}
	if b.a.Synthetic {
		o["labels"] = []string{"synthetic"}
	}
	for k, v := range props {
		o[k] = v
	}
	return b.put(o)
}

// sco puts a cyber-observable whose identifier follows from the named
// properties (STIX 2.1 section 2.9).
func (b *bundle) sco(kind string, props object, contributing ...string) (string, error) {
	from := object{}
	for _, k := range contributing {
		if v, ok := props[k]; ok {
			from[k] = v
		}
	}
	name, err := json.Marshal(from)
	if err == nil {
		name, err = jcs.Transform(name)
	}
	if err != nil {
		return "", err
	}
	o := object{"type": kind, "spec_version": "2.1", "id": kind + "--" + uuid5(scoNamespace, string(name)), "object_marking_refs": []string{b.marking}}
	for k, v := range props {
		o[k] = v
	}
	return b.put(o), nil
}

// address puts an address or a network, "" where value is neither.
func (b *bundle) address(value string) string {
	if !isNetwork(value) {
		return ""
	}
	kind := "ipv4-addr"
	if strings.Contains(value, ":") {
		kind = "ipv6-addr"
	}
	id, err := b.sco(kind, object{"value": host(value)}, "value")
	if err != nil {
		return ""
	}
	return id
}

func (b *bundle) targets() []string {
	out := []string{}
	if b.a.Target == nil {
		return out
	}
	for i, p := range b.a.Target.Prefixes {
		if id := b.address(p); id != "" && i < maxSources {
			out = append(out, id)
		}
	}
	return out
}

// vector describes one vector: its technique, traffic, sources and the
// infrastructure that they make up. It returns the infrastructure.
func (b *bundle) vector(v model.Vector, i int, targets []string) (string, error) {
	name := fmt.Sprintf("%d %s", i, v.Name)
	infra := b.sdo("infrastructure", name, object{
		"name": "Sources of the " + wording.Vector(v.Name), "infrastructure_types": []string{infrastructure(v)},
		"first_seen": stamp(instant(v.First)), "last_seen": stamp(instant(v.Last)),
		"description": fmt.Sprintf("%s of attack packets. Source addresses: %s. %s Where addresses are does not show who ran the attack.",
			text.Percent(v.SharePackets.Value), wording.Spoof(v.Sources.Spoofing.Verdict), text.Clean(v.Sources.Spoofing.Reason, 400)),
	})
	refs := []string{}
	for _, s := range listed(v, maxSources) {
		if id := b.address(s); id != "" {
			refs = append(refs, id)
		}
	}
	traffic, err := b.traffic(v, targets)
	if err != nil {
		return "", err
	}
	seen := append(append([]string{}, refs...), targets...)
	if traffic != "" {
		seen = append(seen, traffic)
	}
	if len(seen) > 0 {
		data := b.sdo("observed-data", name, object{"first_observed": stamp(instant(v.First)), "last_observed": stamp(instant(v.Last)),
			"number_observed": min(max(v.Packets, 1), maxObserved), "object_refs": seen})
		b.relate(infra, "consists-of", data, "")
	}
	for _, r := range refs {
		b.relate(infra, "consists-of", r, "")
	}
	for _, t := range targets {
		b.relate(infra, "communicates-with", t, "")
	}
	if t := technique(v.Attack); t != nil {
		b.relate(infra, "related-to", b.sdo("attack-pattern", v.Attack, t), "seen in this vector")
	}
	return infra, nil
}

func infrastructure(v model.Vector) string {
	switch {
	case reflected(v.Name):
		return "amplification"
	case v.Sources.Spoofing.Verdict == model.SpoofReal && v.Name != "dns-water-torture":
		return "botnet"
	}
	return "unknown"
}

// traffic summarises a vector's packets as one network-traffic object; "" where
// the target is not known, for the object needs one end.
func (b *bundle) traffic(v model.Vector, targets []string) (string, error) {
	if len(targets) == 0 {
		return "", nil
	}
	ip := "ipv4"
	if strings.HasPrefix(targets[0], "ipv6") {
		ip = "ipv6"
	}
	protocols := []string{ip}
	if p := strings.ToLower(protocol(v.Name)); p != "ip" {
		protocols = append(protocols, p)
	}
	if s, ok := strings.CutPrefix(v.Name, "reflection-"); ok {
		protocols = append(protocols, text.Clean(s, 20))
	}
	o := object{"protocols": protocols, "dst_ref": targets[0], "start": stamp(instant(v.First)), "end": stamp(instant(v.Last)), "is_active": false,
		"src_packets": min(v.Packets, math.MaxInt64), "src_byte_count": min(v.Bytes, math.MaxInt64)}
	for key, field := range map[string]string{"src_port": "src_port", "dst_port": "dst_port"} {
		if t, ok := top(v, field); ok && t.Share > 0.9 {
			if n, err := strconv.ParseUint(t.Value, 10, 16); err == nil {
				o[key] = n
			}
		}
	}
	return b.sco("network-traffic", o, "start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols", "extensions")
}

func (b *bundle) relate(from, kind, to, why string) {
	props := object{"relationship_type": kind, "source_ref": from, "target_ref": to}
	if why != "" {
		props["description"] = why
	}
	b.sdo("relationship", from+" "+kind+" "+to, props)
}

// places adds the countries and networks of the sources.
func (b *bundle) places(infra string) error {
	if b.a.Spoofing.Verdict != model.SpoofReal || b.a.Geo.Status != "looked-up" {
		return nil
	}
	n := 0
	for _, c := range b.a.Countries {
		if len(c.Code) != 2 || n == maxCountries {
			continue
		}
		n++
		loc := b.sdo("location", c.Code, object{"country": c.Code, "name": text.Clean(c.Name, 80)})
		b.relate(infra, "located-at", loc, fmt.Sprintf("%s of attack packets%s", text.Percent(c.Share.Value), bracket(wording.Range(c.Population))))
	}
	n = 0
	for _, w := range b.a.Networks {
		if w.ASN == 0 || n == maxNetworks {
			continue
		}
		n++
		id, err := b.sco("autonomous-system", object{"number": w.ASN, "name": text.Clean(w.Name, 120)}, "number")
		if err != nil {
			return err
		}
		b.relate(infra, "related-to", id, fmt.Sprintf("%s of attack packets%s came from addresses of this network", text.Percent(w.Share.Value), bracket(wording.Range(w.Population))))
	}
	return nil
}

func bracket(s string) string {
	if s == "" {
		return ""
	}
	return " (population of sources: " + s + ")"
}

// notes add the story, the claims with their verdicts, family indications and
// what cannot be answered.
func (b *bundle) notes(refs []string) {
	note := func(name, abstract, content string) {
		b.sdo("note", name, object{"abstract": abstract, "content": content, "authors": []string{"Floodmark"}, "object_refs": refs})
	}
	if b.a.Synthetic {
		note("synthetic", "Synthetic", "This bundle is about made-up traffic of a scenario, not about an attack that happened.")
	}
	note("summary", "Summary and limits", summary(b.a))
	for i, c := range b.a.Claims {
		bounds := text.Bounds(c.Low, c.High, c.Unit)
		if bounds != "" {
			bounds = " The data allow " + bounds + "."
		}
		note(fmt.Sprintf("claim %d", i), "Claim: "+wording.Verdict(c.Verdict), fmt.Sprintf("Claim %q, read as: %s. Verdict: %s.%s %s", text.Clean(c.Text, 200), text.Clean(c.Reading, 300),
			wording.Verdict(c.Verdict), bounds, text.Clean(strings.Join(c.Reasons, " "), 600)))
	}
	for i, f := range b.a.Families {
		note(fmt.Sprintf("family %d", i), "Family indication, not proof", fmt.Sprintf("Compatible with %s: %s indication, %s, confidence %s. Not exclusive.",
			text.Clean(f.Name, 80), text.Clean(f.Grade, 30), text.Clean(f.Likelihood, 60), text.Clean(f.Confidence, 30)))
	}
}

// technique describes a MITRE ATT&CK technique; nil for one it does not know.
func technique(id string) object {
	names := map[string]string{
		"T1498": "Network Denial of Service", "T1498.001": "Direct Network Flood", "T1498.002": "Reflection Amplification",
		"T1499": "Endpoint Denial of Service", "T1499.001": "OS Exhaustion Flood", "T1499.002": "Service Exhaustion Flood",
		"T1499.003": "Application Exhaustion Flood", "T1499.004": "Application or System Exploitation",
	}
	name, ok := names[id]
	if !ok {
		return nil
	}
	return object{"name": name, "external_references": []object{{"source_name": "mitre-attack", "external_id": id,
		"url": "https://attack.mitre.org/techniques/" + strings.Replace(id, ".", "/", 1)}},
		"kill_chain_phases": []object{{"kill_chain_name": "mitre-attack", "phase_name": "impact"}}}
}

// stamp writes a time as STIX wants it, to the millisecond.
func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z") }
