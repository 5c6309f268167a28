package vector

// matchARMS wants the answer of Apple Remote Desktop: 00 01 and its length.
func matchARMS(p []byte, full bool) verdict {
	if len(p) < 4 {
		return short(full)
	}
	return when(u16(p) == 1 && (!full || len(p) > 5))
}

// matchCitrix wants an answer of the ICA browser: its length, low octet first,
// and the marker 02 fd a8 e3.
func matchCitrix(p []byte, full bool) verdict {
	if len(p) < 8 {
		return short(full)
	}
	n := int(p[0]) | int(p[1])<<8
	return when(u32(p[4:]) == 0x02fda8e3 && p[2] == 2 && (!full || n == len(p)))
}

// matchCrestron wants the answer 15 00 00 00 to the search 14 00 00 00.
func matchCrestron(p []byte, full bool) verdict {
	if len(p) < 4 {
		return short(full)
	}
	return when(u32(p) == 0x15000000)
}

// matchNetis wants the answer of the maintenance service of Netcore and Netis
// routers: the echoed login or its text.
func matchNetis(p []byte, full bool) verdict {
	if len(p) < 8 {
		return short(full)
	}
	return when(holds(p, "ogin", 64))
}

// matchSentinel wants an answer of the Sentinel licence manager.
func matchSentinel(p []byte, full bool) verdict {
	if len(p) < 6 {
		return short(full)
	}
	return when(p[0] == 0x7a && (!full || len(p) > 6))
}

// matchTP240 wants a status line of the TP-240 test driver.
func matchTP240(p []byte, full bool) verdict {
	if len(p) < 8 {
		return short(full)
	}
	return when(holds(p, "call.", 64) || holds(p, "blast", 64))
}
