package embedded

import (
	"encoding/binary"
	"fmt"
	"os"

	mmap "github.com/blevesearch/mmap-go"

	"github.com/vidensbank/vidensbank/internal/schema"
)

// forward is the words of every document in order, as 24-bit hashes, mapped from the generation's file.
type forward struct {
	file    *os.File
	data    mmap.MMap
	offsets []byte // docs+1 little-endian byte offsets into data
}

func openForward(path string, docs int) (*forward, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	m, err := mmap.Map(f, mmap.RDONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, closing(f, err))
	}
	table := 8 * (docs + 1)
	if len(m) < table {
		return nil, closing(f, fmt.Errorf("%w: %s is too short for %d documents", schema.ErrBroken, path, docs))
	}
	fw := &forward{file: f, data: m, offsets: m[len(m)-table:]}
	if end := fw.offset(uint32(docs)); end != uint64(len(m)-table) {
		return nil, closing(f, fmt.Errorf("%w: %s ends its words at %d, want %d", schema.ErrBroken, path, end, len(m)-table))
	}
	return fw, nil
}

func (f *forward) offset(doc uint32) uint64 { return binary.LittleEndian.Uint64(f.offsets[8*doc:]) }

// words returns a document's hashes, schema.HashBytes each.
func (f *forward) words(doc uint32) []byte { return f.data[f.offset(doc):f.offset(doc+1)] }

func (f *forward) close() error {
	err := f.data.Unmap()
	return closing(f.file, err)
}

func hashAt(b []byte, i int) uint32 {
	return uint32(b[i]) | uint32(b[i+1])<<8 | uint32(b[i+2])<<16
}

// contains tells whether a document has a run of words.
func (f *forward) contains(doc uint32, run []uint32) bool {
	b := f.words(doc)
	last := len(b) - len(run)*schema.HashBytes
next:
	for i := 0; i <= last; i += schema.HashBytes {
		for j, h := range run {
			if hashAt(b, i+j*schema.HashBytes) != h {
				continue next
			}
		}
		return true
	}
	return false
}
