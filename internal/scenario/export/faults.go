package export

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseFaults reads faults as KEY=VALUE, separated by commas. Moments are told
// as durations since start.
func ParseFaults(s string, start time.Time) (Faults, error) {
	var f Faults
	for pair := range strings.SplitSeq(s, ",") {
		key, value, _ := strings.Cut(pair, "=")
		var err error
		var d time.Duration
		switch key {
		case "loss":
			if f.Loss, err = strconv.ParseFloat(value, 64); err == nil && !(f.Loss >= 0 && f.Loss <= 1) {
				err = fmt.Errorf("not between 0 and 1")
			}
		case "skew":
			f.Skew, err = time.ParseDuration(value)
		case "advertised-rate":
			var n uint64
			n, err = strconv.ParseUint(value, 10, 32)
			f.AdvertisedRate = uint32(n)
		case "no-sampling-rate":
			f.NoSamplingRate, err = strconv.ParseBool(value)
		case "stop-at":
			d, err = time.ParseDuration(value)
			f.Silent = start.Add(d).UnixNano()
		case "restart-at":
			d, err = time.ParseDuration(value)
			f.Restart = start.Add(d).UnixNano()
		default:
			err = fmt.Errorf("unknown fault %q: one of loss, skew, advertised-rate, no-sampling-rate, stop-at, restart-at", key)
		}
		if err != nil {
			return Faults{}, fmt.Errorf("read fault %s: %w", pair, err)
		}
	}
	return f, nil
}
