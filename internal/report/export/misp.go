package export

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// The ddos object template of MISP, version 5.
const (
	ddosTemplate        = "e2f124d6-f57c-4f93-99e6-8450545fa05d"
	ddosTemplateVersion = "5"
)

// mispEvent is an event in MISP's core format (draft-dulaunoy-misp-core-format).
type mispEvent struct {
	Event struct {
		UUID      string       `json:"uuid"`
		Info      string       `json:"info"`
		Date      string       `json:"date"`
		Timestamp string       `json:"timestamp"`
		Threat    string       `json:"threat_level_id"`
		Analysis  string       `json:"analysis"`
		Share     string       `json:"distribution"`
		Published bool         `json:"published"`
		Tags      []mispTag    `json:"Tag"`
		Attribute []mispValue  `json:"Attribute"`
		Objects   []mispObject `json:"Object"`
	} `json:"Event"`
}

type mispTag struct {
	Name string `json:"name"`
}

type mispObject struct {
	UUID        string      `json:"uuid"`
	Name        string      `json:"name"`
	Meta        string      `json:"meta-category"`
	Description string      `json:"description"`
	Template    string      `json:"template_uuid"`
	Version     string      `json:"template_version"`
	Timestamp   string      `json:"timestamp"`
	Share       string      `json:"distribution"`
	Comment     string      `json:"comment"`
	Attribute   []mispValue `json:"Attribute"`
}

type mispValue struct {
	UUID        string `json:"uuid"`
	Relation    string `json:"object_relation,omitempty"`
	Type        string `json:"type"`
	Category    string `json:"category"`
	Value       string `json:"value"`
	IDS         bool   `json:"to_ids"` // never set: blocking by source hits the people behind the address
	Uncorrelate bool   `json:"disable_correlation"`
	Share       string `json:"distribution"`
	Timestamp   string `json:"timestamp"`
}

// mispWriter carries what every identifier and time of one event is made of.
type mispWriter struct{ id, stamp string }

func misp(a *model.Analysis) (any, error) {
	w := mispWriter{id: identity(a), stamp: strconv.FormatInt(max(instant(a.Last).Unix(), 0), 10)}
	e := &mispEvent{}
	ev := &e.Event
	ev.UUID = uuid5(Namespace, "misp event "+w.id)
	ev.Info = "DDoS: " + wording.Headline(a)
	if a.Synthetic {
		ev.Info = "SYNTHETIC (made-up traffic): " + ev.Info
	}
	ev.Date, ev.Timestamp = instant(a.First).Format("2006-01-02"), w.stamp
	ev.Threat, ev.Analysis, ev.Share = "4", "2", "0" // undefined, completed, own organisation only
	ev.Tags = mispTags(a)
	ev.Attribute = []mispValue{w.value("event", mispValue{Category: "Other", Type: "comment", Value: summary(a)})}
	ev.Objects = []mispObject{}
	for i, v := range a.Vectors {
		if o := w.object(a, v, i); o != nil {
			ev.Objects = append(ev.Objects, *o)
		}
	}
	return e, nil
}

// object describes one vector; nil where neither target nor source may be
// named, for the template requires one of them.
func (w mispWriter) object(a *model.Analysis, v model.Vector, i int) *mispObject {
	where := fmt.Sprintf("vector %d %s", i, v.Name)
	o := &mispObject{UUID: uuid5(Namespace, "misp object "+where+w.id), Name: "ddos", Meta: "network",
		Description: "DDoS object describes a current DDoS activity from a specific or/and to a specific target.",
		Template:    ddosTemplate, Version: ddosTemplateVersion, Timestamp: w.stamp, Share: "5",
		Comment: wording.Vector(v.Name) + "; sources: " + wording.Spoof(v.Sources.Spoofing.Verdict)}
	add := func(relation, category, kind, value string) {
		o.Attribute = append(o.Attribute, w.value(where, mispValue{Relation: relation, Category: category, Type: kind, Value: value}))
	}
	if a.Target != nil {
		for j, p := range a.Target.Prefixes {
			if j < maxSources {
				add("ip-dst", "Network activity", "ip-dst", host(p))
			}
		}
	}
	for _, s := range listed(v, maxSources) {
		add("ip-src", "Network activity", "ip-src", s)
	}
	if len(o.Attribute) == 0 {
		return nil
	}
	proto := protocol(v.Name)
	if proto == "GRE" { // the template knows TCP, UDP, ICMP and IP
		proto = "IP"
	}
	add("protocol", "Other", "text", proto)
	for relation, field := range map[string]string{"src-port": "src_port", "dst-port": "dst_port"} {
		if t, ok := top(v, field); ok && t.Share > 0.5 {
			if _, err := strconv.ParseUint(t.Value, 10, 16); err == nil {
				add(relation, "Network activity", "port", t.Value)
			}
		}
	}
	add("total-pps", "Other", "counter", strconv.FormatFloat(v.PeakPPS, 'f', 0, 64))
	add("total-bps", "Other", "counter", strconv.FormatFloat(v.PeakBPS, 'f', 0, 64))
	add("first-seen", "Other", "datetime", v.First)
	add("last-seen", "Other", "datetime", v.Last)
	add("text", "Other", "text", fmt.Sprintf("%s: %s packets, %s of attack packets; peaks of one second. %s", wording.Vector(v.Name),
		text.Count(float64(v.Packets)), text.Percent(v.SharePackets.Value), text.Clean(v.Sources.Spoofing.Reason, 300)))
	sortValues(o.Attribute)
	return o
}

// value completes an attribute of the object or event that where names.
func (w mispWriter) value(where string, v mispValue) mispValue {
	v.UUID = uuid5(Namespace, "misp value "+where+" "+v.Relation+" "+v.Value+" "+w.id)
	v.Uncorrelate = v.Type != "ip-src" && v.Type != "ip-dst"
	v.Share, v.Timestamp = "5", w.stamp
	return v
}

func mispTags(a *model.Analysis) []mispTag {
	kinds := map[string]bool{}
	for _, v := range a.Vectors {
		switch {
		case v.Name == "slow-http":
			kinds["slow-read-attack"] = true
		case v.Name == "synack-reflection":
			kinds["reflected-spoofed-attack"] = true
		case reflected(v.Name):
			kinds["amplification-attack"] = true
		default:
			kinds["flooding-attack"] = true
		}
	}
	tags := []mispTag{{"tlp:amber"}}
	for _, k := range []string{"amplification-attack", "flooding-attack", "reflected-spoofed-attack", "slow-read-attack"} {
		if kinds[k] {
			tags = append(tags, mispTag{`ddos:type="` + k + `"`})
		}
	}
	if a.Synthetic {
		tags = append(tags, mispTag{"floodmark:synthetic"})
	}
	return tags
}

// host writes a prefix of one address as the address.
func host(prefix string) string {
	p, err := netip.ParsePrefix(prefix)
	if err == nil && p.IsSingleIP() {
		return p.Addr().String()
	}
	return text.Clean(prefix, 64)
}

// summary is the story, with the questions that it cannot answer.
func summary(a *model.Analysis) string {
	s := []string{}
	for _, t := range a.Summary {
		s = append(s, text.Clean(t.Text, 400))
	}
	if len(a.NotAnswerable) > 0 {
		s = append(s, "Not answerable from this data:")
	}
	for _, u := range a.NotAnswerable {
		s = append(s, text.Clean(u.Question, 200))
	}
	return strings.Join(s, " ")
}
