package terminal

import (
	"fmt"
	"strings"
	"time"
)

// Progress shows how far a long work is: one line that is written over on a
// terminal, a line every ten percent and every half minute elsewhere.
type Progress struct {
	screen  Screen
	what    string
	total   int
	started time.Time
	now     func() time.Time
	shown   int       // tenths that were shown
	shownAt time.Time // when
	length  int       // cells of the line now on the screen

	steps, parts string // what is counted; "" without rates
	partsDone    int
	uneven       bool
}

// quiet is the longest silence where lines are not written over.
const quiet = 30 * time.Second

// NewProgress begins a work of total steps; now is the clock.
func NewProgress(screen Screen, what string, total int, now func() time.Time) *Progress {
	begun := now()
	return &Progress{screen: screen, what: what, total: total, started: begun, shownAt: begun, now: now, shown: -1}
}

// Rate also shows how many steps a second are made, and how many parts of
// them, in these words: snapshots, entries.
func (p *Progress) Rate(steps, parts string) *Progress {
	p.steps, p.parts = steps, parts
	return p
}

// Uneven says that steps take so different times that those behind say nothing
// of the end: the room of the bar is the note's.
func (p *Progress) Uneven() *Progress {
	p.uneven = true
	return p
}

// Add counts parts of the next step.
func (p *Progress) Add(parts int) { p.partsDone += parts }

// Step shows that done steps are behind, and what the last one was.
func (p *Progress) Step(done int, note string) {
	if p.screen.Live {
		p.over(fmt.Sprintf("%s %s  %s", p.bar(done), p.figures(done), Clean(note)))
		return
	}
	now := p.now()
	if tenth := p.tenth(done); tenth > p.shown || now.Sub(p.shownAt) >= quiet {
		p.shown, p.shownAt = tenth, now
		fmt.Fprintf(p.screen, "%s %s  %s\n", p.what, p.figures(done), Clean(note))
	}
}

// End leaves the line behind, so that what follows begins a new one.
func (p *Progress) End() {
	if p.screen.Live && p.length > 0 {
		fmt.Fprintln(p.screen)
	}
	p.length = 0
}

// Clear takes the line away, for a message between two steps.
func (p *Progress) Clear() {
	if p.screen.Live {
		p.over("")
		fmt.Fprint(p.screen, "\r")
	}
}

func (p *Progress) over(line string) {
	if p.screen.Width > 0 {
		line = Clip(line, p.screen.Width-1)
	}
	cells := Columns(line)
	fmt.Fprint(p.screen, "\r", line, strings.Repeat(" ", max(p.length-cells, 0)))
	p.length = cells
}

func (p *Progress) tenth(done int) int {
	if p.total <= 0 {
		return 10
	}
	return done * 10 / p.total
}

func (p *Progress) bar(done int) string {
	const cells = 20
	if p.uneven {
		return p.what
	}
	full := cells
	if p.total > 0 {
		full = min(done*cells/p.total, cells)
	}
	return p.what + " [" + strings.Repeat("#", full) + strings.Repeat(".", cells-full) + "]"
}

// figures says how many, how fast, and when the end is to be expected.
func (p *Progress) figures(done int) string {
	text := fmt.Sprintf("%s/%s", Count(done), Count(p.total))
	spent := p.now().Sub(p.started)
	if p.steps != "" && spent > 0 {
		text += fmt.Sprintf(" %s, %s/s, %s %s/s", p.steps, rate(done, spent), rate(p.partsDone, spent), p.parts)
	}
	if done > 0 && done < p.total && !p.uneven {
		left := time.Duration(float64(spent) / float64(done) * float64(p.total-done))
		text += ", " + Duration(left.Round(time.Second)) + " left"
	}
	return text
}

// rate is a number of things a second: with a decimal where it is small.
func rate(n int, spent time.Duration) string {
	perSecond := float64(n) / spent.Seconds()
	if perSecond < 10 {
		return fmt.Sprintf("%.1f", perSecond)
	}
	return Count(int(perSecond))
}
