package embedded

import (
	"cmp"
	"slices"
)

// entry is a ranked document.
type entry struct {
	doc   uint32
	key   int32 // what comes before relevance; higher is better
	score float32
}

// better orders by key, then score, then the corpus' order.
func (a entry) better(b entry) bool {
	if a.key != b.key {
		return a.key > b.key
	}
	if a.score != b.score {
		return a.score > b.score
	}
	return a.doc < b.doc
}

// topList keeps the best entries offered, as a heap with the worst on top.
type topList struct {
	limit int
	heap  []entry
}

func (t *topList) offer(e entry) {
	if len(t.heap) < t.limit {
		t.heap = append(t.heap, e)
		t.up(len(t.heap) - 1)
		return
	}
	if t.limit == 0 || !e.better(t.heap[0]) {
		return
	}
	t.heap[0] = e
	t.down()
}

func (t *topList) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !t.heap[parent].better(t.heap[i]) {
			return
		}
		t.heap[parent], t.heap[i] = t.heap[i], t.heap[parent]
		i = parent
	}
}

func (t *topList) down() {
	i := 0
	for {
		worst := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(t.heap); child++ {
			if t.heap[worst].better(t.heap[child]) {
				worst = child
			}
		}
		if worst == i {
			return
		}
		t.heap[i], t.heap[worst] = t.heap[worst], t.heap[i]
		i = worst
	}
}

// sorted returns the entries, best first. The list is used up.
func (t *topList) sorted() []entry {
	sortEntries(t.heap)
	return t.heap
}

func sortEntries(e []entry) {
	slices.SortFunc(e, func(a, b entry) int {
		return cmp.Or(cmp.Compare(b.key, a.key), cmp.Compare(b.score, a.score), cmp.Compare(a.doc, b.doc))
	})
}
