package alert

import "time"

// Hasten makes retries of d wait so long and no longer.
func (d *Dispatcher) Hasten(wait time.Duration) { d.backoff = func(int) time.Duration { return wait } }
