package search

import "context"

// Plan makes the plan of a query, as Search and Find execute it, with counts of the given facets.
func (s *Service) Plan(ctx context.Context, q Query, facets []string) (*Plan, error) {
	var plan *Plan
	err := s.withPlan(ctx, q, facets, func(_ *served, p *Plan) error {
		plan = p
		return nil
	})
	return plan, err
}

// Find plans and executes a query, past the cache, and leaves it at that: the found documents' numbers, without reading the documents.
// It's what Search does first, for those who count or measure.
func (s *Service) Find(ctx context.Context, q Query, facets []string) (*Answer, error) {
	var answer *Answer
	err := s.withPlan(ctx, q, facets, func(g *served, p *Plan) error {
		var err error
		answer, err = g.Engine.Execute(ctx, p)
		return err
	})
	return answer, err
}

// withPlan makes the plan of a query and lends it with the generation that it was made for.
func (s *Service) withPlan(ctx context.Context, q Query, facets []string, use func(*served, *Plan) error) error {
	q, err := normalise(q)
	if err != nil {
		return err
	}
	g, err := s.enter()
	if err != nil {
		return err
	}
	defer s.leave(g)
	p, err := g.plan(ctx, q, facets)
	if err != nil {
		return err
	}
	return use(g, &p.Plan)
}

// plan makes the plan of a normalised query.
func (g *served) plan(ctx context.Context, q Query, facets []string) (*planned, error) {
	p, err := g.planner.plan(ctx, q.Text)
	if err != nil {
		return nil, err
	}
	p.Filters, p.Facets, p.Sort = q.Filters, facets, q.Sort
	p.Offset, p.Limit = (q.Page-1)*q.Size, q.Size
	return p, nil
}
