// Package topology is the invented internet of the scenarios: countries, access
// networks, hosts with their distance and habits, and forged addresses.
//
// Addresses come from address data where the caller has some (Places), else
// from a built-in plan: blocks that roughly follow where address space really
// lies, with networks invented inside them. Nothing here says anything of the
// real holders of an address. All functions are pure: randomness is passed in.
package topology
