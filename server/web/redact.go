package web

import (
	"net/netip"
	"regexp"
	"strings"
)

var addressLike = regexp.MustCompile(`\[?[0-9A-Fa-f:.]*[.:][0-9A-Fa-f:.]*(%[0-9A-Za-z]+)?\]?(:[0-9]+)?`)

// Redact replaces network addresses in a text by a word. Errors of the standard library tell them ("write tcp a->b"), and no
// log of ours does.
func Redact(text string) string {
	return addressLike.ReplaceAllStringFunc(text, func(m string) string {
		bare := strings.TrimRight(m, ":.")
		_, withPort := netip.ParseAddrPort(bare)
		_, alone := netip.ParseAddr(strings.Trim(bare, "[]"))
		if withPort != nil && alone != nil {
			return m
		}
		return "[address]" + m[len(bare):]
	})
}
