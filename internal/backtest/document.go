package backtest

import "floodmark/internal/model"

// Form names the form of a Document.
const Form = "floodmark.backtest/1"

// Document is what `floodmark backtest traffic --json` prints. Times are RFC
// 3339 in UTC, "" for never; lists are never null.
type Document struct {
	Form       string      `json:"form"`
	Tool       model.Tool  `json:"tool"`
	Config     string      `json:"config"` // file, "" for the defaults
	Inputs     []Input     `json:"inputs"`
	Synthetic  bool        `json:"synthetic"`
	First      string      `json:"first"`
	Last       string      `json:"last"`
	Seconds    float64     `json:"seconds"`
	Records    uint64      `json:"records"`
	Datagrams  uint64      `json:"datagrams"`
	Undecoded  uint64      `json:"undecoded"`
	Late       uint64      `json:"late"`
	Skipped    float64     `json:"skipped_seconds"`
	Targets    int         `json:"targets"`
	Conditions []Condition `json:"conditions"`
	Incidents  []Incident  `json:"incidents"`
	Dismissed  []Dismissal `json:"dismissed"`
	Alarms     Alarms      `json:"alarms"`
	Score      *Score      `json:"score"` // null without truth
}

// Incident is one that was noticed, and what became of it.
type Incident struct {
	ID            string              `json:"id"`
	Target        model.TargetID      `json:"target"`
	Direction     string              `json:"direction"`
	Customer      string              `json:"customer"`
	Group         string              `json:"group"`
	State         model.State         `json:"state"`    // at the end of the recording
	Severity      model.Severity      `json:"severity"` // the heaviest
	Started       string              `json:"started"`  // estimated start of the excess
	Noticed       string              `json:"noticed"`
	Opened        string              `json:"opened"` // "": no alarm
	Ended         string              `json:"ended"`
	OpenedAfter   *float64            `json:"opened_after"` // seconds from started; null where it was not opened
	Lasted        float64             `json:"lasted"`       // seconds from started to ended or to the last sight
	Waves         int                 `json:"waves"`
	Excesses      []Excess            `json:"excesses"`
	AttackVerdict model.AttackVerdict `json:"presence"`
	Because       string              `json:"because"`
	Vectors       []Vector            `json:"vectors"`
	Sources       uint64              `json:"sources"`
	Untrusted     bool                `json:"untrusted"`
	MergedInto    string              `json:"merged_into"`
	Verdict       string              `json:"verdict"` // attack, false-alarm, dismissed-attack, dismissed, pending; "" without truth where it was opened
	Attack        string              `json:"attack"`  // of the truth, "" for none
	Beside        string              `json:"beside"`  // of a false alarm: the attack whose target and time it shares in the other direction
}

// Excess is one bound that was exceeded.
type Excess struct {
	Kind   string  `json:"kind"` // threshold or baseline
	Metric string  `json:"metric"`
	Bound  float64 `json:"bound"`
	Peak   float64 `json:"peak"`
}

// Vector is one that was named.
type Vector struct {
	Name  string  `json:"name"`
	Share float64 `json:"share"`           // of the packets
	Right *bool   `json:"right,omitempty"` // absent where the truth does not tell
}

// Dismissal sums up suspicions that were taken back.
type Dismissal struct {
	Because string `json:"because"` // with every value replaced by N
	Count   int    `json:"count"`
	Example string `json:"example"` // id
}

// Alarms are incidents that were opened.
type Alarms struct {
	Opened        int     `json:"opened"`
	Noticed       int     `json:"noticed"`
	Days          float64 `json:"days"`
	TargetDays    float64 `json:"target_days"`
	PerDay        float64 `json:"per_day"`        // opened, for the whole network
	PerTargetDay  float64 `json:"per_target_day"` // opened, for each watched address with traffic
	PerDayOfFalse float64 `json:"false_per_day"`  // 0 without truth
	FalsePerTDay  float64 `json:"false_per_target_day"`
}

// Score is the comparison with the truth.
type Score struct {
	Scenario    string        `json:"scenario"`
	Attacks     []AttackScore `json:"attacks"`
	Found       int           `json:"found"`
	Missed      int           `json:"missed"`
	DelayMedian *float64      `json:"delay_median"` // seconds, of those found
	DelayMax    *float64      `json:"delay_max"`
	FalseAlarms int           `json:"false_alarms"`
	Vectors     []VectorScore `json:"vectors"`
}

// AttackScore is what became of one attack.
type AttackScore struct {
	Name         string   `json:"name"`
	Vectors      []string `json:"vectors"`
	Direction    string   `json:"direction"`
	Targets      []string `json:"targets"`
	Start        string   `json:"start"`
	End          string   `json:"end"`
	Found        bool     `json:"found"`
	Delay        *float64 `json:"delay"`     // seconds from its start until the first incident was opened
	Noticed      *float64 `json:"noticed"`   // seconds from its start until the first suspicion
	Incidents    []string `json:"incidents"` // opened, that are of it
	Named        []string `json:"named"`     // vectors of it that were named
	WrongVectors []string `json:"wrong_vectors"`
}

// VectorScore is recall of one vector over all attacks.
type VectorScore struct {
	Vector  string  `json:"vector"`
	Attacks int     `json:"attacks"` // that had it
	Found   int     `json:"found"`   // of which an incident was opened
	Named   int     `json:"named"`   // and the vector named in it
	Recall  float64 `json:"recall"`  // named of attacks
	Wrong   int     `json:"wrong"`   // incidents in which it was named wrongly
}
