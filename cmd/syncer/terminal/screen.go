package terminal

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Screen is where people read: a writer, and what it can do.
type Screen struct {
	io.Writer
	// Live is true on a terminal: a line can be written over.
	Live bool
	// Colour is true on a terminal whose owner did not set NO_COLOR.
	Colour bool
	// Width is the number of cells of a line; 0 where lines may be long.
	Width int
}

// NewScreen looks at the writer and the environment (https://no-color.org,
// and TERM=dumb).
func NewScreen(w io.Writer, lookup func(string) (string, bool)) Screen {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return Screen{Writer: w}
	}
	screen := Screen{Writer: w, Live: true}
	noColour, _ := lookup("NO_COLOR")
	kind, _ := lookup("TERM")
	screen.Colour = noColour == "" && kind != "dumb"
	if cells, _, err := term.GetSize(int(file.Fd())); err == nil {
		screen.Width = cells
	}
	return screen
}

// Style is a way to mark a text.
type Style string

// The styles, as the parameters of ECMA-48 SGR.
const (
	Plain Style = ""
	Bold  Style = "1"
	Faint Style = "2"
	Bad   Style = "31"
	Good  Style = "32"
	Warn  Style = "33"
)

// Paint marks a text if the screen has colours.
func (s Screen) Paint(style Style, text string) string {
	if !s.Colour || style == Plain {
		return text
	}
	return "\x1b[" + string(style) + "m" + text + "\x1b[0m"
}
