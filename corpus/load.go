package corpus

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// fingerprintVersion is a part of every fingerprint. It changes when the same files come to mean other cases.
const fingerprintVersion = "vidensbank corpus 1"

// taxonomyFolder and casesFolder are the names by which the parts of a corpus are found.
const (
	taxonomyFolder = "taxonomy"
	casesFolder    = "cases"
)

//go:embed cases
var embeddedCases embed.FS

// Corpus is a set of cases with its taxonomy, checked and ready to be read. It may be used by several goroutines.
type Corpus struct {
	taxonomy    *Taxonomy
	cases       []*Case // of a folder, by id
	lines       string  // the path of a .jsonl file, "" for a folder
	size        int
	fingerprint string
	vocabulary  []byte // the digest of the taxonomy's files
	warnings    []string
}

// Taxonomy returns what the cases are sorted by: for a .jsonl file the embedded one, for the labels of the values that it knows.
func (c *Corpus) Taxonomy() *Taxonomy { return c.taxonomy }

// OpenTaxonomy tells that facet values are whatever the file says, as in a .jsonl file: they need not be in the taxonomy.
func (c *Corpus) OpenTaxonomy() bool { return c.lines != "" }

// Fingerprint is a hex digest of the contents of the cases and the taxonomy: the same for the same contents, wherever they lie.
func (c *Corpus) Fingerprint() string { return c.fingerprint }

// Size is the number of cases.
func (c *Corpus) Size() int { return c.size }

// Warnings lists, in Danish, what isn't wrong but may not be meant: keys of a .jsonl file that are passed over, a corpus without cases.
func (c *Corpus) Warnings() []string { return slices.Clone(c.warnings) }

// Cases reads the cases one after the other: those of a folder by id, those of a .jsonl file in its order, read from the file anew
// each time. The cases belong to the corpus and aren't to be changed. An error ends the reading: the context's, or a file that has
// changed since it was opened, which is found at the latest after the last case.
func (c *Corpus) Cases(ctx context.Context) iter.Seq2[*Case, error] {
	if c.lines != "" {
		return func(yield func(*Case, error) bool) { c.stream(ctx, yield) }
	}
	return func(yield func(*Case, error) bool) {
		for _, one := range c.cases {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			if !yield(one, nil) {
				return
			}
		}
	}
}

func (c *Corpus) stream(ctx context.Context, yield func(*Case, error) bool) {
	f, err := os.Open(c.lines)
	if err != nil {
		yield(nil, err)
		return
	}
	defer f.Close()
	digest := sha256.New()
	stopped := false
	cases, faults, err := scan(io.TeeReader(f, digest), c.lines, func(string, int) {}, func(one *Case, _ *reporter, _ int) bool {
		if err := ctx.Err(); err != nil {
			yield(nil, err)
			stopped = true
		} else {
			stopped = !yield(one, nil)
		}
		return !stopped
	})
	switch {
	case stopped:
	case err != nil:
		yield(nil, err)
	case len(faults) > 0:
		yield(nil, &FaultsError{Faults: faults})
	case cases != c.size || fingerprint(digest.Sum(nil), c.vocabulary) != c.fingerprint:
		yield(nil, fmt.Errorf("%s er ændret, siden den blev åbnet", c.lines))
	}
}

// fingerprint joins the digests of the cases and of the taxonomy.
func fingerprint(cases, taxonomy []byte) string {
	return hex.EncodeToString(sum(fingerprintVersion, hex.EncodeToString(cases), hex.EncodeToString(taxonomy)))
}

// sum digests strings, each apart from the next.
func sum(parts ...string) []byte {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s\n", len(p), p)
	}
	return h.Sum(nil)
}

// Embedded loads the corpus that is built into the program.
func Embedded() (*Corpus, error) {
	cases, err := fs.Sub(embeddedCases, casesFolder)
	if err != nil {
		return nil, err
	}
	loaded, err := loadFolder(folder{cases: cases, label: "corpus/cases/", name: casesFolder})
	if err != nil {
		return nil, err
	}
	return loaded.corpus()
}

// Open loads the corpus at path: a folder of Markdown files, a folder that holds such a folder as cases, or a .jsonl file. The
// taxonomy of a folder is the folder taxonomy in it, or beside it where it's named cases or lies in a folder named cases; files that it lacks come from
// the embedded taxonomy. Wrong files give a *FaultsError with all faults.
func Open(path string) (*Corpus, error) {
	loaded, err := load(path)
	if err != nil {
		return nil, err
	}
	return loaded.corpus()
}

// Check reads the corpus at path like [Open], which may also be a single .md file, and returns the number of cases that it looked at
// and every fault of every file, sorted by file and line. The error tells that path can't be read at all.
func Check(path string) (cases int, faults []Fault, err error) {
	loaded, err := load(path)
	if err != nil {
		return 0, nil, err
	}
	return loaded.size, loaded.faults, nil
}

// loaded is a corpus with its faults.
type loaded struct {
	Corpus
	faults []Fault
}

func (l *loaded) corpus() (*Corpus, error) {
	if err := faultsOrNil(l.faults); err != nil {
		return nil, err
	}
	return &l.Corpus, nil
}

func load(name string) (*loaded, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s findes ikke (tilladt: en mappe med .md-filer eller en .jsonl-fil): %w", name, err)
	case err != nil:
		return nil, err
	case info.IsDir():
		return loadPath(name, "")
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s er ikke en almindelig fil (tilladt: en mappe med .md-filer eller en .jsonl-fil)", name)
	case strings.EqualFold(filepath.Ext(name), ".jsonl"):
		return loadLines(name)
	case isMarkdown(name):
		return loadPath(filepath.Dir(name), filepath.Base(name))
	default:
		return nil, fmt.Errorf("%s kan ikke læses som cases (tilladt: en mappe med .md-filer eller en .jsonl-fil)", name)
	}
}

func isMarkdown(name string) bool { return strings.EqualFold(path.Ext(name), ".md") }

// loadPath loads the folder dir, or one file of it.
func loadPath(dir, only string) (*loaded, error) {
	if info, err := os.Stat(filepath.Join(dir, casesFolder)); err == nil && info.IsDir() && only == "" {
		dir = filepath.Join(dir, casesFolder)
	}
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	// An os.Root follows no link that leads out of it.
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	f := folder{cases: root.FS(), label: slashed(dir), name: filepath.Base(absolute), only: only}
	own, err := findTaxonomy(dir, absolute)
	if err != nil {
		return nil, err
	}
	if own != "" {
		taxonomy, err := os.OpenRoot(own)
		if err != nil {
			return nil, err
		}
		defer taxonomy.Close()
		f.taxonomy, f.taxonomyLabel = taxonomy.FS(), slashed(own)
	}
	return loadFolder(f)
}

// slashed gives a folder's name as the start of its files' names; the current folder needs none.
func slashed(dir string) string {
	if dir = filepath.Clean(dir); dir == "." {
		return ""
	}
	return strings.TrimSuffix(dir, string(filepath.Separator)) + string(filepath.Separator)
}

// findTaxonomy returns the folder of the taxonomy that belongs to the cases in dir, or "": the one in it, or the one beside the nearest
// folder named cases that dir is or lies in.
func findTaxonomy(dir, absolute string) (string, error) {
	if own := filepath.Join(dir, taxonomyFolder); isTaxonomy(own) {
		return own, nil
	}
	for at := absolute; at != filepath.Dir(at); at = filepath.Dir(at) {
		if filepath.Base(at) != casesFolder {
			continue
		}
		beside := filepath.Join(filepath.Dir(at), taxonomyFolder)
		if !isTaxonomy(beside) {
			return "", nil
		}
		relative, err := filepath.Rel(absolute, beside)
		return filepath.Join(dir, relative), err
	}
	return "", nil
}

// isTaxonomy tells a folder of a taxonomy from one that happens to have the name: it holds at least one of its files.
func isTaxonomy(dir string) bool {
	return slices.ContainsFunc(taxonomyFiles, func(name string) bool {
		info, err := os.Stat(filepath.Join(dir, name))
		return err == nil && info.Mode().IsRegular()
	})
}

// folder says where the files of a corpus lie.
type folder struct {
	cases         fs.FS
	label         string // what the name of a file starts with in faults
	name          string // of the folder itself
	only          string // one file of it, "" for all
	taxonomy      fs.FS  // nil for the embedded one
	taxonomyLabel string
}

func loadFolder(f folder) (*loaded, error) {
	taxonomy, vocabulary, faults, err := readTaxonomy(f.taxonomy, f.taxonomyLabel)
	if err != nil {
		return nil, err
	}
	names, walkFaults, err := f.find()
	if err != nil {
		return nil, err
	}
	faults = append(faults, walkFaults...)

	type result struct {
		parsedCase
		faults []Fault
		digest [sha256.Size]byte
	}
	results := make([]result, len(names))
	thisYear := time.Now().Year()
	var wait sync.WaitGroup
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), len(names)) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(names); i = int(next.Add(1)) - 1 {
				name, one := names[i], &results[i]
				label := f.label + filepath.FromSlash(name)
				data, err := readCase(f.cases, name)
				if err != nil {
					one.parsedCase, one.faults = parsedCase{value: &Case{}, idLine: 1}, []Fault{{label, 1, "filen kan ikke læses: " + err.Error()}}
					continue
				}
				one.digest = sha256.Sum256(data)
				where := caseFile{label: label, base: path.Base(name), folder: path.Base(path.Dir(name)), inLayout: f.name == casesFolder}
				if path.Dir(name) == "." {
					where.folder = f.name
				}
				one.parsedCase, one.faults = parseCase(where, data, taxonomy, thisYear)
			}
		})
	}
	wait.Wait()

	out := &loaded{Corpus: Corpus{taxonomy: taxonomy, vocabulary: vocabulary, size: len(names)}}
	digest := sha256.New()
	byID := make(map[string]string, len(names))
	for i, r := range results {
		label := f.label + filepath.FromSlash(names[i])
		fmt.Fprintf(digest, "%s %x\n", names[i], r.digest)
		faults = append(faults, r.faults...)
		if first, taken := byID[r.value.ID]; taken && r.value.ID != "" {
			faults = append(faults, Fault{label, r.idLine, fmt.Sprintf("id %s bruges allerede i %s", quote(r.value.ID), first)})
		} else {
			byID[r.value.ID] = label
		}
		out.cases = append(out.cases, r.value)
	}
	slices.SortStableFunc(out.cases, func(a, b *Case) int { return strings.Compare(a.ID, b.ID) })
	sortFaults(faults)
	out.faults = faults
	out.fingerprint = fingerprint(digest.Sum(nil), vocabulary)
	if len(names) == 0 {
		out.warnings = append(out.warnings, strings.TrimSuffix(f.label, "/")+": mappen har ingen .md-filer")
	}
	return out, nil
}

// find lists the Markdown files of the folder, sorted by name, passing over hidden files and folders and the taxonomy.
func (f folder) find() (names []string, faults []Fault, err error) {
	if f.only != "" {
		return []string{f.only}, nil, nil
	}
	err = fs.WalkDir(f.cases, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return err
		case err != nil:
			faults = append(faults, Fault{f.label + filepath.FromSlash(name), 1, "mappen kan ikke læses: " + err.Error()})
			return fs.SkipDir
		case name != "." && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
		case entry.IsDir():
			if name == taxonomyFolder {
				return fs.SkipDir
			}
		case isMarkdown(name):
			names = append(names, name)
		}
		return nil
	})
	slices.Sort(names)
	return names, faults, err
}

// readCase reads a file, no more of it than tells that it is too large.
func readCase(folder fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(folder, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("den er ikke en almindelig fil")
	}
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxFileBytes+1))
}

// loadLines reads a .jsonl file through once. It keeps a hash of eight bytes for each id and the line it stands on, and no case.
func loadLines(name string) (*loaded, error) {
	taxonomy, vocabulary, faults, err := readTaxonomy(nil, "")
	if err != nil {
		return nil, err
	}
	if err := faultsOrNil(faults); err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	out := &loaded{Corpus: Corpus{taxonomy: taxonomy, vocabulary: vocabulary, lines: name}}
	digest := sha256.New()
	seed, ids := maphash.MakeSeed(), make(map[uint64]int32)
	unknown := make(map[string]bool)
	out.size, out.faults, err = scan(io.TeeReader(f, digest), name, func(key string, line int) {
		if unknown[key] || len(unknown) > maxWarnings {
			return
		}
		unknown[key] = true
		if len(unknown) > maxWarnings {
			out.warnings = append(out.warnings, fmt.Sprintf("%s:%d: … og flere ukendte nøgler", name, line))
			return
		}
		out.warnings = append(out.warnings, fmt.Sprintf("%s:%d: ukendt nøgle %s springes over (tilladt: %s)", name, line, quote(key), strings.Join(lineKeys, ", ")))
	}, func(c *Case, r *reporter, line int) bool {
		hash := maphash.String(seed, c.ID)
		if first, taken := ids[hash]; taken {
			r.add(line, "id %s bruges allerede på linje %d", quote(c.ID), first)
		} else {
			ids[hash] = int32(line)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	out.fingerprint = fingerprint(digest.Sum(nil), vocabulary)
	if out.size == 0 {
		out.warnings = append(out.warnings, name+": filen har ingen linjer")
	}
	return out, nil
}
