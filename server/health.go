package server

import (
	"fmt"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server/web"
)

// probeText is a word that goes all the way: analysed, planned, looked up. It need not be found.
const probeText = "stress"

// health answers /healthz and /readyz.
type health struct {
	Status     string `json:"status"`
	Generation string `json:"generation,omitempty"`
	Cases      int    `json:"cases,omitempty"`
}

// alive says that the process answers.
func (s *Server) alive(c *gin.Context) (any, error) {
	c.Header("Cache-Control", "no-store")
	return health{Status: "ok"}, nil
}

// ready says that a search is answered from an index that has cases.
func (s *Server) ready(c *gin.Context) (any, error) {
	c.Header("Cache-Control", "no-store")
	r, err := s.probe.Search(c.Request.Context(), search.Query{Text: probeText, Page: 1, Size: 1, Sort: search.SortRelevance})
	if err != nil {
		return nil, fmt.Errorf("%w: %v", web.ErrNotReady, err) //nolint:errorlint // not ready, whatever else err is
	}
	if r.Cases == 0 {
		return nil, web.ErrNoCases
	}
	return health{Status: "ok", Generation: r.Generation, Cases: r.Cases}, nil
}
