package widget

import (
	"math"
	"strconv"
)

// minContrast is what WCAG 2.2 AA asks of text (success criterion 1.4.3).
const minContrast = 4.5

// contrast is the ratio of two #rrggbb colours by WCAG 2.2, from 1 to 21.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is a #rrggbb colour's relative luminance by WCAG 2.2, from 0 to 1; 0 for what is no colour.
func luminance(color string) float64 {
	if len(color) != 7 {
		return 0
	}
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(color[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return 0
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}
