package schedule_test

import (
	"context"
	"fmt"
	"time"
	_ "time/tzdata" // the example has the same output without the system's zones

	"syncer/schedule"
)

func ExampleParse() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		fmt.Println(err)
		return
	}
	daily, err := schedule.Parse("30 2 * * *", berlin)
	if err != nil {
		fmt.Println(err)
		return
	}
	due := time.Date(2026, time.March, 27, 12, 0, 0, 0, time.UTC)
	for range 3 {
		due = daily.Next(due)
		fmt.Println(due.In(berlin))
	}

	_, err = schedule.Parse("*/90 * * * *", berlin)
	fmt.Println(err)
	// Output:
	// 2026-03-28 02:30:00 +0100 CET
	// 2026-03-29 03:00:00 +0200 CEST
	// 2026-03-30 02:30:00 +0200 CEST
	// want a cron expression such as "0 */6 * * *" or @daily, got "*/90 * * * *": step /90 is not smaller than its field, which has 60 values
}

func ExampleSchedule_Last() {
	every, err := schedule.Parse("@every 90m", time.UTC)
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, time.November, 23, 6, 1, 0, 0, time.UTC)
	fmt.Println(every.Last(now).Format(time.RFC3339))
	fmt.Println(every.Next(now).Format(time.RFC3339))
	// Output:
	// 2026-11-23T06:00:00Z
	// 2026-11-23T07:30:00Z
}

func ExampleExpectation_LateAfter() {
	hourly, err := schedule.Parse("@hourly", time.UTC)
	if err != nil {
		fmt.Println(err)
		return
	}
	expected := schedule.Expectation{Times: hourly, Jitter: time.Minute}
	newest := time.Date(2026, time.November, 23, 6, 0, 0, 0, time.UTC)
	fmt.Println(expected.LateAfter(newest).Format(time.RFC3339))
	// Output: 2026-11-23T08:16:00Z
}

func ExampleScheduler() {
	hourly, err := schedule.Parse("@hourly", time.UTC)
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, time.November, 23, 6, 1, 0, 0, time.UTC)
	ctx, stop := context.WithCancel(context.Background())
	scheduler := schedule.New(schedule.Options{Now: func() time.Time { return now }, Grace: time.Minute})
	scheduler.Set([]schedule.Job{{
		Name: "prices", Schedule: hourly,
		Last: now.Add(-3 * time.Hour), // due times have passed since: the newest is caught up on
		Run: func(_ context.Context, due time.Time) {
			fmt.Println(due.Format(time.RFC3339))
			stop()
		},
	}})
	scheduler.Run(ctx)
	// Output: 2026-11-23T06:00:00Z
}
