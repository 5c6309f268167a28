// Package payload writes the payloads of UDP services as their clients, their
// servers, and the reflectors that somebody abuses send them.
//
// The forms follow the protocols' own specifications; where there is none (a
// maker's own protocol) they follow public descriptions and are approximate in
// the fields that nobody has described. All functions are pure and append to
// the slice that they are given; randomness is passed in.
package payload
