package embedded

import (
	"github.com/vidensbank/vidensbank/internal/schema"
	"github.com/vidensbank/vidensbank/search"
)

// What the second look adds; docs/ranking.md has the figures that set them.
const (
	// rerankDepth is how many of the best are looked at again. Behind them nobody notices the order of neighbours.
	rerankDepth = 40
	// nearWindow is how many words apart two words of the query still count as near.
	nearWindow = 12
	// nearWeight is what two neighbouring words add, in units of the lesser word's weight; it falls with the distance.
	nearWeight = 0.45
	// titleWeight is what a title adds that is the query and nothing else, in units of the whole query's weight.
	titleWeight = 1.2
	// maxNearWords bounds the pairs that are looked at.
	maxNearWords = 12
)

// rerank adds to the best entries' scores what their words' places tell, and sorts them again. Entries that can't reach the places that are
// asked for, whatever their words' places add, are left as they are.
func (r *run) rerank(entries []entry) {
	table := r.wordTable()
	asked := r.plan.Offset + r.plan.Limit
	best := topList{limit: asked}
	for n := range entries {
		e := &entries[n]
		mask := r.s.docs[e.doc].mask
		if n >= asked && asked > 0 && e.score+r.mostFromPlaces(mask) < best.heap[0].score {
			continue
		}
		near, title := r.places(e.doc, mask, table)
		e.score += near + title
		best.offer(*e)
	}
	sortEntries(entries)
}

// mostFromPlaces is the most that places can add to the score of a document with some of the words: every two of them side by side, and a
// title that is the query.
func (r *run) mostFromPlaces(mask uint32) float32 {
	var near, title float32
	for w := range min(len(r.plan.Words), maxNearWords) {
		if mask&(1<<w) == 0 {
			continue
		}
		title += r.idfs[w]
		if w > 0 && mask&(1<<(w-1)) != 0 {
			near += min(r.idfs[w-1], r.idfs[w])
		}
	}
	return nearWeight*near + titleWeight*title
}

// wordTable leads from a word's hash in the forward file to the words of the query it stands for, as bits.
type wordTable struct {
	bloom [1 << 8]uint64 // by the hash's low 14 bits
	words map[uint32]uint32
}

func (t *wordTable) add(hash, bit uint32) {
	t.bloom[hash>>6&0xff] |= 1 << (hash & 63)
	t.words[hash] |= bit
}

func (t *wordTable) get(hash uint32) uint32 {
	if t.bloom[hash>>6&0xff]&(1<<(hash&63)) == 0 {
		return 0
	}
	return t.words[hash]
}

func (r *run) wordTable() *wordTable {
	t := &wordTable{words: make(map[uint32]uint32, 64)}
	for i := range r.plan.Words[:min(len(r.plan.Words), maxNearWords)] {
		for _, a := range r.plan.Words[i].Alternatives {
			if a.Field == search.FieldStem && len(a.Terms) == 1 {
				t.add(schema.Hash(a.Terms[0]), 1<<i)
			}
		}
	}
	return t
}

// places reads a document's words once. near is what neighbouring words of the query add: for every two words that follow each other in
// the query, the lesser one's weight by how close they come. title is the share of the query in the title, times that of the title
// in the query.
func (r *run) places(doc, mask uint32, table *wordTable) (near, title float32) {
	n := min(len(r.plan.Words), maxNearWords)
	var last [maxNearWords]int // position + 1 of each word's last occurrence
	var best [maxNearWords]int // distance of each word from the one before it in the query
	inTitle, titleWords, titleHits := uint32(0), 0, 0
	titleOpen := true
	data := r.x.forward.words(doc)
	for i, pos := 0, 1; i < len(data); i, pos = i+schema.HashBytes, pos+1 {
		hash := hashAt(data, i)
		if hash == schema.Break {
			if mask&(mask-1) == 0 { // one word has no neighbours
				break
			}
			titleOpen = false
			pos += nearWindow // nothing is near across a break
			continue
		}
		bits := table.get(hash)
		if titleOpen {
			titleWords++
			if bits != 0 {
				inTitle |= bits
				titleHits++
			}
		}
		if bits == 0 {
			continue
		}
		for w := range n {
			if bits&(1<<w) == 0 {
				continue
			}
			if w > 0 && last[w-1] > 0 && bits&(1<<(w-1)) == 0 {
				closer(&best[w], pos-last[w-1])
			}
			if w+1 < n && last[w+1] > 0 && bits&(1<<(w+1)) == 0 {
				closer(&best[w+1], pos-last[w+1]+1) // the other way round is a step further
			}
			last[w] = pos
		}
	}
	for w := 1; w < n; w++ {
		if d := best[w]; d > 0 && d <= nearWindow {
			near += nearWeight * min(r.idfs[w-1], r.idfs[w]) / float32(d)
		}
	}
	if titleHits > 0 {
		var has float32
		for w := range n {
			if inTitle&(1<<w) != 0 {
				has += r.idfs[w]
			}
		}
		title = titleWeight * has * float32(titleHits) / float32(titleWords)
	}
	return near, title
}

func closer(best *int, distance int) {
	if *best == 0 || distance < *best {
		*best = distance
	}
}
