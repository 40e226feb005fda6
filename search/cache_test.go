package search

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

func resultOf(n int) *Result {
	return &Result{Total: n, Hits: []Hit{{Document: Document{Title: strings.Repeat("å", n)}}}}
}

func (c *resultCache) check(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	sum := 0
	for e := c.order.Front(); e != nil; e = e.Next() {
		sum += e.Value.(*cached).bytes
	}
	if sum != c.bytes || c.bytes > c.max || c.order.Len() != len(c.items) {
		t.Fatalf("%d bytes are counted, %d held, at most %d allowed; %d in order, %d by key", c.bytes, sum, c.max, c.order.Len(), len(c.items))
	}
}

func TestTheCacheStaysWithinItsBytes(t *testing.T) {
	c := newResultCache(50_000)
	r := rand.New(rand.NewPCG(1, 1))
	kept := 0
	for i := range 2000 {
		key := fmt.Sprintf("æ%d", r.IntN(200))
		if got, ok := c.get(key); ok {
			kept++
			if got.Hits[0].Title == "" {
				t.Fatal("a kept result is empty")
			}
			continue
		}
		c.put(key, resultOf(1+r.IntN(4000)))
		if i%50 == 0 {
			c.check(t)
		}
	}
	c.check(t)
	if kept == 0 || len(c.items) == 0 {
		t.Errorf("%d answers came from the cache, %d are in it", kept, len(c.items))
	}
}

func TestWhatWasUsedLastIsKept(t *testing.T) {
	one := len("a") + resultOf(10).size()
	c := newResultCache(4 * one)
	for _, k := range []string{"a", "b", "c", "d"} {
		c.put(k, resultOf(10))
	}
	if _, ok := c.get("a"); !ok {
		t.Fatal("the first is gone though there is room")
	}
	c.put("e", resultOf(10))
	for _, k := range []struct {
		key  string
		kept bool
	}{{"a", true}, {"b", false}, {"c", true}, {"e", true}} {
		if _, ok := c.get(k.key); ok != k.kept {
			t.Errorf("%s is kept: %v, want %v", k.key, ok, k.kept)
		}
	}
	c.check(t)
}

func TestOneLargeAnswerDoesNotPushOutTheOthers(t *testing.T) {
	c := newResultCache(10_000)
	c.put("lille", resultOf(10))
	c.put("stor", resultOf(4000))
	if _, ok := c.get("stor"); ok {
		t.Error("an answer larger than a quarter of the cache is kept")
	}
	if _, ok := c.get("lille"); !ok {
		t.Error("the small answer is gone")
	}
}

func TestQueriesThatMeanTheSameShareAKey(t *testing.T) {
	base := Query{Text: "ældre", Filters: map[string][]string{FacetTheme: {"stress", "ånd"}, FacetSector: {"skole"}}, Sort: SortRelevance, Page: 1, Size: 20}
	same := base
	same.Filters = map[string][]string{FacetSector: {"skole"}, FacetTheme: {"ånd", "stress"}}
	if cacheKey(base) != cacheKey(same) {
		t.Error("the order of filters makes another key")
	}
	if base.Filters[FacetTheme][0] != "stress" {
		t.Error("making a key has changed the query")
	}
	keys := map[string]string{cacheKey(base): "itself"}
	for rule, change := range map[string]func(*Query){
		"another text":      func(q *Query) { q.Text = "aeldre" },
		"another page":      func(q *Query) { q.Page = 2 },
		"another size":      func(q *Query) { q.Size = 2 },
		"another sort":      func(q *Query) { q.Sort = SortTitle },
		"an explanation":    func(q *Query) { q.Explain = true },
		"a filter less":     func(q *Query) { q.Filters = map[string][]string{FacetTheme: {"stress", "ånd"}} },
		"a value elsewhere": func(q *Query) { q.Filters = map[string][]string{FacetTheme: {"stress", "ånd", "skole"}} },
		"a value joined":    func(q *Query) { q.Filters = map[string][]string{FacetTheme: {"stressånd"}, FacetSector: {"skole"}} },
		"no filter":         func(q *Query) { q.Filters = nil },
	} {
		q := base
		change(&q)
		if have, ok := keys[cacheKey(q)]; ok {
			t.Errorf("%s has the key of %s", rule, have)
		}
		keys[cacheKey(q)] = rule
	}
}

func TestTheCacheIsSafeForManyAtOnce(t *testing.T) {
	c := newResultCache(20_000)
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			for i := range 500 {
				key := fmt.Sprint((i*7 + g) % 60)
				if r, ok := c.get(key); ok {
					r.Total = -1 // a caller may change its copy
					continue
				}
				c.put(key, resultOf(1+i%300))
			}
		})
	}
	wait.Wait()
	c.check(t)
	for key := range c.items {
		if r, _ := c.get(key); r.Total < 0 {
			t.Fatal("a caller's change is in the cache")
		}
	}
}
