package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"floodmark/internal/model"
)

const (
	publicDays = 30  // that incidents are shown publicly after their end
	maxPublic  = 100 // incidents in the list
	publicKey  = 16  // octets of a key at least
)

// PublicAttacks returns what the public may know of incidents of watched
// networks, the newest first; the incidents may be in any order. Those of
// services are not attacks and left out, and so are suspicions, those that were
// opened less than hold ago, and those that became part of another, which tells
// them. key makes their public names, for their own hold targets: at least 16
// octets, the same for the life of an installation.
func PublicAttacks(incidents []model.Incident, now time.Time, key []byte, hold time.Duration) []model.PublicAttack {
	if len(key) < publicKey {
		panic("api: the key of public names is shorter than 16 octets") // the caller's mistake
	}
	f := IncidentFilter{OpenedOnly: true, Since: now.AddDate(0, 0, -publicDays).UnixNano()}
	var listed []*model.Incident
	for i := range incidents {
		in := &incidents[i]
		if in.Target.Kind != model.ServiceTarget && in.MergedInto == "" && f.Match(in) && in.Opened+hold.Nanoseconds() <= now.UnixNano() {
			listed = append(listed, in)
		}
	}
	slices.SortFunc(listed, func(a, b *model.Incident) int { return Position(a).compare(Position(b)) })
	out := make([]model.PublicAttack, 0, min(len(listed), maxPublic))
	for _, in := range listed[:min(len(listed), maxPublic)] {
		out = append(out, publicAttack(in, key))
	}
	return out
}

// publicAttack is the only place where an incident becomes public. Nothing in it
// may be copied from the incident but times and what a switch over closed words
// gives.
func publicAttack(in *model.Incident, key []byte) model.PublicAttack {
	v := model.PublicAttack{ID: publicName(in.ID, key), State: "ongoing", Severity: "info", Started: minute(in.Started), Text: "An attack on one of the networks watched here is under way."}
	switch in.Severity {
	case model.Warning:
		v.Severity = "warning"
	case model.Critical:
		v.Severity = "critical"
	}
	switch in.State {
	case model.Easing:
		v.State, v.Text = "easing", "An attack on one of the networks watched here is easing."
	case model.Closed:
		v.State, v.Text = "resolved", "There was an attack on one of the networks watched here. It is over."
		v.Ended = minute(in.Ended)
		if v.Ended.IsZero() {
			v.Ended = minute(in.ClosedAt)
		}
	}
	if in.Direction == model.Out {
		v.Text = outward[v.State]
	}
	if in.FalseAlarm != nil {
		v.State, v.Text = "withdrawn", "What was taken for an attack was ordinary traffic."
	}
	return v
}

// outward is the text of incidents by hosts of the watched networks: no word
// of who sends to whom.
var outward = map[string]string{
	"ongoing":  "Unusual traffic in one of the networks watched here is being looked into.",
	"easing":   "Unusual traffic in one of the networks watched here is easing.",
	"resolved": "There was unusual traffic in one of the networks watched here. It is over.",
}

// publicName is a keyed hash: the same incident has the same public name, and
// without the key no target can be tried.
func publicName(id string, key []byte) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("incident\x00" + id)) // never an error
	return hex.EncodeToString(m.Sum(nil)[:10])
}

// minute rounds down, since a precise time helps to correlate.
func minute(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC().Truncate(time.Minute)
}
