// Package schedule computes when jobs are due, and starts them then.
//
// The first half is pure: Parse reads a cron expression, and a Schedule lists
// its due times. A due time is a moment that every daemon derives from the
// same expression in the same way: it is never jittered, @every is counted
// from the epoch and not from the start of a process, and where clocks are
// moved for daylight saving it is neither lost nor doubled:
//
//   - A time of day that a clock skips is due once, at the first moment after
//     the gap. A time of day that a clock shows twice is due the first time.
//   - A schedule of every hour (its hour field is * or as good as) is bound to
//     the passing hours instead, like @every: it goes on through both showings
//     of a doubled hour. What a clock skips is due when it would have been had
//     the clock not been moved, which mostly is a due time anyway.
//   - @every knows no time zone.
//
// The second half, Scheduler, starts jobs at their due times.
//
// robfig/cron v3.0.1, the last release of 2020, reads the expressions. Its own
// runner and its chain of wrappers are not used. Measured with it: a clock set
// back by an hour silences it for that hour; 02:30 in the night of spring is
// left out, and 01:30 in the night of autumn runs twice; a panic below
// SkipIfStillRunning leaves its token taken, so that the job never runs again;
// and a skipped tick is reported nowhere, while here it has to be recorded. Of
// its schedules only the search for the next time of day remains, asked in
// UTC, where no clock is ever moved.
package schedule
