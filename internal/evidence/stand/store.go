package stand

// MarshalBinary returns what was learnt, to be kept.
func (u *Usual) MarshalBinary() ([]byte, error) { return nil, nil }

// UnmarshalBinary takes what MarshalBinary gave. After an error u is as before.
func (u *Usual) UnmarshalBinary(b []byte) error { return nil }

// MarshalBinary returns the counts of an incident, to be kept.
func (s *Shares) MarshalBinary() ([]byte, error) { return nil, nil }

// UnmarshalBinary takes what MarshalBinary gave. After an error s is as before.
func (s *Shares) UnmarshalBinary(b []byte) error { return nil }
