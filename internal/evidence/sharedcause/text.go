package sharedcause

import (
	"fmt"

	"floodmark/internal/model"
)

// text is the sentence of a cause that was found.
func text(c model.Cause) string {
	range95 := fmt.Sprintf("%.0f %% of the reports beyond the usual (%.0f–%.0f %%)", 100*c.Share, 100*c.Low, 100*c.High)
	switch {
	case c.Owner:
		return fmt.Sprintf("Shared cause likely: several services of %s rise together, which explains %s.", c.Name, range95)
	case c.Kind == model.CauseShared:
		return fmt.Sprintf("Shared cause likely: supplier %s, on which several services depend that rise together; it explains %s.", c.Name, range95)
	}
	return fmt.Sprintf("Mostly explained by the outage of %s: %s.", c.Name, range95)
}

func (t *table) undecidedText(c candidate) model.Cause {
	name := c.owner
	if c.by >= 0 {
		name = t.s[c.by].Name
	}
	return model.Cause{Kind: model.CauseUndecided,
		Text: fmt.Sprintf("It cannot be told yet whether the reports are about this service or about %s.", name)}
}

func (t *table) commonText() model.Cause {
	return model.Cause{Kind: model.CauseUndecided,
		Text: fmt.Sprintf("Reports of most services rose together, by %.1f times: nothing that this service has of its own.", t.common)}
}
