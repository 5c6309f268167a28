package document

import (
	"fmt"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// findings are what the reader must know of the recording itself.
func findings(in *Input, b *book) []model.Finding {
	out := []model.Finding{}
	if in.NoTraffic {
		return out // there is no recording to speak of
	}
	add := func(code, severity, text string, value float64, n uint64) {
		id := b.add(model.Evidence{Statement: text, Method: "recording/" + code, Value: ptr(value), N: int64(n)})
		out = append(out, model.Finding{Code: code, Severity: severity, Text: text, Evidence: []string{id}})
	}
	au, rec := &in.Audit, &in.Recording
	if in.Profile.Duplicates > 0 {
		add("duplicates", "note", fmt.Sprintf("%s of %s records are second sightings of the same packet or flow (a mirror port, two exporters); each was counted once.",
			big(float64(in.Profile.Duplicates)), big(float64(au.Records))), float64(in.Profile.Duplicates), au.Records)
	}
	if rec.Dropped > 0 {
		add("capture-drops", "caution", fmt.Sprintf("The capturing program lost %s packets; all counts are lower bounds.", big(float64(rec.Dropped))), float64(rec.Dropped), au.Records)
	}
	if rec.LostRecords > 0 {
		add("export-loss", "caution", fmt.Sprintf("Sequence numbers say that %s exported records or datagrams are missing from the recording; all counts are lower bounds.", big(float64(rec.LostRecords))), float64(rec.LostRecords), au.Records)
	}
	if rec.SFlowDrops > 0 {
		add("sampling-drops", "caution", fmt.Sprintf("Agents say that they could not take %s samples.", big(float64(rec.SFlowDrops))), float64(rec.SFlowDrops), au.Records)
	}
	if au.TCPOversized > 0 && float64(au.TCPOversized) >= 0.0005*float64(au.Records) || rec.LengthFromWire > 0 {
		add("offloading", "caution", fmt.Sprintf("%s packets are longer than 1,500 octets: the network card or the system had joined segments (offloading) before they were recorded, so packet counts are lower bounds and lengths are not those of the wire.",
			big(float64(max(au.TCPOversized, rec.LengthFromWire)))), float64(au.TCPOversized), au.Records)
	}
	if in.Assessment.Verdict != model.AttackYes && float64(au.Cut) >= 0.1*float64(au.Records) {
		add("payload-cut", "note", fmt.Sprintf("%s of the packets were recorded without all of their content; attacks that show only there (HTTP, DNS, games) may be missed.",
			text.RoughPercent(float64(au.Cut)/float64(au.Records))), float64(au.Cut), au.Records)
	}
	if au.Backwards > 0 {
		add("clock-backwards", "caution", fmt.Sprintf("The clock ran backwards by more than a second %s times; rates around those places are uncertain.", big(float64(au.Backwards))), float64(au.Backwards), au.Records)
	}
	if !au.FlagsSent() {
		add("no-tcp-flags", "note", "The exporter does not send TCP flags: vectors that differ only by flags cannot be told apart.", float64(au.ZeroFlags), au.FlagRecords)
	}
	if rec.Exports && au.Rates[0] > 0 && !in.Profile.Sampled && in.Settings.Sampling == 0 && au.Multiplied <= 1 {
		add("sampling-unknown", "caution", "The data does not say whether it was sampled; it was taken as complete. If it was sampled, give the factor with --sampling.", 0, au.Rates[0])
	}
	for _, c := range in.Profile.Buckets {
		if c.Kept < 1 {
			add("sources-thinned", "note", fmt.Sprintf("The recording holds more sources than the table: one in %.0f was kept, chosen by a hash of its address, and counted completely; figures about sources are estimates from those.", 1/c.Kept), c.Kept, c.SourcesSeen)
			break
		}
	}
	var unplaced float64
	for i := range in.Profile.Buckets {
		unplaced += in.Profile.Buckets[i].Unplaced
	}
	if unplaced >= 1 {
		add("seconds-bounded", "caution", fmt.Sprintf("%s packets are in no second: their flow records last more than a day, or the recording has more seconds than are kept. They are in the totals, and rates are lower bounds.", big(unplaced)), unplaced, au.Records)
	}
	if in.Profile.Uncounted > 0 {
		add("cells-bounded", "caution", fmt.Sprintf("%s packets towards suspected targets are of more classes than the table holds and were not looked at.", big(float64(in.Profile.Uncounted))), float64(in.Profile.Uncounted), au.Records)
	}
	if au.Forgotten > 0 {
		add("survey-forgot", "note", fmt.Sprintf("While targets were looked for, %s small counters were dropped; a target with very few packets may have been missed.", big(float64(au.Forgotten))), float64(au.Forgotten), au.Records)
	}
	if in.Locate != nil && geoAge(in) > 90 {
		add("geo-age", "caution", fmt.Sprintf("The address data is of %s, %d days from the recording; addresses change hands.", in.Geo.Date, geoAge(in)), float64(geoAge(in)), 0)
	}
	return out
}

// unknowns is the fixed part that no recording answers, and what is missing in
// this one.
func unknowns(in *Input, a *model.Analysis) []model.Unknown {
	out := []model.Unknown{
		{Question: "Who operates or rented the machines that sent this?", Why: "packets carry addresses of machines, not of people", Fixed: true},
		{Question: "From where was the attack commanded?", Why: "commands do not pass the victim", Fixed: true},
		{Question: "Why was it done, and is a state behind it?", Why: "intentions are not in traffic", Fixed: true},
	}
	add := func(q, why string) { out = append(out, model.Unknown{Question: q, Why: why}) }
	if a.Target != nil && a.Target.Reachable == "inbound-only" {
		add("Had the target asked for any of this, and did it still answer?", "the recording holds one direction only")
	}
	if in.NoTraffic {
		add("Was it an attack, of what kind, how large and from where?", "no traffic towards the service was recorded here")
		return out
	}
	if !in.Profile.PacketLevel && len(in.Inputs) > 0 {
		add("What did the packets carry, and were handshakes finished?", "flow records hold counts, not packets")
	}
	if !in.Profile.PacketLevel {
		add("Were the requests inside finished connections, or DNS questions, an attack of their own?", "that shows in their contents, which flow records do not hold")
	}
	if in.Locate == nil {
		add("In which countries and networks are the sources?", "addresses were not looked up: no address data (make it with floodmark geo update)")
	}
	if len(a.Vectors) > 0 {
		add("How much of the attack did not pass this point?", "a recording shows one place only")
	}
	for _, v := range a.Vectors {
		if v.Sources.Spoofing.Verdict == model.SpoofSpoofed {
			add("From which networks were the forged packets of "+v.Name+" sent?", "their source addresses are not their senders'")
		}
		if v.Unsolicited.Verdict == "unsolicited" && len(v.Name) > 11 && v.Name[:11] == "reflection-" {
			add("Who sent the forged requests that "+v.Name+" answers?", "they went to the reflecting servers, not to the target")
		}
	}
	return out
}
