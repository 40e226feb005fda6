package corpus

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// The patterns find candidates; the functions below decide. Digits inside addresses (URLs) are blanked first.
var (
	urlPattern   = regexp.MustCompile(`(?i)\b(?:https?://|www\.)[^\s<>"')\]}]+`)
	emailPattern = regexp.MustCompile(`(?i)[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}`)
	cprPattern   = regexp.MustCompile(`\d{6}[-–\x{2010}\x{2011} \x{a0}]?\d{4}`)
	phonePattern = regexp.MustCompile(`(?:\+|00)45[ .\x{a0}\x{2009}\x{202f}-]?(?:\d[ .\x{a0}\x{2009}\x{202f}-]?){7}\d` + // with the country's code
		`|\d\d(?: \d\d){3}|\d\d(?:\x{a0}\d\d){3}|\d\d(?:\x{202f}\d\d){3}|\d\d(?:\.\d\d){3}|\d\d(?:-\d\d){3}` + // 2-2-2-2
		`|\d{4}[ \x{a0}]\d{4}` + // 4-4
		`|\d{8}`)
	// What stands around eight digits when they are no phone number: a company's number, a book's, a unit.
	numberBefore = regexp.MustCompile(`(?i)\b(?:(?:cvr|ean|isbn|issn)(?:[- ]?(?:nr|nummer))?|(?:se|p|j|journal|sags?)\.?[- ]?(?:nr|nummer))\.?[: \x{a0}]*$`)
	unitAfter    = regexp.MustCompile(`(?i)^[ \x{a0}]*(?:kr\b|kroner|dkk|mio|mia|pct|procent|%)`)
)

// private lists what a line holds that could lead to a person: e-mail addresses, CPR numbers, phone numbers.
func private(line string) []string {
	var found []string
	if strings.Contains(line, "@") {
		for _, e := range emailPattern.FindAllString(line, -1) {
			found = append(found, "e-mailadresse "+quote(e))
		}
	}
	if !manyDigits(line) {
		return found
	}
	if strings.Contains(line, "://") || strings.Contains(strings.ToLower(line), "www.") {
		line = urlPattern.ReplaceAllStringFunc(line, func(s string) string { return strings.Repeat("x", len(s)) })
	}
	for _, m := range cprPattern.FindAllStringIndex(line, -1) {
		if standsAlone(line, m[0], m[1], joints) && birthDate(line[m[0]:m[0]+6]) {
			found = append(found, "CPR-lignende tal "+quote(line[m[0]:m[1]]))
			line = line[:m[0]] + strings.Repeat("x", m[1]-m[0]) + line[m[1]:]
		}
	}
	for _, m := range phonePattern.FindAllStringIndex(line, -1) {
		text, around := line[m[0]:m[1]], joints
		if len(digitsOf(text)) == 8 && len(text) > 8 {
			around += spaces
		}
		if standsAlone(line, m[0], m[1], around) && phoneLike(text, line[:m[0]], line[m[1]:]) {
			found = append(found, "telefonnummer "+quote(text))
		}
	}
	return found
}

// manyDigits spares the patterns the lines that can't hold a number of eight digits: nearly all.
func manyDigits(line string) bool {
	n := 0
	for i := range len(line) {
		if line[i] >= '0' && line[i] <= '9' {
			n++
		}
	}
	return n >= 8
}

// What joins the groups of one number: always, and where the number itself is written in groups.
const (
	joints = ".,-–"
	spaces = " \u00a0\u2009\u202f"
)

// standsAlone tells that the number from start to end isn't a part of a longer one: 12.34.56.78 of 12.34.56.78.90.
func standsAlone(line string, start, end int, joints string) bool {
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	last, size := utf8.DecodeLastRuneInString(line[:start])
	previous, _ := utf8.DecodeLastRuneInString(line[:start-size])
	if digit(last) || strings.ContainsRune(joints, last) && digit(previous) {
		return false
	}
	next, size := utf8.DecodeRuneInString(line[end:])
	after, _ := utf8.DecodeRuneInString(line[end+size:])
	return !digit(next) && !(strings.ContainsRune(joints, next) && digit(after))
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func number(digits string) int {
	n := 0
	for _, r := range digits {
		n = n*10 + int(r-'0')
	}
	return n
}

// birthDate tells whether ddmmyy is a date, also with 60 added to the day, as in substitute CPR numbers.
func birthDate(digits string) bool {
	day, month := number(digits[:2]), number(digits[2:4])
	if day > 60 {
		day -= 60
	}
	return month >= 1 && month <= 12 && day >= 1 && day <= [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

// year tells the numbers that stand for years in running text.
func year(n int) bool { return n >= 1800 && n <= 2099 }

// phoneLike tells whether a number of the pattern is a phone number and not two years, a date, an amount or another register's number.
func phoneLike(s, before, after string) bool {
	if s[0] == '+' || strings.HasPrefix(s, "0045") {
		return true
	}
	if numberBefore.MatchString(before) || unitAfter.MatchString(after) {
		return false
	}
	digits := digitsOf(s)
	a, b := number(digits[:4]), number(digits[4:])
	if len(s) == len(digits) { // 20130531, 31052013
		isDate := year(a) && birthDate(digits[6:]+digits[4:6]+"00") || year(b) && birthDate(digits[:4]+"00")
		return !isDate
	}
	if s[2] >= '0' && s[2] <= '9' { // 4-4
		return !year(a) || !year(b)
	}
	return true
}
