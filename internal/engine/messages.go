package engine

import (
	"encoding/json"
	"fmt"

	"floodmark/internal/incident"
	"floodmark/internal/model"
)

// Message is what an Engine is sent: one of the types below.
type Message interface {
	addTo(in *incident.Input)
}

// Anomalies were found in traffic, or are over. None is a message as well: it
// has the engine look whether something is due.
type Anomalies []model.Anomaly

// Findings are what evidence says of an incident.
type Findings model.Findings

// StaleExporters are the names of all exporters that send nothing now.
type StaleExporters []string

// Maintenance are all maintenance windows that hold now.
type Maintenance []incident.Window

func (m Anomalies) addTo(in *incident.Input) { in.Anomalies = append(in.Anomalies, m...) }

func (m Findings) addTo(in *incident.Input) { in.Findings = append(in.Findings, model.Findings(m)) }

func (m StaleExporters) addTo(in *incident.Input) {
	in.Blind = append([]string{}, m...) // nil would say that nothing changed
}

func (m Maintenance) addTo(in *incident.Input) { in.Windows = append([]incident.Window{}, m...) }

// batch is what the writer takes: one step of the machine with its input, or
// changes of services, which have none.
type batch struct {
	input    *incident.Input
	changes  []model.Change
	snapshot *incident.Snapshot // of the machine after the step, now and then
	replies  []reply
}

// reply tells a caller that what it asked for is on the disk.
type reply struct {
	command model.Command
	done    chan error
}

// Group is changes that became safe together.
type Group struct {
	Changes []model.Change
	last    uint64 // sequence of the last of them in the journal
}

// encode gives the form that the journal keeps. The types are our own and
// always encode.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encode %T for the journal: %v", v, err))
	}
	return b
}
