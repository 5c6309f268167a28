package usercount

// table holds up to most entries by key. Its entries have an order that follows
// from what was done alone, so that walks are the same each time.
type table[T any] struct {
	index map[uint64]int32
	keys  []uint64
	items []T
	most  int
}

// at returns the entry of a key, nil where there is none.
func (t *table[T]) at(key uint64) *T {
	if i, ok := t.index[key]; ok {
		return &t.items[i]
	}
	return nil
}

// add makes the entry of a key that has none, nil where the table is full. The
// entry is valid until the next add or sweep.
func (t *table[T]) add(key uint64) *T {
	if len(t.items) >= t.most {
		return nil
	}
	if t.index == nil {
		t.index = make(map[uint64]int32)
	}
	t.index[key] = int32(len(t.items))
	t.keys = append(t.keys, key)
	var zero T
	t.items = append(t.items, zero)
	return &t.items[len(t.items)-1]
}

// replace gives the entry at i to another key, empty.
func (t *table[T]) replace(i int, key uint64) *T {
	delete(t.index, t.keys[i])
	var zero T
	t.index[key], t.keys[i], t.items[i] = int32(i), key, zero
	return &t.items[i]
}

// sweep removes the entries that live says no to, and gives memory back after a
// crowd.
func (t *table[T]) sweep(live func(*T) bool) {
	for i := len(t.items) - 1; i >= 0; i-- {
		if live(&t.items[i]) {
			continue
		}
		last := len(t.items) - 1
		delete(t.index, t.keys[i])
		if i != last {
			t.keys[i], t.items[i] = t.keys[last], t.items[last]
			t.index[t.keys[i]] = int32(i)
		}
		t.keys, t.items = t.keys[:last], t.items[:last]
	}
	if cap(t.items) < 64 || len(t.items) > cap(t.items)/8 {
		return
	}
	t.keys, t.items = append([]uint64(nil), t.keys...), append([]T(nil), t.items...)
	t.index = make(map[uint64]int32, len(t.keys))
	for i, k := range t.keys {
		t.index[k] = int32(i)
	}
}
