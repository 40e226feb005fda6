package main

import "context"

// task is what an engine is asked to do.
type task int

// The tasks, as the table names them.
const (
	taskTop     task = iota // the ten best, and how many there are
	taskCounts              // and the counts of all facets
	taskFilter              // with a chosen value in each facet, each counted without its own filter
	taskLanding             // all documents, and the counts of all facets
)

var tasks = []task{taskTop, taskCounts, taskFilter, taskLanding}

func (t task) String() string {
	return [...]string{
		"(a) top ten, exact total", "(b) + counts of three facets", "(c) a filter in each facet, counts without the own one", "landing page: all cases, all counts",
	}[t]
}

// hitsWanted is the size of a page in all measurements.
const hitsWanted = 10

// engine is one of the two that are compared.
type engine interface {
	ask(ctx context.Context, t task, q query) (answer, error)
}

// answer is what both engines say in the end. Reading it out isn't part of what is measured.
type answer interface {
	total() int
	counts(facet string) map[string]int // values with a count above 0
}
