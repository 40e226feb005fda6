package e2e

import "github.com/vidensbank/vidensbank/server/web"

// parts are what the program adds to the server: pages.New, widget.New.
var parts []web.Part
