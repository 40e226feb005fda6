package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Manifest describes a generation: what it was made from, and what its files must look like to be served.
type Manifest struct {
	Version    int       `json:"version"`
	Generation string    `json:"generation"`
	Made       time.Time `json:"made"`
	Corpus     string    `json:"corpus"`   // fingerprint of the cases and their taxonomy
	Analysis   string    `json:"analysis"` // fingerprint of the language data and the operator's word list
	Cases      int       `json:"cases"`
	Words      int64     `json:"words"` // in all cases, stop words included: the base of the average length
	Files      []File    `json:"files"`
}

// File is a file of a generation: path within it, size in bytes, CRC-32 (Castagnoli).
type File struct {
	Path string `json:"path"`
	Size int64  `json:"size"`
	CRC  uint32 `json:"crc"`
}

// ErrBroken says that a generation's files aren't what its manifest says.
var ErrBroken = errors.New("broken generation")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// NewFile measures a file below dir.
func NewFile(dir, path string) (File, error) {
	f, err := os.Open(filepath.Join(dir, path))
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	h := crc32.New(castagnoli)
	n, err := io.Copy(h, f)
	if err != nil {
		return File{}, err
	}
	return File{Path: filepath.ToSlash(path), Size: n, CRC: h.Sum32()}, nil
}

// ReadManifest reads and checks a generation's manifest, and every file by size and checksum: Bleve opens a cut or flipped file
// without a word. An error is ErrBroken with the file, or says which version was found and which is wanted.
func ReadManifest(dir string) (*Manifest, error) {
	b, err := os.ReadFile(filepath.Join(dir, ManifestFile))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	var m Manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrBroken, ManifestFile, err)
	}
	if m.Version != Version {
		return nil, fmt.Errorf("index format %d found, %d wanted", m.Version, Version)
	}
	if len(m.Files) == 0 {
		return nil, fmt.Errorf("%w: %s names no files", ErrBroken, ManifestFile)
	}
	for _, want := range m.Files {
		got, err := NewFile(dir, filepath.FromSlash(want.Path))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBroken, err)
		}
		if got != want {
			return nil, fmt.Errorf("%w: %s has %d bytes with checksum %08x, want %d with %08x",
				ErrBroken, want.Path, got.Size, got.CRC, want.Size, want.CRC)
		}
	}
	return &m, nil
}

// Total is the size of all files in bytes.
func (m *Manifest) Total() int64 {
	var n int64
	for _, f := range m.Files {
		n += f.Size
	}
	return n
}
