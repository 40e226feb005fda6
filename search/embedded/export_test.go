package embedded

// What the reference engine of the tests shares with this one: the figures that are tuned, and the formulas of one line. What is found,
// counted and added up it works out by itself.

const (
	MaxWords     = maxWords
	RerankDepth  = rerankDepth
	NearWindow   = nearWindow
	MaxNearWords = maxNearWords
)

// Tuned are the figures of the ranking.
var Tuned = struct{ K1, B, FullMatch, NearWeight, TitleWeight float64 }{
	float64(bm25K1), float64(bm25B), float64(fullMatch), float64(nearWeight), float64(titleWeight),
}

// IDF is the weight of a word.
func (x *Index) IDF(docs float64) float64 { return float64(x.idf(docs)) }

// Coordination is the factor for a document that covers so much of a query's weight.
func Coordination(cover, total float64) float64 {
	r := &run{total: float32(total)}
	return float64(r.coordination(float32(cover)))
}

// Dirt tells whether a scratch of the pool isn't all zero.
func (x *Index) Dirt() bool {
	s := x.borrow()
	defer x.giveBack(s)
	for _, d := range s.docs {
		if d != (docState{}) {
			return true
		}
	}
	for _, m := range s.members {
		if m != 0 {
			return true
		}
	}
	return len(s.touched)+len(s.joined)+len(s.hits) > 0
}
