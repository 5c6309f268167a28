package usercount

// UsualShares returns the shares of networks in the reports of ordinary days, nil
// where too few are known. They are few, those that weigh most.
func (t *Tally) UsualShares() map[uint32]float64 {
	if !t.usual.enough() {
		return nil
	}
	out := make(map[uint32]float64, len(t.usual.networks))
	for i := range t.usual.networks {
		asn := t.usual.networks[i].key
		if share, fresh := t.usual.network(asn); !fresh {
			out[asn] = share
		}
	}
	return out
}
