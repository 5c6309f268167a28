package recording

import "floodmark/internal/model"

type exports struct{}

func (e *exports) init(r *Recording, emit func(*model.Record)) {}
func (e *exports) datagram(s *stream, r *model.Record)         {}
func (e *exports) finish(s *stream)                            {}
func (e *exports) facts(f *Facts)                              {}
