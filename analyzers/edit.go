package analyzers

// Costs of slips that are likelier than others.
const (
	costSlip    = 1.0
	costForeign = 0.4 // a, o, e for å, ø, æ: another keyboard
	costDouble  = 0.6 // a doubled letter too many or too few
	costStart   = 0.3 // on top, for the first letter: it's seldom wrong
)

// EditCost is the weighted edit distance of two words (optimal string alignment: insertion, deletion, substitution, transposition
// of neighbours), in which slips that are usual in Danish cost less than 1 and a wrong first letter more.
func EditCost(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	rows := [3][]float64{}
	for i := range rows {
		rows[i] = make([]float64, len(y)+1)
	}
	for j := 1; j <= len(y); j++ {
		rows[0][j] = rows[0][j-1] + costSlip
	}
	for i := 1; i <= len(x); i++ {
		row, prev, before := rows[i%3], rows[(i-1)%3], rows[(i+1)%3]
		row[0] = float64(i) * costSlip
		for j := 1; j <= len(y); j++ {
			c := prev[j-1] + substitution(x[i-1], y[j-1])
			c = min(c, prev[j]+single(x, i-1), row[j-1]+single(y, j-1))
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				c = min(c, before[j-2]+costSlip)
			}
			row[j] = c
		}
	}
	cost := rows[len(x)%3][len(y)]
	if len(x) > 0 && len(y) > 0 && x[0] != y[0] {
		cost += costStart
	}
	return cost
}

// single is what a letter too many costs.
func single(word []rune, i int) float64 {
	if i > 0 && word[i] == word[i-1] || i+1 < len(word) && word[i] == word[i+1] {
		return costDouble
	}
	return costSlip
}

func substitution(a, b rune) float64 {
	if a == b {
		return 0
	}
	if foreign(a, b) || foreign(b, a) {
		return costForeign
	}
	return costSlip
}

func foreign(plain, danish rune) bool {
	switch danish {
	case 'å':
		return plain == 'a' || plain == 'o'
	case 'ø':
		return plain == 'o'
	case 'æ':
		return plain == 'a' || plain == 'e'
	}
	return false
}
