package postgres

import (
	"time"
)

// Count is a number of things as an integer column. All of them are far below
// 2^31.
func Count(n int) int32 { return int32(min(n, 1<<31-1)) } //nolint:gosec // clamped

// Text is a nullable text column; "" for null.
func Text(column *string) string {
	if column == nil {
		return ""
	}
	return *column
}

// EqualText compares nullable texts.
func EqualText(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }

// Time is a nullable moment; the zero moment for null, in UTC.
func Time(column *time.Time) time.Time {
	if column == nil {
		return time.Time{}
	}
	return column.UTC()
}

// NullTime is a moment as a nullable column: null for the zero moment.
func NullTime(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// NullDuration is a span of time as a nullable column: null for 0.
func NullDuration(d time.Duration) *time.Duration {
	if d == 0 {
		return nil
	}
	return &d
}

// ID is a nullable reference; 0 for null.
func ID(column *int64) int64 {
	if column == nil {
		return 0
	}
	return *column
}
