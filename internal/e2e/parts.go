package e2e

import (
	"github.com/vidensbank/vidensbank/server/pages"
	"github.com/vidensbank/vidensbank/server/web"
	"github.com/vidensbank/vidensbank/server/widget"
)

// parts are what the program adds to the server.
var parts = []web.Part{pages.New, widget.New}
