// Package analyzers is the Danish text analysis of Vidensbank, the same at both ends: what the indexer writes and what a query
// looks for are made by one Analyzer. It knows no other package of the project.
//
// A text goes through these steps, in this order:
//
//  1. Tokenize cuts it into words, each with its byte offsets; the text itself stays as it is.
//  2. Normal gives a word its one spelling: Århus == Aarhus == århus, arbejdsmiljoe == arbejdsmiljø, idé == ide,
//     but not arbejdsmiljo == arbejdsmiljø (that is a typo, met by the query's spelling variants).
//  3. Stem is Snowball's Danish stem of the normal form: forebyggelse == forebyggende.
//  4. Base mends the stem where Danish is irregular (børn == barn, mænd == mand) and where Snowball joins what is different.
//     Base is the key that index and query share.
//  5. Split cuts a compound into its parts: stressforebyggende = stress + forebyggende. Parts are keys of a field of their own.
//
// Traps: a stop word is only one in lower case ("MED" is the committee system, "med" is with); the linking element belongs to no
// part (trivsel|s|måling); offsets are bytes of the original text, never of the normal form.
package analyzers
