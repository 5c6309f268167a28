package netflow

// Information elements that are read by number elsewhere
// (https://www.iana.org/assignments/ipfix).
const (
	ieIngressInterface = 10
	ieLineCard         = 141
	ieInterfaceName    = 82
	ieInterfaceDesc    = 83
)

// slot is a fact of a record that one field of a template fills.
type slot uint8

// Slots, in the order in which their operations run: the start of the IPv6
// addresses after the IPv4 ones, the boot time before the times that need it.
const (
	sSrc4 slot = iota
	sDst4
	sSrc6
	sDst6
	sSrcPort
	sDstPort
	sProto
	sBytes // from here on also in the reverse direction
	sPackets
	sFlags
	sTTL
	sICMP
	sICMPType
	sICMPCode
	sIPID
	sFragOff
	sFragFlags
	sSysInit
	sFirst
	sLast
	sDuration
	sInIf
	sOutIf
	sSrcAS
	sDstAS
	sMetered
	sRate
	sSampler
	sInterval
	sSpace
	sSize
	sPopulation
	sProbability
	sSection
	sSectionLen
	sWireLen
	sFrameType
	sBytesTotal
	sPacketsTotal
	sEvent
	sFlowID
	sTranslation
	numSlots
)

// code says what an operation does with its field.
type code uint8

// Operations. Those before fSrc4 take a field of any width; each cFirst… is
// followed by its cLast….
const (
	cNone code = iota
	cSrc4
	cDst4
	cSrc6
	cSrc6If // where no IPv4 address is reported
	cDst6
	cDst6If
	cSrcPort
	cDstPort
	cProto
	cBytes
	cPackets
	cFlags
	cTTL
	cICMP
	cICMPType
	cICMPCode
	cIPID
	cFragOff
	cFragFlags
	cSysInit
	cFirstUptime
	cLastUptime
	cFirstSec
	cLastSec
	cFirstMilli
	cLastMilli
	cFirstNTP
	cLastNTP
	cFirstBefore // µs before export
	cLastBefore
	cDurationMilli
	cDurationMicro
	cInIf
	cOutIf
	cSrcAS
	cDstAS
	cMetered
	cRate
	cSampler
	cInterval
	cSpace
	cSize
	cPopulation
	cProbability
	cSectionIP
	cSectionLink
	cSectionLen
	cWireLen
	cFrameType
	cBytesTotal
	cPacketsTotal
	cEvent
	cFlowID
	cTranslation

	fSrc4
	fDst4
	fSrc6
	fDst6
	fSrcPort
	fDstPort
	fProto
	fFlags
	fFlags16
	fBytes32
	fBytes64
	fPackets32
	fPackets64
	fFirstUptime
	fLastUptime
	fFirstMilli
	fLastMilli
	fInIf16
	fOutIf16
	fInIf32
	fOutIf32
	fSrcAS16
	fDstAS16
	fSrcAS32
	fDstAS32
	fTTL
	fICMP
)

// meaning is what an information element tells: the slot it fills, how, and how
// good it is for that slot (0 best) among others that a template may have.
type meaning struct {
	slot    slot
	code    code
	prio    uint8
	width   uint8 // exact bytes, 0 for an unsigned integer of 1 to 8
	both    bool  // a time of a single observation: first and last
	reverse bool  // belongs to the reverse direction without RFC 5103
}

// fits reports whether a field of n bytes can be read. Integers may be sent in
// fewer bytes than their type has (RFC 7011 section 6.2).
func (m meaning) fits(n uint16) bool {
	switch {
	case n == variableLength:
		return true // checked in each record
	case m.slot == sSection:
		return n > 0
	case m.code == cFirstNTP || m.code == cLastNTP:
		return n == 8 || n == 16
	case m.width != 0:
		return n == uint16(m.width)
	}
	return n >= 1 && n <= 8
}

// meaningOf maps information elements (IANA ipfix registry; up to 127 the field
// types of RFC 3954 section 8, 34 to 50 and 102 to 104 those of Cisco).
func meaningOf(ie uint16) (meaning, bool) {
	for _, f := range [...]func(uint16) meaning{flowElement, timeElement, sampleElement, sectionElement} {
		if m := f(ie); m.code != cNone {
			return m, true
		}
	}
	return meaning{}, false
}

func flowElement(ie uint16) meaning {
	switch ie {
	case 8: // sourceIPv4Address
		return meaning{slot: sSrc4, code: cSrc4, width: 4}
	case 12: // destinationIPv4Address
		return meaning{slot: sDst4, code: cDst4, width: 4}
	case 27: // sourceIPv6Address
		return meaning{slot: sSrc6, code: cSrc6, width: 16}
	case 28: // destinationIPv6Address
		return meaning{slot: sDst6, code: cDst6, width: 16}
	case 7: // sourceTransportPort
		return meaning{slot: sSrcPort, code: cSrcPort}
	case 180, 182: // udpSourcePort, tcpSourcePort
		return meaning{slot: sSrcPort, code: cSrcPort, prio: 1}
	case 11: // destinationTransportPort
		return meaning{slot: sDstPort, code: cDstPort}
	case 181, 183: // udpDestinationPort, tcpDestinationPort
		return meaning{slot: sDstPort, code: cDstPort, prio: 1}
	case 4: // protocolIdentifier
		return meaning{slot: sProto, code: cProto}
	case 6: // tcpControlBits, one byte or two
		return meaning{slot: sFlags, code: cFlags}
	case 52: // minimumTTL
		return meaning{slot: sTTL, code: cTTL}
	case 192: // ipTTL
		return meaning{slot: sTTL, code: cTTL, prio: 1}
	case 53: // maximumTTL
		return meaning{slot: sTTL, code: cTTL, prio: 2}
	case 32, 139: // icmpTypeCodeIPv4, icmpTypeCodeIPv6
		return meaning{slot: sICMP, code: cICMP}
	case 176, 178: // icmpTypeIPv4, icmpTypeIPv6
		return meaning{slot: sICMPType, code: cICMPType}
	case 177, 179: // icmpCodeIPv4, icmpCodeIPv6
		return meaning{slot: sICMPCode, code: cICMPCode}
	case 54: // fragmentIdentification
		return meaning{slot: sIPID, code: cIPID}
	case 88: // fragmentOffset
		return meaning{slot: sFragOff, code: cFragOff}
	case 197: // fragmentFlags
		return meaning{slot: sFragFlags, code: cFragFlags}
	case 10: // ingressInterface
		return meaning{slot: sInIf, code: cInIf}
	case 252: // ingressPhysicalInterface
		return meaning{slot: sInIf, code: cInIf, prio: 1}
	case 14: // egressInterface
		return meaning{slot: sOutIf, code: cOutIf}
	case 253: // egressPhysicalInterface
		return meaning{slot: sOutIf, code: cOutIf, prio: 1}
	case 16: // bgpSourceAsNumber
		return meaning{slot: sSrcAS, code: cSrcAS}
	case 17: // bgpDestinationAsNumber
		return meaning{slot: sDstAS, code: cDstAS}
	case 61: // flowDirection
		return meaning{slot: sMetered, code: cMetered}
	}
	for _, f := range [...]func(uint16) meaning{countElement, totalElement, eventElement} {
		if m := f(ie); m.code != cNone {
			return m
		}
	}
	return meaning{}
}

// totalElement maps counters of all that passed since a flow began. What is
// layer 2 counts the frame's headers in and serves where nothing else is there.
func totalElement(ie uint16) meaning {
	switch ie {
	case 85: // octetTotalCount
		return meaning{slot: sBytesTotal, code: cBytesTotal}
	case 171: // postOctetTotalCount
		return meaning{slot: sBytesTotal, code: cBytesTotal, prio: 1}
	case 353: // layer2OctetTotalCount
		return meaning{slot: sBytesTotal, code: cBytesTotal, prio: 2}
	case 420: // postLayer2OctetTotalCount
		return meaning{slot: sBytesTotal, code: cBytesTotal, prio: 3}
	case 86: // packetTotalCount
		return meaning{slot: sPacketsTotal, code: cPacketsTotal}
	case 172: // postPacketTotalCount
		return meaning{slot: sPacketsTotal, code: cPacketsTotal, prio: 1}
	}
	return meaning{}
}

// eventElement maps what firewalls and translators say of a connection.
func eventElement(ie uint16) meaning {
	switch ie {
	case 233: // firewallEvent
		return meaning{slot: sEvent, code: cEvent}
	case 230: // natEvent
		return meaning{slot: sTranslation, code: cTranslation}
	case 148: // flowId
		return meaning{slot: sFlowID, code: cFlowID}
	}
	return meaning{}
}

// countElement maps counters since the last record. What arrived counts before
// what was sent on, bytes of layer 3 before those of layers 2 and 4.
func countElement(ie uint16) meaning {
	switch ie {
	case 1: // octetDeltaCount
		return meaning{slot: sBytes, code: cBytes}
	case 23: // postOctetDeltaCount, OUT_BYTES
		return meaning{slot: sBytes, code: cBytes, prio: 2}
	case 352: // layer2OctetDeltaCount
		return meaning{slot: sBytes, code: cBytes, prio: 5}
	case 417: // postLayer2OctetDeltaCount
		return meaning{slot: sBytes, code: cBytes, prio: 6}
	case 401: // transportOctetDeltaCount
		return meaning{slot: sBytes, code: cBytes, prio: 7}
	case 231: // initiatorOctets
		return meaning{slot: sBytes, code: cBytes, prio: 4}
	case 232: // responderOctets
		return meaning{slot: sBytes, code: cBytes, prio: 4, reverse: true}
	case 2: // packetDeltaCount
		return meaning{slot: sPackets, code: cPackets}
	case 24: // postPacketDeltaCount, OUT_PKTS
		return meaning{slot: sPackets, code: cPackets, prio: 2}
	case 402: // transportPacketDeltaCount
		return meaning{slot: sPackets, code: cPackets, prio: 5}
	case 298: // initiatorPackets
		return meaning{slot: sPackets, code: cPackets, prio: 4}
	case 299: // responderPackets
		return meaning{slot: sPackets, code: cPackets, prio: 4, reverse: true}
	}
	return meaning{}
}

// timeElement maps times; a finer one is better, a time of the flow better than
// one of its observation or collection.
func timeElement(ie uint16) meaning {
	switch ie {
	case 154, 156: // flowStartMicroseconds, flowStartNanoseconds
		return meaning{slot: sFirst, code: cFirstNTP}
	case 155, 157: // flowEndMicroseconds, flowEndNanoseconds
		return meaning{slot: sLast, code: cLastNTP}
	case 152: // flowStartMilliseconds
		return meaning{slot: sFirst, code: cFirstMilli, prio: 1}
	case 153: // flowEndMilliseconds
		return meaning{slot: sLast, code: cLastMilli, prio: 1}
	case 158: // flowStartDeltaMicroseconds
		return meaning{slot: sFirst, code: cFirstBefore, prio: 2}
	case 159: // flowEndDeltaMicroseconds
		return meaning{slot: sLast, code: cLastBefore, prio: 2}
	case 22: // flowStartSysUpTime
		return meaning{slot: sFirst, code: cFirstUptime, prio: 3}
	case 21: // flowEndSysUpTime
		return meaning{slot: sLast, code: cLastUptime, prio: 3}
	case 150: // flowStartSeconds
		return meaning{slot: sFirst, code: cFirstSec, prio: 4}
	case 151: // flowEndSeconds
		return meaning{slot: sLast, code: cLastSec, prio: 4}
	case 324, 325: // observationTimeMicroseconds, observationTimeNanoseconds
		return meaning{slot: sFirst, code: cFirstNTP, prio: 5, both: true}
	case 323: // observationTimeMilliseconds
		return meaning{slot: sFirst, code: cFirstMilli, prio: 6, both: true}
	case 322: // observationTimeSeconds
		return meaning{slot: sFirst, code: cFirstSec, prio: 7, both: true}
	case 258: // collectionTimeMilliseconds
		return meaning{slot: sFirst, code: cFirstMilli, prio: 8, both: true}
	case 160: // systemInitTimeMilliseconds
		return meaning{slot: sSysInit, code: cSysInit}
	case 161: // flowDurationMilliseconds
		return meaning{slot: sDuration, code: cDurationMilli, prio: 1}
	case 162: // flowDurationMicroseconds
		return meaning{slot: sDuration, code: cDurationMicro}
	}
	return meaning{}
}

// sampleElement maps sampling in data records and in options records.
func sampleElement(ie uint16) meaning {
	switch ie {
	case 34: // samplingInterval
		return meaning{slot: sRate, code: cRate}
	case 50: // samplerRandomInterval
		return meaning{slot: sRate, code: cRate, prio: 1}
	case 48: // samplerId
		return meaning{slot: sSampler, code: cSampler}
	case 302: // selectorId
		return meaning{slot: sSampler, code: cSampler, prio: 1}
	case 305: // samplingPacketInterval
		return meaning{slot: sInterval, code: cInterval}
	case 306: // samplingPacketSpace
		return meaning{slot: sSpace, code: cSpace}
	case 309: // samplingSize
		return meaning{slot: sSize, code: cSize}
	case 310: // samplingPopulation
		return meaning{slot: sPopulation, code: cPopulation}
	case 311: // samplingProbability
		return meaning{slot: sProbability, code: cProbability}
	}
	return meaning{}
}

// sectionElement maps sections of sampled packets.
func sectionElement(ie uint16) meaning {
	switch ie {
	case 313: // ipHeaderPacketSection
		return meaning{slot: sSection, code: cSectionIP}
	case 315, 104: // dataLinkFrameSection, layer2packetSectionData
		return meaning{slot: sSection, code: cSectionLink, prio: 1}
	case 410: // sectionExportedOctets
		return meaning{slot: sSectionLen, code: cSectionLen}
	case 103: // layer2packetSectionSize
		return meaning{slot: sSectionLen, code: cSectionLen, prio: 1}
	case 312: // dataLinkFrameSize
		return meaning{slot: sWireLen, code: cWireLen}
	case 224: // ipTotalLength
		return meaning{slot: sWireLen, code: cWireLen, prio: 1}
	case 408: // dataLinkFrameType
		return meaning{slot: sFrameType, code: cFrameType}
	}
	return meaning{}
}
