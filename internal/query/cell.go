package query

import (
	"fmt"
	"math"
	"math/big"
)

// cell takes one number of a row, of whatever type the engine has for it: whole
// numbers of up to 64 bits exactly, others as a double. NULL is 0.
type cell struct {
	u        uint64
	f        float64
	negative bool
}

// Scan takes a value of database/sql.
func (c *cell) Scan(v any) error {
	*c = cell{}
	switch v := v.(type) {
	case nil:
	case int8:
		c.whole(int64(v))
	case int16:
		c.whole(int64(v))
	case int32:
		c.whole(int64(v))
	case int64:
		c.whole(v)
	case uint8:
		c.set(uint64(v))
	case uint16:
		c.set(uint64(v))
	case uint32:
		c.set(uint64(v))
	case uint64:
		c.set(v)
	case float32:
		c.f = float64(v)
	case float64:
		c.f = v
	case *big.Int:
		c.u, c.negative = v.Uint64(), v.Sign() < 0
		c.f, _ = new(big.Float).SetInt(v).Float64()
	default:
		return fmt.Errorf("a %T where a number is expected", v)
	}
	return nil
}

func (c *cell) whole(v int64) {
	c.f, c.negative = float64(v), v < 0
	if v > 0 {
		c.u = uint64(v)
	}
}

func (c *cell) set(v uint64) { c.u, c.f = v, float64(v) }

// float returns the number, 0 where it is none.
func (c *cell) float() float64 {
	if math.IsNaN(c.f) || math.IsInf(c.f, 0) {
		return 0
	}
	return c.f
}
