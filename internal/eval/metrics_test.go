package eval

import (
	"fmt"
	"math"
	"testing"
)

// numbered makes n ids that no judgment knows.
func numbered(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("andet-%d", i+1)
	}
	return out
}

func TestFiguresAgreeWithComputationsByHand(t *testing.T) {
	// Discounts by rank: 1/log2(2) = 1, 1/log2(3) = 0.630930, 1/log2(4) = 0.5, 1/log2(5) = 0.430677. Gains: grade 1 is 1, 2 is 3, 3 is 7.
	many := map[string]int{}
	var best []string
	for i := range 25 {
		id := fmt.Sprintf("støj-%d", i)
		many[id] = 1
		best = append(best, id)
	}
	for _, test := range []struct {
		name   string
		answer []string
		grades map[string]int
		want   Figures
	}{
		{"the ideal order is 1 throughout", []string{"køkken", "børn", "skole"}, map[string]int{"køkken": 2, "børn": 1, "skole": 1}, Figures{1, 1, 1, 1, 0}},
		{
			// DCG 1 + 3 × 0.630930 = 2.892789; ideal 3 + 1 × 0.630930 = 3.630930
			"a swap of grades 2 and 1", []string{"børn", "køkken"}, map[string]int{"køkken": 2, "børn": 1},
			Figures{0.796708, 1, 1, 1, 0},
		},
		{
			// DCG 3 × 0.630930 + 1 × 0.430677 = 2.323466; ideal 3 + 0.630930 + 0.5 = 4.130930
			"the first hit irrelevant, one relevant case missing", []string{"x", "køkken", "y", "børn"}, map[string]int{"køkken": 2, "børn": 1, "ældre": 1},
			Figures{0.562456, 0.5, 2.0 / 3, 0, 0},
		},
		{
			// DCG 1 / log2(11) = 0.289065; ideal 1
			"found at rank 10", append(numbered(9), "ældre"), map[string]int{"ældre": 1}, Figures{0.289065, 0.1, 1, 0, 0},
		},
		{"found at rank 11 counts for recall alone", append(numbered(10), "ældre"), map[string]int{"ældre": 1}, Figures{0, 0, 1, 0, 0}},
		{"found at rank 21 counts for nothing", append(numbered(20), "ældre"), map[string]int{"ældre": 1}, Figures{}},
		{"no hit", nil, map[string]int{"ældre": 2}, Figures{0, 0, 0, 0, 1}},
		{"grade 0 is irrelevant", []string{"nul", "ældre"}, map[string]int{"nul": 0, "ældre": 1}, Figures{0.630930, 0.5, 1, 0, 0}},
		{"25 relevant cases: the ideal is cut at 10, recall is not", best, many, Figures{1, 1, 20.0 / 25, 1, 0}},
		{
			// DCG 3; ideal 7 + 3 × 0.630930 = 8.892789
			"grade 3 that isn't found", []string{"to"}, map[string]int{"tre": 3, "to": 2}, Figures{0.337352, 1, 0.5, 1, 0},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			near(t, Judge(test.answer, test.grades), test.want)
		})
	}
}

func near(t *testing.T, got, want Figures) {
	t.Helper()
	const tolerance = 1e-6
	for _, pair := range []struct {
		name      string
		got, want float64
	}{
		{"nDCG@10", got.NDCG10, want.NDCG10},
		{"MRR@10", got.MRR10, want.MRR10},
		{"recall@20", got.Recall20, want.Recall20},
		{"success@1", got.Success1, want.Success1},
		{"no hit", got.NoHit, want.NoHit},
	} {
		if math.IsNaN(pair.got) || math.Abs(pair.got-pair.want) > tolerance {
			t.Errorf("%s is %f, want %f", pair.name, pair.got, pair.want)
		}
	}
}

func TestTheMeanIsOfEachFigureAndZeroForNone(t *testing.T) {
	near(t, Mean([]Figures{{1, 1, 0.5, 1, 0}, {0.5, 0, 0.25, 0, 0}, {0, 0, 0, 0, 1}}), Figures{0.5, 1.0 / 3, 0.25, 1.0 / 3, 1.0 / 3})
	near(t, Mean(nil), Figures{})
}
