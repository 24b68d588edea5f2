package catalog

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"
)

// maxDigits bounds digits and exponent of a number. Far above any price seen
// (16 decimals in the longest public list) and far below what would let one
// short literal such as 1e400000000 fill the memory.
const maxDigits = 200

// ErrNotANumber is wrapped by every refusal of ParseDecimal.
var ErrNotANumber = errors.New("want a number")

var decimalText = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$`)

// ParseDecimal reads a JSON number, or a string that holds nothing but one,
// without losing a digit: 1.10 equals 1.1, and 1.9e-08 equals 0.000000019.
// Thousands separators, units, NaN, Infinity and blanks are refused.
func ParseDecimal(text string) (decimal.Decimal, error) {
	if !decimalText.MatchString(text) {
		return decimal.Decimal{}, fmt.Errorf("%w, got %q", ErrNotANumber, clip(text))
	}
	if len(text) > maxDigits {
		return decimal.Decimal{}, fmt.Errorf("%w of at most %d digits, got %q", ErrNotANumber, maxDigits, clip(text))
	}
	value, err := decimal.NewFromString(text)
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("%w, got %q", ErrNotANumber, clip(text))
	}
	if exponent := value.Exponent(); exponent < -maxDigits || exponent > maxDigits {
		return decimal.Decimal{}, fmt.Errorf("%w of at most %d digits, got %q", ErrNotANumber, maxDigits, clip(text))
	}
	return value, nil
}

// ParseAmount reads an amount of money: a number that is not negative.
func ParseAmount(text string) (decimal.Decimal, error) {
	value, err := ParseDecimal(text)
	if err != nil {
		return value, err
	}
	if value.IsNegative() {
		return decimal.Decimal{}, fmt.Errorf("want an amount of at least 0, got %q", clip(text))
	}
	return value, nil
}

// DecimalText is the one text of a number: plain notation, no trailing zero,
// so that equal numbers have equal texts.
func DecimalText(value decimal.Decimal) string {
	text := value.String()
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return text
}

func clip(text string) string {
	const limit = 60
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "..."
}
