package usercount

// UsualShare returns the share of a network in the reports of ordinary days, 0
// where too few are known or it is not among those that are.
func (t *Tally) UsualShare(asn uint32) float64 {
	if !t.usual.enough() {
		return 0
	}
	share, fresh := t.usual.network(asn)
	if fresh {
		return 0
	}
	return share
}
