package export

import (
	"cmp"
	"slices"
)

// sortValues orders attributes by relation, then value.
func sortValues(v []mispValue) {
	slices.SortStableFunc(v, func(a, b mispValue) int {
		return cmp.Or(cmp.Compare(a.Relation, b.Relation), cmp.Compare(a.Value, b.Value))
	})
}
