package eval

import (
	"math"
	"slices"
)

// Depths of the figures: a page's first screen, and the whole page.
const (
	rankDepth   = 10
	recallDepth = 20
	// Depth is how many hits of an answer are looked at.
	Depth = recallDepth
)

// Figures are what is measured of an answer, or the means over several answers, each from 0 to 1. A case is relevant when its grade is above 0.
//
// For hits h1, h2, … with grades g1, g2, …:
//
//	NDCG10   = DCG(answer) / DCG(ideal), where DCG = Σ (2^gi - 1) / log2(i + 1) over the first 10,
//	           and ideal is all judged cases by falling grade, found or not
//	MRR10    = 1 / the rank of the first relevant case, 0 where none is among the first 10
//	Recall20 = the share of the relevant cases that is among the first 20; with more than 20 relevant ones it can't reach 1
//	Success1 = 1 where the first hit is relevant
//	NoHit    = 1 where the answer is empty: the one figure of which less is better
//
// The definition of nDCG is that of Burges et al. 2005 (exponential gain); trec_eval's ndcg_cut has linear gain and so gives other figures where grades are
// above 1.
type Figures struct {
	NDCG10   float64 `json:"ndcg_at_10"`
	MRR10    float64 `json:"mrr_at_10"`
	Recall20 float64 `json:"recall_at_20"`
	Success1 float64 `json:"success_at_1"`
	NoHit    float64 `json:"no_hit"`
}

// Judge measures an answer, ids by rank, against the grades of a query, which has at least one relevant case.
func Judge(answer []string, grades map[string]int) Figures {
	var f Figures
	if len(answer) == 0 {
		f.NoHit = 1
	}
	gains := make([]int, 0, rankDepth)
	found := 0
	for i, id := range answer[:min(len(answer), Depth)] {
		grade := grades[id]
		if i < rankDepth {
			gains = append(gains, grade)
		}
		if grade <= 0 {
			continue
		}
		found++
		if i == 0 {
			f.Success1 = 1
		}
		if f.MRR10 == 0 && i < rankDepth {
			f.MRR10 = 1 / float64(i+1)
		}
	}
	ideal := make([]int, 0, len(grades))
	relevant := 0
	for _, grade := range grades {
		ideal = append(ideal, grade)
		if grade > 0 {
			relevant++
		}
	}
	slices.SortFunc(ideal, func(a, b int) int { return b - a })
	if relevant > 0 {
		f.NDCG10 = dcg(gains) / dcg(ideal[:min(len(ideal), rankDepth)])
		f.Recall20 = float64(found) / float64(relevant)
	}
	return f
}

// dcg is the discounted cumulative gain of grades by rank.
func dcg(grades []int) float64 {
	var sum float64
	for i, g := range grades {
		sum += (math.Exp2(float64(g)) - 1) / math.Log2(float64(i+2))
	}
	return sum
}

// Mean is the mean of each figure; zero for none.
func Mean(all []Figures) Figures {
	var sum Figures
	for _, f := range all {
		sum.NDCG10 += f.NDCG10
		sum.MRR10 += f.MRR10
		sum.Recall20 += f.Recall20
		sum.Success1 += f.Success1
		sum.NoHit += f.NoHit
	}
	n := float64(max(len(all), 1))
	return Figures{sum.NDCG10 / n, sum.MRR10 / n, sum.Recall20 / n, sum.Success1 / n, sum.NoHit / n}
}
