// Package monitor is how the daemon is watched: metrics for Prometheus, a page
// for people, two addresses for whoever asks whether it lives and is ready, and
// a heartbeat for those who want an alarm when nothing comes any more.
//
// What happens here (runs, requests, waits) is counted as it happens. What
// stands in the database (freshness, held snapshots, what is missing) is read
// when somebody asks, at most every few seconds, so that several daemons on one
// database show the same. While the database is away the last that was known is
// shown, and ages go on.
//
// Labels are lists, providers, outcomes, states and classes of statuses: all
// of them bounded by the configuration or by this program. Nothing here knows a
// secret.
package monitor
