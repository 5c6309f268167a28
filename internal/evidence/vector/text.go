package vector

// Beginnings of text protocols as 32-bit words in network order, so that one
// load decides among them.
const (
	txGET  = 'G'<<24 | 'E'<<16 | 'T'<<8 | ' ' // GET
	txPOST = 'P'<<24 | 'O'<<16 | 'S'<<8 | 'T' // POST
	txHEAD = 'H'<<24 | 'E'<<16 | 'A'<<8 | 'D' // HEAD
	txPUT  = 'P'<<24 | 'U'<<16 | 'T'<<8 | ' ' // PUT
	txDELE = 'D'<<24 | 'E'<<16 | 'L'<<8 | 'E' // DELE
	txOPTI = 'O'<<24 | 'P'<<16 | 'T'<<8 | 'I' // OPTI
	txPATC = 'P'<<24 | 'A'<<16 | 'T'<<8 | 'C' // PATC
	txCONN = 'C'<<24 | 'O'<<16 | 'N'<<8 | 'N' // CONN
	txTRAC = 'T'<<24 | 'R'<<16 | 'A'<<8 | 'C' // TRAC
	txPRI  = 'P'<<24 | 'R'<<16 | 'I'<<8 | ' ' // PRI
	txHTTP = 'H'<<24 | 'T'<<16 | 'T'<<8 | 'P' // HTTP
	txHtm  = '<'<<24 | 'h'<<16 | 't'<<8 | 'm' // <htm
	txHTM  = '<'<<24 | 'H'<<16 | 'T'<<8 | 'M' // <HTM
	txDO   = '<'<<24 | '!'<<16 | 'D'<<8 | 'O' // <!DO
	txDo   = '<'<<24 | '!'<<16 | 'd'<<8 | 'o' // <!do
	txIfr  = '<'<<24 | 'i'<<16 | 'f'<<8 | 'r' // <ifr
	txIFR  = '<'<<24 | 'I'<<16 | 'F'<<8 | 'R' // <IFR
	txMet  = '<'<<24 | 'm'<<16 | 'e'<<8 | 't' // <met
	txScr  = '<'<<24 | 's'<<16 | 'c'<<8 | 'r' // <scr
	txSIP  = 'S'<<24 | 'I'<<16 | 'P'<<8 | '/' // SIP/
	txXML  = '<'<<24 | '?'<<16 | 'x'<<8 | 'm' // <?xm
	txHud  = '<'<<24 | 'h'<<16 | 'u'<<8 | 'd' // <hud
	txDHIP = 'D'<<24 | 'H'<<16 | 'I'<<8 | 'P' // DHIP
	txBT   = 'd'<<24 | '1'<<16 | ':'<<8 | 'r' // d1:r
	txSOAP = '<'<<24 | 'S'<<16 | 'O'<<8 | 'A' // <SOA
	txSoap = '<'<<24 | 's'<<16 | 'o'<<8 | 'a' // <soa
	txEnv  = '<'<<24 | 's'<<16 | ':'<<8 | 'E' // <s:E
	txVALU = 'V'<<24 | 'A'<<16 | 'L'<<8 | 'U' // VALU
	txSTAT = 'S'<<24 | 'T'<<16 | 'A'<<8 | 'T' // STAT
	txERRO = 'E'<<24 | 'R'<<16 | 'R'<<8 | 'O' // ERRO
	txSERV = 'S'<<24 | 'E'<<16 | 'R'<<8 | 'V' // SERV
	txCLIE = 'C'<<24 | 'L'<<16 | 'I'<<8 | 'E' // CLIE
	txVERS = 'V'<<24 | 'E'<<16 | 'R'<<8 | 'S' // VERS
	txSTOR = 'S'<<24 | 'T'<<16 | 'O'<<8 | 'R' // STOR
	txNOTS = 'N'<<24 | 'O'<<16 | 'T'<<8 | '_' // NOT_
	txEXIS = 'E'<<24 | 'X'<<16 | 'I'<<8 | 'S' // EXIS
	txDELD = 'D'<<24 | 'E'<<16 | 'L'<<8 | 'E' // DELE
	txEND  = 'E'<<24 | 'N'<<16 | 'D'<<8 | '\r'
	txOKrn = 'O'<<24 | 'K'<<16 | '\r'<<8 | '\n'
)
