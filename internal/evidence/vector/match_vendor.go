package vector

// Services whose form is known from their vendors' tools, from scanners or from
// recorded answers, not from a standard. Sources stand in the table.

// matchARMS wants the answer of Apple Remote Desktop: 00 01 and the length of
// what follows.
func matchARMS(p []byte, full bool) verdict {
	if len(p) < 6 {
		return short(full)
	}
	n := int(u16(p[2:]))
	return when(u16(p) == 1 && n > 64 && (!full || n == len(p)-4))
}

// matchCitrix wants an answer of the ICA browser: its length, low byte first,
// a second word that is not a client's 01, and the marker 02 fd a8 e3.
func matchCitrix(p []byte, full bool) verdict {
	if len(p) < 8 {
		return short(full)
	}
	n := int(p[0]) | int(p[1])<<8
	return when(u32(p[4:]) == 0x02fda8e3 && p[2] != 1 && (!full || n == len(p)))
}

// matchCrestron wants the answer 15 00 00 00 01 84 to the search that begins
// with 14.
func matchCrestron(p []byte, full bool) verdict {
	if len(p) < 6 {
		return short(full)
	}
	return when(u32(p) == 0x15000000 && p[4] == 1 && p[5] == 0x84)
}

// matchNetis wants an answer of the maintenance service of Netcore and Netis
// routers: a header whose second and third bytes are zero, and its text.
func matchNetis(p []byte, full bool) verdict {
	if len(p) < 12 {
		return short(full)
	}
	if p[1]|p[2] != 0 {
		return no
	}
	if holds(p[8:], "ogin", 64) || holds(p[8:], "no support", 64) {
		return yes
	}
	return short(full)
}
