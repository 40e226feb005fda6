package indexer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"

	"github.com/vidensbank/vidensbank/internal/schema"
)

const (
	generationsDir = "generations"
	currentFile    = "CURRENT"
)

// ErrNone says that a data folder has no generation yet.
var ErrNone = errors.New("no index yet")

// Current returns the folder of the generation that serves; ErrNone where there is none. It doesn't look inside.
func Current(data string) (string, error) {
	b, err := os.ReadFile(filepath.Join(data, currentFile))
	if errors.Is(err, os.ErrNotExist) {
		return "", ErrNone
	}
	if err != nil {
		return "", err
	}
	name := strings.TrimSpace(string(b))
	if name == "" || name != filepath.Base(name) || strings.HasPrefix(name, ".") {
		return "", fmt.Errorf("%s names %q, which is no generation", filepath.Join(data, currentFile), name)
	}
	return filepath.Join(data, generationsDir, name), nil
}

// Fresh checks the current generation: whole, of this format, and made from this corpus with this analysis. The error says what is amiss.
func Fresh(data, corpusFingerprint, analysis string) (string, *schema.Manifest, error) {
	dir, err := Current(data)
	if err != nil {
		return "", nil, err
	}
	m, err := schema.ReadManifest(dir)
	if err != nil {
		return "", nil, err
	}
	switch {
	case m.Corpus != corpusFingerprint:
		return "", nil, fmt.Errorf("generation %s was made from other cases", m.Generation)
	case m.Analysis != analysis:
		return "", nil, fmt.Errorf("generation %s was made with other language data", m.Generation)
	}
	return dir, m, nil
}

// publish moves a finished build to its place and lets CURRENT name it. A crash at any point leaves the old generation or the new.
func publish(data, built, name string) error {
	target := filepath.Join(data, generationsDir, name)
	if err := syncTree(built); err != nil {
		return err
	}
	if err := os.Rename(built, target); err != nil {
		return err
	}
	if err := syncDir(filepath.Join(data, generationsDir)); err != nil {
		return err
	}
	// Named like the build, so that two of them don't share it, and what a killed one left is removed by the next.
	next := built + ".current"
	if err := writeSynced(next, []byte(name+"\n")); err != nil {
		return err
	}
	if err := os.Rename(next, filepath.Join(data, currentFile)); err != nil {
		return errors.Join(err, os.Remove(next))
	}
	return syncDir(data)
}

// Clean removes old generations: all but the newest keep of them, and never the current one. A reader that still has one open keeps
// reading it; its files are gone from the folder, not from under it.
func Clean(data string, keep int) error {
	current, err := Current(data)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Join(data, generationsDir))
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	sort.Sort(sort.Reverse(sort.StringSlice(names))) // names are times
	var errs []error
	kept := 0
	for _, name := range names {
		dir := filepath.Join(data, generationsDir, name)
		if dir == current || kept < keep-1 {
			if dir != current {
				kept++
			}
			continue
		}
		errs = append(errs, os.RemoveAll(dir))
	}
	return errors.Join(errs...)
}

// removeAbandoned removes the folders of builds whose process is gone.
func removeAbandoned(data string) error {
	dirs, err := filepath.Glob(filepath.Join(data, buildingPrefix+"*"))
	if err != nil {
		return err
	}
	var errs []error
	for _, dir := range dirs {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), buildingPrefix), "-")
		n, err := strconv.Atoi(pid)
		if err == nil && alive(n) {
			continue
		}
		errs = append(errs, os.RemoveAll(dir))
	}
	return errors.Join(errs...)
}

// alive tells whether a process runs; where that can't be told, it does.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}

func writeSynced(path string, b []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func syncDir(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncTree syncs the folders of a build; its files are synced as their checksums are taken.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		return syncDir(path)
	})
}
