package main

import (
	"fmt"
	"text/tabwriter"
)

// report prints what the daemon came to.
func (s *stage) report(all []verdict, classes []class, trends []trend, odds []odd, w *watch) error {
	out := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "list\tdue times\tchanged\tunchanged\theld\tfailed\tskipped\tmissed\texact\tmixed\tlate\tslipped\tabsences\t")
	var sum verdict
	for _, v := range all {
		row(out, v.list.String(), v)
		sum.add(v)
	}
	row(out, "all", sum)
	if err := out.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "\nWhy %d runs failed, all for faults unless said below:\n", sum.failed)
	for _, c := range classes {
		fmt.Fprintf(s.out, "%7d  %-13s %.110s\n", c.count, c.name, c.example)
	}
	fmt.Fprintln(s.out)
	for _, o := range odds {
		fmt.Fprintf(s.out, "%7d  %s\n", o.count, o.what)
	}
	fmt.Fprintf(s.out, "\n%-24s%10s%12s%10s\n", "of the daemon", "warm", "at the end", "at most")
	for _, t := range trends {
		fmt.Fprintf(s.out, "%-24s%10.0f%12.0f%10.0f\n", t.name, t.early, t.late, t.most)
	}
	fmt.Fprintf(s.out, "\n%d looks, the longest pause between two %s; seed %d, fault rates %g (passing) and %g (unruly)\n",
		len(w.samples[connectionsName]), w.longest.Round(1e6), s.seed, s.rates[0], s.rates[1])
	return nil
}

func row(out *tabwriter.Writer, name string, v verdict) {
	fmt.Fprintf(out, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", name, v.due, v.changed, v.unchanged, v.held, v.failed, v.skipped, v.missed,
		v.exact, v.mixed, v.late, v.slips, v.absences)
}

func (v *verdict) add(o verdict) {
	v.due, v.changed, v.unchanged, v.held = v.due+o.due, v.changed+o.changed, v.unchanged+o.unchanged, v.held+o.held
	v.failed, v.skipped, v.missed = v.failed+o.failed, v.skipped+o.skipped, v.missed+o.missed
	v.exact, v.mixed, v.late, v.slips = v.exact+o.exact, v.mixed+o.mixed, v.late+o.late, v.slips+o.slips
	v.absences += o.absences
}
