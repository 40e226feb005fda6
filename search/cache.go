package search

import (
	"container/list"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// maxCacheBytes bounds the results kept of one generation: some thousand pages of results, a fifth of the idle memory we allow ourselves.
const maxCacheBytes = 12 << 20

// resultCache keeps the results of repeated queries, the last used ones, bounded in bytes. It lives and dies with its generation, so
// that nothing in it is ever stale.
type resultCache struct {
	mu    sync.Mutex
	max   int
	bytes int
	order *list.List // of *cached, last used first
	items map[string]*list.Element
}

type cached struct {
	key    string
	result *Result
	bytes  int
}

func newResultCache(maxBytes int) *resultCache {
	return &resultCache{max: maxBytes, order: list.New(), items: map[string]*list.Element{}}
}

// cacheKey is equal for queries that mean the same.
func cacheKey(q Query) string {
	var b strings.Builder
	b.WriteString(q.Text)
	for _, facet := range slices.Sorted(maps.Keys(q.Filters)) {
		b.WriteString("\x00" + facet)
		for _, v := range slices.Sorted(slices.Values(q.Filters[facet])) {
			b.WriteString("\x01" + v)
		}
	}
	b.WriteString("\x00" + string(q.Sort) + "\x00" + strconv.Itoa(q.Page) + "\x00" + strconv.Itoa(q.Size) + "\x00" + strconv.FormatBool(q.Explain))
	return b.String()
}

// get returns a copy of a kept result; what it points to is shared and must not be changed.
func (c *resultCache) get(key string) (*Result, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.items[key]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	r := *e.Value.(*cached).result
	return &r, true
}

func (c *resultCache) put(key string, r *Result) {
	n := len(key) + r.size()
	if n > c.max/4 { // one answer must not push out all others
		return
	}
	kept := *r
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.items[key]; ok {
		return
	}
	c.items[key] = c.order.PushFront(&cached{key, &kept, n})
	c.bytes += n
	for c.bytes > c.max {
		last := c.order.Back()
		old := c.order.Remove(last).(*cached)
		delete(c.items, old.key)
		c.bytes -= old.bytes
	}
}

// size is about what a result takes in memory: its strings, and a fixed part for each value.
func (r *Result) size() int {
	const hit, value = 600, 48
	n := hit
	for i := range r.Hits {
		h := &r.Hits[i]
		n += hit + len(h.Title) + len(h.Summary) + len(h.Highlight.Title) + len(h.Highlight.Text) + len(h.Explain)*100
		for _, s := range h.Sections {
			n += len(s.Body) + len(s.Heading)
		}
	}
	for _, f := range r.Facets {
		n += len(f.Values) * value
	}
	return n
}
