package model

// Class is what one record looks like by itself, without context: "a UDP
// datagram from port 161 with an SNMP response in it". Whether that is an
// attack is decided later, from all records of a class towards a target.
// Package vector holds the table of classes; 0 is "nothing in particular".
type Class uint8

// MaxClasses bounds the table, so that counters can be arrays.
const MaxClasses = 160
