package pages

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// headingOffset puts a case's own headings below those of the page: h1 is its title, h2 a section.
const headingOffset = 2

// markdown renders a case's text: CommonMark without raw HTML, which stays text, and without images.
var markdown = goldmark.New(goldmark.WithParser(parser.NewParser(
	parser.WithBlockParsers(
		util.Prioritized(parser.NewSetextHeadingParser(), 100),
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(parser.NewListParser(), 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewCodeBlockParser(), 500),
		util.Prioritized(parser.NewATXHeadingParser(), 600),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(parser.NewBlockquoteParser(), 800),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	),
	parser.WithInlineParsers(
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewEmphasisParser(), 500),
	),
	parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	parser.WithASTTransformers(util.Prioritized(safeLinks{}, 100)),
)))

// safeLinks makes links that don't lead to the web into their text, images into their description, and marks the others as
// leading elsewhere.
type safeLinks struct{}

// Transform implements parser.ASTTransformer.
func (safeLinks) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	var links []ast.Node
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Link, *ast.Image, *ast.AutoLink:
			if entering {
				links = append(links, n)
			}
		case *ast.Heading:
			if entering {
				n.Level = min(n.Level+headingOffset, 6)
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		panic(err) // the function above returns none
	}
	for _, n := range links {
		address := ""
		switch n := n.(type) {
		case *ast.Link:
			address = string(n.Destination)
		case *ast.AutoLink:
			address = string(n.URL(reader.Source()))
		}
		switch auto, isAuto := n.(*ast.AutoLink); {
		case isWeb(address):
			n.SetAttributeString("rel", []byte("noopener nofollow"))
		case isAuto:
			n.Parent().ReplaceChild(n.Parent(), n, ast.NewString(auto.Label(reader.Source())))
		default:
			for child := n.FirstChild(); child != nil; child = n.FirstChild() {
				n.Parent().InsertBefore(n.Parent(), n, child)
			}
			n.Parent().RemoveChild(n.Parent(), n)
		}
	}
}

// body renders a section's text. A corpus with a taxonomy of its own holds plain text.
func (p *Pages) body(source string) (template.HTML, error) {
	if p.site.OpenTaxonomy {
		return paragraphs(source), nil
	}
	var out bytes.Buffer
	if err := markdown.Convert([]byte(source), &out); err != nil {
		return "", fmt.Errorf("markdown: %w", err)
	}
	return template.HTML(out.String()), nil
}

// paragraphs renders plain text: an empty line parts paragraphs, any other line break stays one.
func paragraphs(source string) template.HTML {
	var b strings.Builder
	for paragraph := range strings.SplitSeq(strings.ReplaceAll(source, "\r\n", "\n"), "\n\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			b.WriteString("<p>" + strings.ReplaceAll(template.HTMLEscapeString(paragraph), "\n", "<br>") + "</p>\n")
		}
	}
	return template.HTML(b.String())
}
