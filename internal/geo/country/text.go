package country

import "strings"

// maxWords is the length of the longest name in words, with some room.
const maxWords = 12

// InText returns the codes of the countries that a sentence names, in order of
// their first mention, each once: names, other names and adjectives as whole
// words; abbreviations such as US only in capitals; no two-letter codes
// besides, because most of them are also words. It reads at most the first
// 4096 bytes.
func InText(text string) []string {
	if len(text) > 4096 {
		text = text[:4096]
	}
	words := strings.FieldsFunc(text, func(r rune) bool {
		return strings.ContainsRune(" \t\r\n\"“”«»!?;:/+=%", r)
	})
	var found []string
	seen := map[int]bool{}
	for i := 0; i < len(words); {
		n, e := match(words[i:])
		if n == 0 {
			i++
			continue
		}
		if !seen[e] {
			seen[e] = true
			found = append(found, entries[e].code)
		}
		i += n
	}
	return found
}

// match finds the longest name that the words begin with.
func match(words []string) (n, e int) {
	for n := min(len(words), maxWords); n > 0; n-- {
		phrase := strings.Join(words[:n], " ")
		p := plain(phrase)
		for _, form := range []string{p, strings.TrimSuffix(strings.TrimSuffix(p, "'"), "'s")} {
			if i, ok := byName[form]; ok && spelled(entries[i], phrase, form) {
				return n, i
			}
		}
	}
	return 0, 0
}

// spelled reports whether the phrase counts as a mention in running text.
func spelled(e entry, phrase, form string) bool {
	for _, s := range append([]string{e.name}, e.other...) {
		if plain(s) != form {
			continue
		}
		if s == strings.ToUpper(s) { // an abbreviation
			letters := strings.ToUpper(form)
			return strings.HasPrefix(strings.NewReplacer(".", "", ",", "", "(", "", ")", "").Replace(strings.TrimPrefix(strings.TrimPrefix(phrase, "the "), "The ")), letters)
		}
		return true
	}
	return false
}
