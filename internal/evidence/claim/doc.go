// Package claim reads a public claim about an attack ("country=UA majority of
// packets", "over 1 Tbps", "from the Ukraine area") and says, for each way in
// which the claim can be read, whether the data supports it, contradicts it or
// cannot tell.
//
// It does not look anything up, does not read files and does not judge who ran
// an attack: it works on counts that the caller has made (Data). It never
// turns an unknown into a guess: what could not be located, or may be spoofed,
// widens the bounds (Manski 1990), and what the address data may have labelled
// wrongly widens them further (Rogan and Gladen 1978).
//
// Every function is pure and may be called from any goroutine. Nothing keeps a
// reference to the caller's memory after it returns, except that results share
// the strings of the Claim and the Data.
package claim
