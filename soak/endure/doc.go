// Command endure shows that the daemon lasts. It runs the real syncer serve on
// all lists of the simulated providers, every five seconds, while the world that
// they show moves on, requests meet faults at random, and rows are garbled, details
// refused and prices ten thousand times too high; then it lets the faults end, and
// judges what has been written:
//
//   - every snapshot holds what its provider showed while it was read, and
//     history is what its evidence says (syncer verify);
//   - every due time of every list has exactly one run or was skipped for one;
//   - runs failed for nothing but the faults, and none is left running;
//   - without faults, each list is read again and is what its provider shows;
//   - something was set aside, and how much was, was doubted, believed and gone back
//     from is told;
//   - memory, goroutines, descriptors and connections of the daemon are bounded.
//
// With -runs it makes that many unchanged runs of twenty lists instead, and
// wants nothing to grow but a row of runs and one of snapshots for each.
//
// `make endure SECONDS=3600` and `make unchanged RUNS=10000` run it;
// `go test ./soak/endure` is the short form of both.
package main
