package terminal

import (
	"fmt"
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
	if !IsTerminal(w) {
		return Screen{Writer: w}
	}
	screen := Screen{Writer: w, Live: true}
	noColour, _ := lookup("NO_COLOR")
	kind, _ := lookup("TERM")
	screen.Colour = noColour == "" && kind != "dumb"
	if cells, _, err := term.GetSize(int(w.(*os.File).Fd())); err == nil {
		screen.Width = cells
	}
	return screen
}

// IsTerminal says whether what is written to w is read on a terminal.
func IsTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// Line writes an empty line.
func (s Screen) Line() error {
	_, err := fmt.Fprintln(s)
	return err
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
