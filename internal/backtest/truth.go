package backtest

import (
	"encoding/json"
	"fmt"
	"time"

	"floodmark/internal/model"
)

// TruthForm names the form of truth files, as `floodmark scenario` writes them.
const TruthForm = "floodmark.truth/1"

// Truth is what a truth file says of attacks. An empty list is a recording
// without any.
type Truth struct {
	Scenario string
	Attacks  []Attack
}

// Attack is one that was really there. Times are Unix ns.
type Attack struct {
	Name       string
	Vectors    []string
	Direction  model.Direction
	Targets    []model.TargetID
	Start, End int64
}

// truthFile is the part of a truth file that is read.
type truthFile struct {
	Schema   string   `json:"schema"`
	Scenario string   `json:"scenario"`
	Attack   bool     `json:"attack"`
	Target   []string `json:"target"`
	Vectors  []struct {
		Name  string    `json:"name"`
		First time.Time `json:"first"`
		Last  time.Time `json:"last"`
	} `json:"vectors"`
	Attacks []struct {
		Name      string    `json:"name"`
		Vector    string    `json:"vector"`
		Direction string    `json:"direction"`
		Target    []string  `json:"target"`
		Start     time.Time `json:"start"`
		End       time.Time `json:"end"`
	} `json:"attacks"`
}

// ReadTruth reads a truth file. Of a recording of a single attack its vectors
// are one attack.
func ReadTruth(data []byte) (*Truth, error) {
	var f truthFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("read truth: %w", err)
	}
	if f.Schema != TruthForm {
		return nil, fmt.Errorf("read truth: schema %q, expected %s", f.Schema, TruthForm)
	}
	t := &Truth{Scenario: f.Scenario}
	for _, a := range f.Attacks {
		o := Attack{Name: a.Name, Vectors: []string{a.Vector}, Start: a.Start.UnixNano(), End: a.End.UnixNano()}
		if err := o.Direction.UnmarshalText([]byte(a.Direction)); err != nil {
			return nil, fmt.Errorf("read truth: attack %s: %w", a.Name, err)
		}
		if err := t.add(o, a.Target); err != nil {
			return nil, err
		}
	}
	if len(f.Attacks) > 0 || !f.Attack {
		return t, nil
	}
	o := Attack{Name: f.Scenario, Direction: model.In}
	for i, v := range f.Vectors {
		o.Vectors = append(o.Vectors, v.Name)
		if n := v.First.UnixNano(); i == 0 || n < o.Start {
			o.Start = n
		}
		o.End = max(o.End, v.Last.UnixNano())
	}
	return t, t.add(o, f.Target)
}

func (t *Truth) add(a Attack, targets []string) error {
	if len(targets) == 0 || a.Name == "" || len(a.Vectors) == 0 || a.End < a.Start {
		return fmt.Errorf("read truth: attack %q: expected a name, a vector, a target and an end after its start", a.Name)
	}
	for _, s := range targets {
		id, err := model.ParseTarget(s)
		if err != nil {
			return fmt.Errorf("read truth: attack %s: %w", a.Name, err)
		}
		a.Targets = append(a.Targets, id)
	}
	t.Attacks = append(t.Attacks, a)
	return nil
}
