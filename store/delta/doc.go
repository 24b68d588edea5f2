// Package delta says what a snapshot would change against the committed ones around
// it, and measures for the guard what is lost or moves. It only reads.
package delta
