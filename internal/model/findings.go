package model

// Country is a country's part in the attack. Share is of this window,
// Population of the population of sources, clustered by source.
type Country struct {
	Code         string   `json:"code"` // ISO 3166-1 alpha-2; "unknown" for what could not be located
	Name         string   `json:"name"`
	Share        Estimate `json:"share"`
	Population   Estimate `json:"population"`
	ShareBytes   float64  `json:"share_bytes"`
	ShareSources float64  `json:"share_sources"`
	Packets      uint64   `json:"packets"`
	Bytes        uint64   `json:"bytes"`
	Sources      uint64   `json:"sources"`
}

// Network is an autonomous system's part in the attack.
type Network struct {
	ASN          uint32   `json:"asn"` // 0 for what could not be looked up
	Name         string   `json:"name"`
	Country      string   `json:"country"`
	Kind         string   `json:"kind"` // access, mobile, hosting, cdn, vpn, education, transit or unknown
	Share        Estimate `json:"share"`
	Population   Estimate `json:"population"`
	ShareBytes   float64  `json:"share_bytes"`
	ShareSources float64  `json:"share_sources"`
	Packets      uint64   `json:"packets"`
	Bytes        uint64   `json:"bytes"`
	Sources      uint64   `json:"sources"`
}

// KindShare is the part of one kind of network.
type KindShare struct {
	Kind    string  `json:"kind"`
	Share   float64 `json:"share"`
	Sources uint64  `json:"sources"`
}

// GeoInfo states which address data was used.
type GeoInfo struct {
	Status     string   `json:"status"` // looked-up or not-looked-up
	Date       string   `json:"date"`   // of the address data, YYYY-MM-DD
	SHA256     string   `json:"sha256"`
	Sources    []string `json:"sources"` // name, version and licence of each
	Note       string   `json:"note"`
	Attributed []string `json:"attributions"`
}

// Family is a botnet family or device class that the data is compatible with.
type Family struct {
	Name         string   `json:"name"`
	Grade        string   `json:"grade"` // see docs/methods.md; "none" is never listed
	Likelihood   string   `json:"likelihood"`
	Confidence   string   `json:"confidence"`
	Indications  []string `json:"indications"`
	Against      []string `json:"against"`
	AlsoProduced []string `json:"also_produced_by"`
	WouldChange  string   `json:"would_change"`
	Evidence     []string `json:"evidence"`
}

// Claim is one reading of a public claim and what the data says of it.
type Claim struct {
	Text     string   `json:"text"`
	Reading  string   `json:"reading"`
	Verdict  Verdict  `json:"verdict"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
	Unit     string   `json:"unit"` // share, bits/s, packets/s, countries, networks, sources, seconds
	Reasons  []string `json:"reasons"`
	Evidence []string `json:"evidence"`
}

// Finding is something about the recording that the reader must know.
type Finding struct {
	Code     string   `json:"code"`
	Severity string   `json:"severity"` // note or caution
	Text     string   `json:"text"`
	Evidence []string `json:"evidence"`
}

// Unknown is a question that this data cannot answer.
type Unknown struct {
	Question string `json:"question"`
	Why      string `json:"why"`
	Fixed    bool   `json:"fixed"` // true: no recording could answer it
}

// RecordLine is one record of the attack, as a specimen.
type RecordLine struct {
	Time   string `json:"time"`
	Vector string `json:"vector"`
	Src    string `json:"src"`
	Dst    string `json:"dst"`
	Text   string `json:"text"`
}

// Integrity binds the document: the root covers every value of it and is the
// same for the full and the redacted form. docs/analysis.md describes how it is
// computed.
type Integrity struct {
	Form           string            `json:"form"`                // how the root is computed
	Root           string            `json:"root"`                // SHA-256, hexadecimal
	SeedCommitment string            `json:"seed_commitment"`     // hash of the salt seed, hexadecimal
	SaltSeed       string            `json:"salt_seed,omitempty"` // only in the full form
	Suppressed     map[string]string `json:"withheld,omitempty"`  // JSON pointer -> salted hash of the full value, only in the redacted form
	Signature      *Signature        `json:"signature,omitempty"`
}

// Signature is an Ed25519 signature (RFC 8032) over the root.
type Signature struct {
	Algorithm string `json:"algorithm"` // "ed25519"
	PublicKey string `json:"public_key"`
	Value     string `json:"value"`
}
