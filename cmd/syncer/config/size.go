package config

import (
	"math"
	"strconv"
	"strings"
)

// size reads an amount of bytes such as 500MB, 1.5GB or 2TB (of 1000, as disks
// are sold), or 0.
func (c *checker) size(keys []string, text string) uint64 {
	number, unit := text, 1.0
	for suffix, factor := range map[string]float64{"MB": 1e6, "GB": 1e9, "TB": 1e12} {
		if cut, found := strings.CutSuffix(text, suffix); found {
			number, unit = strings.TrimSpace(cut), factor
		}
	}
	value, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(value) || value < 0 || value*unit > 1e18 || unit == 1 && value != 0 {
		c.fail(keys, "want a size such as 500MB or 1.5GB, or 0 for never, got %q", text)
		return 0
	}
	return uint64(value * unit)
}
