// Command soak shows that a crash loses nothing. It runs the real syncer
// against a Postgres and a simulated provider of its own, and disturbs it: it
// kills the process at random moments, before and after every page and at
// every message of a write transaction, cuts its connections, loses answers to
// COMMIT, freezes it, runs several at once and lets the clock step. After each
// disturbance the same work is done again to its end, and history has to be
// what an undisturbed database shows. On some days rows of the provider cannot be
// read or have no key, prices are absurd and doubted, and a person takes back,
// restores and believes, killed likewise.
//
// A round with a kill counts as landed only if the run's row was `running`
// when the process was dead. Before the rounds, soak breaks copies of the
// program in four ways that would lose something and wants to notice each.
//
// `make soak ROUNDS=500` runs it; `go test ./soak` is the short form.
package main
