// Package samples keeps the last records before something is noticed, and a
// bounded number of records while it lasts, so that evidence does not start
// at the alarm.
//
// Memory is fixed. What does not fit is thinned evenly in time for each
// address: of the n-th record of a second only every 2^j-th is kept, and the
// sampling factor of a kept record is multiplied by 2^j, so that estimates made
// from kept records stay unbiased. A busy address cannot push a quiet one out
// of the ring.
//
// It judges nothing and reads no clock. A Ring belongs to one goroutine at a
// time. Records that are given are copied; records handed out are valid during
// the call and may be changed.
package samples
