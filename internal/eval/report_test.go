package eval

import (
	"reflect"
	"strings"
	"testing"
)

// sample is three queries with two systems: ours finds the first two, the other one finds the second, at rank 2, and the third.
func sample() ([]Query, []*Run) {
	queries := []Query{
		{"plain-01", "plain", SetDev, "støj", map[string]int{"én": 2}},
		{"plain-02", "plain", SetTest, "larm", map[string]int{"to": 1, "tre": 2}},
		{"typo-01", "typo", SetDev, "støjj", map[string]int{"én": 1}},
	}
	return queries, []*Run{
		{Name: "vidensbank", Answers: map[string][]string{"plain-01": {"én", "x"}, "plain-02": {"tre", "y", "to", "z", "æ"}}},
		{Name: "bleve-da", Answers: map[string][]string{"plain-01": {"x"}, "plain-02": {"x", "tre"}, "typo-01": {"én"}}, Refused: 1},
	}
}

func TestAReportHasFiguresByKindBySetAndInAll(t *testing.T) {
	queries, runs := sample()
	r := NewReport(queries, SetAll, runs, 0)
	// plain-02: ours 3 + 0.5 of 3 + 0.630930; theirs 3 × 0.630930 of the same
	ours, theirs := 3.5/3.6309297535714573, 3*0.6309297535714574/3.6309297535714573
	for _, test := range []struct {
		name string
		got  Group
		n    int
		want Figures
	}{
		{"our plain", r.Systems[0].Kinds["plain"], 2, Figures{(1 + ours) / 2, 1, 1, 1, 0}},
		{"our typo", r.Systems[0].Kinds["typo"], 1, Figures{0, 0, 0, 0, 1}},
		{"our dev", r.Systems[0].Sets[SetDev], 2, Figures{0.5, 0.5, 0.5, 0.5, 0.5}},
		{"our all", r.Systems[0].All, 3, Figures{(1 + ours) / 3, 2.0 / 3, 2.0 / 3, 2.0 / 3, 1.0 / 3}},
		{"their plain", r.Systems[1].Kinds["plain"], 2, Figures{theirs / 2, 0.25, 0.25, 0, 0}},
		{"their all", r.Systems[1].All, 3, Figures{(theirs + 1) / 3, 0.5, 0.5, 1.0 / 3, 0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.got.Queries != test.n {
				t.Errorf("%d queries, want %d", test.got.Queries, test.n)
			}
			near(t, test.got.Figures, test.want)
		})
	}
	if len(r.Worst) != 0 {
		t.Errorf("%d single queries without being asked for", len(r.Worst))
	}
}

func TestTheWorstQueriesComeFirstWithTheRanksOfTheirCases(t *testing.T) {
	queries, runs := sample()
	r := NewReport(queries, SetAll, runs, 2)
	if len(r.Worst) != 2 || r.Worst[0].ID != "typo-01" || r.Worst[1].ID != "plain-02" {
		t.Fatalf("got %v, want typo-01 and plain-02", r.Worst)
	}
	if want := []Placed{{"tre", 2, 1}, {"to", 1, 3}}; !reflect.DeepEqual(r.Worst[1].Relevant, want) {
		t.Errorf("relevant %v, want %v", r.Worst[1].Relevant, want)
	}
	if want := []string{"tre", "y", "to"}; !reflect.DeepEqual(r.Worst[1].Top, want) {
		t.Errorf("top %v, want %v", r.Worst[1].Top, want)
	}
	if got := NewReport(queries, SetAll, runs, 99).Worst; len(got) != 3 {
		t.Errorf("%d queries when more are asked for than there are, want 3", len(got))
	}
}

func TestTheTablesStandInColumns(t *testing.T) {
	queries, runs := sample()
	r := NewReport(queries, SetAll, runs, 1)
	r.Cases = 4
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	want := `3 queries, 4 cases
note: 1 queries that bleve-da refused; they count as queries without a hit

nDCG@10           n  vidensbank    bleve-da  difference
typo              1       0.000       1.000      -1.000
plain             2       0.982       0.261      +0.721
dev               2       0.500       0.500      +0.000
test              1       0.964       0.521      +0.443
all               3       0.655       0.507      +0.148

vidensbank        n   nDCG@10    MRR@10  recall@20  success@1   no hit
typo              1     0.000     0.000      0.000      0.000    1.000
plain             2     0.982     1.000      1.000      1.000    0.000
dev               2     0.500     0.500      0.500      0.500    0.500
test              1     0.964     1.000      1.000      1.000    0.000
all               3     0.655     0.667      0.667      0.667    0.333

bleve-da          n   nDCG@10    MRR@10  recall@20  success@1   no hit
typo              1     1.000     1.000      1.000      1.000    0.000
plain             2     0.261     0.250      0.250      0.000    0.000
dev               2     0.500     0.500      0.500      0.500    0.000
test              1     0.521     0.500      0.500      0.000    0.000
all               3     0.507     0.500      0.500      0.333    0.000

The worst of vidensbank, with the ranks of the relevant cases within the first 20:

0.000  typo-01  støjj
1.000  bleve-da
       -  grade 1  én
     top  no hit
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}
