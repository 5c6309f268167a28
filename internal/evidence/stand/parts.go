package stand

import "floodmark/internal/model"

// Parts returns the components of a service with their shares of the reports
// that name one, the greatest share first, and the reports that name none
// last. It may be called every minute: evidence and intervals hold at any time.
func Parts(s *Shares, u *Usual, components []model.Component) []model.PartShare { return nil }
