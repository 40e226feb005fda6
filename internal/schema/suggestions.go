package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Suggestions are what a generation offers to complete queries with, most usual first: the content of SuggestFile.
type Suggestions struct {
	Words   []Completion `json:"words"`
	Phrases []Completion `json:"phrases"`
	Titles  []Title      `json:"titles"`
}

// Completion is a word or a phrase as it is written, in lower case, and how many cases have it.
type Completion struct {
	Text  string `json:"t"`
	Cases int    `json:"n"`
}

// Title is a case's title.
type Title struct {
	ID   string `json:"i"`
	Text string `json:"t"`
}

// Write writes the suggestions of a generation.
func (s *Suggestions) Write(dir string) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, SuggestFile), b, 0o644)
}

// ReadSuggestions reads the suggestions of a generation.
func ReadSuggestions(dir string) (*Suggestions, error) {
	b, err := os.ReadFile(filepath.Join(dir, SuggestFile))
	if err != nil {
		return nil, errors.Join(ErrBroken, err)
	}
	var s Suggestions
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrBroken, SuggestFile, err)
	}
	return &s, nil
}

// WriteVocabulary writes the corpus' own parts of compounds, a word a line.
func WriteVocabulary(dir string, words []string) error {
	return os.WriteFile(filepath.Join(dir, VocabularyFile), []byte(strings.Join(words, "\n")+"\n"), 0o644)
}

// ReadVocabulary reads what WriteVocabulary wrote.
func ReadVocabulary(dir string) ([]string, error) {
	b, err := os.ReadFile(filepath.Join(dir, VocabularyFile))
	if err != nil {
		return nil, errors.Join(ErrBroken, err)
	}
	return strings.Fields(string(b)), nil
}
