package corpus

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxIDRunes bounds a case's id: it is a part of URLs and a key of the index.
const MaxIDRunes = 200

// strange tells the characters that no text needs and that displays and formats trip over: control characters but tab and line
// break, and Unicode's noncharacters.
func strange(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' || r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef
}

// oneLine brings a value into NFC and onto one line. It is false when the value holds control characters.
func oneLine(s string) (string, bool) {
	if strings.IndexFunc(s, strange) >= 0 {
		return "", false
	}
	return norm.NFC.String(strings.Join(strings.Fields(s), " ")), true
}

// goodID tells whether an id is printable and of bearable length.
func goodID(id string) bool {
	if strings.TrimSpace(id) == "" || utf8.RuneCountInString(id) > MaxIDRunes {
		return false
	}
	for _, r := range id {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return false
		}
	}
	return true
}

// goodURL tells whether an address is one that a page may link to: http or https, with a host.
func goodURL(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && !strings.ContainsFunc(address, unicode.IsSpace)
}
