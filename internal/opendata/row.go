package opendata

import (
	"math"
	"time"

	"floodmark/internal/model"
)

// step is the length of a row's time.
const step = 15 * time.Minute

// Row is the total of one service in 15 minutes.
type Row struct {
	Service   string
	Time      int64   // Unix ns, the beginning
	Problems  uint32  // reports of problems, one a person
	Effective float32 // the same, with what looks made up discounted
	Works     uint32  // "works for me"
	Expected  float32 // what is normal of Effective, and its range
	Low       float32
	High      float32
	Known     bool // Expected, Low and High have a meaning
}

// Part is what one component of a service has in 15 minutes.
type Part struct {
	Service   string
	Time      int64  // Unix ns, the beginning
	Component string // slug; "" for reports that name none, and for what was merged
	Problems  uint32
	Effective float32
}

// Place is what one place has of a service in 15 minutes.
type Place struct {
	Service   string
	Time      int64  // Unix ns, the beginning
	Country   string // ISO 3166-1 alpha-2; "" for what was merged, or has no place
	Region    string // ISO 3166-2 without its country; "" for the rest of the country
	Problems  uint32
	Effective float32
}

// Tables are all of one day, or of any other time.
type Tables struct {
	Rows   []Row
	Parts  []Part  // of any size: what is written went through MergeParts
	Places []Place // of any size: what is written went through MergePlaces
}

// Rows makes rows of a service's buckets of 15 minutes. A bucket whose time is
// not over is left out: its figures would change.
func Rows(service string, buckets []model.Bucket) []Row {
	var out []Row
	for _, b := range buckets {
		if !b.Partial {
			out = append(out, Row{service, b.At, b.Problems, sane(b.Effective), b.Works, sane(b.Expected), sane(b.Low), sane(b.High), b.Known})
		}
	}
	return out
}

// sane makes a number that tables can hold: finite and not below zero.
func sane(v float32) float32 {
	if !(v > 0) || math.IsInf(float64(v), 0) {
		return 0
	}
	return v
}
