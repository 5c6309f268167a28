package attackverdict

import (
	"fmt"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/text"
)

const (
	minSamples     = 30  // below this a bucket is not assessed
	spoofedSamples = 200 // least samples for which spoofed sources alone decide
	floodSamples   = 200 // least samples that a flood shows
	fewSources     = 5   // up to so many, a stream or a test is as likely
)

// rules decide by kind. Kinds without a rule are ordinary unless their sources
// are spoofed. Filled by a function, so that rules may be many small files.
var rules = map[vector.Kind]func(*question){
	vector.KindReflection:   reflection,
	vector.KindSynAck:       synAck,
	vector.KindSyn:          syn,
	vector.KindAck:          ack,
	vector.KindData:         data,
	vector.KindHTTPRequest:  httpRequest,
	vector.KindHTTPResponse: middlebox,
	vector.KindRstData:      middlebox,
	vector.KindRst:          closing,
	vector.KindRstAck:       closing,
	vector.KindFin:          closing,
	vector.KindFinAck:       closing,
	vector.KindAbnormal:     abnormal,
	vector.KindUDP:          udp,
	vector.KindVSE:          vse,
	vector.KindDNSQuery:     dnsQuery,
	vector.KindICMPEcho:     echo,
	vector.KindICMPReply:    echo,
	vector.KindICMPOther:    echo,
	vector.KindGRE:          gre,
	vector.KindProto:        protocols,
	vector.KindFragment:     fragments,
}

func count(x float64) string { return text.Whole(x) }

// each prints a rate of one source.
func each(x float64) string {
	if x < 10 {
		return fmt.Sprintf("%.1f", x)
	}
	return count(x)
}
