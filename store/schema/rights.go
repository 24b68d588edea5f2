package schema

import "strings"

// tableRight is what the daemon's role may do with a table beside SELECT.
// UPDATE is given for the columns by which versions are closed, superseded and
// decided, and for none that says what was so.
type tableRight struct {
	table   string
	insert  bool
	update  []string
	deletes bool // where the rule of evidence.keep gives pages up, for notifications that were delivered, and for what a newer decoder sets aside no more
}

// writerRights are all tables of the schema, in the order of the migrations.
var writerRights = []tableRight{
	{table: "lists", insert: true, update: []string{"stale_after", "last_taken_at", "settings", "decoder_version", "confirm_snapshots", "confirm_for", "last_recorded_at", "doubt_snapshots", "doubt_for"}},
	{table: "runs", insert: true, update: []string{
		"heartbeat_at", "ended_at", "recorded_at", "outcome", "pages", "entries", "added", "changed", "removed", "warnings", "error_class", "error_text",
		"set_aside", "doubts",
	}},
	{table: "snapshots", insert: true, update: []string{
		"status", "recorded_at", "recorded_by", "entries", "digest", "decoder_version", "decided_by", "decided_reason",
		"given_up_at", "given_up_for", "rejected_by", "nameless", "prices_unread", "reads_until",
	}},
	{table: "pages", insert: true, deletes: true},
	{table: "snapshot_pages", insert: true, deletes: true},
	{table: "set_aside", insert: true, deletes: true},
	{table: "decisions", insert: true, update: []string{"ended_by"}},
	{table: "drift", insert: true, update: []string{"first_seen_at", "first_run"}},
	{table: "products", insert: true},
	{table: "product_versions", insert: true, update: []string{"valid_to", "superseded_by"}},
	{table: "contracts", insert: true},
	{table: "contract_versions", insert: true, update: []string{"valid_to", "superseded_by"}},
	{table: "contract_usage", insert: true, update: []string{"superseded_by"}},
	{table: "prices", insert: true},
	{table: "price_history", insert: true, update: []string{"valid_to", "superseded_by"}},
	{table: "doubts", insert: true, update: []string{"doubted_to", "confirmed_at", "shown", "superseded_by"}},
	{table: "announced_prices", insert: true, update: []string{"announced_to", "superseded_by"}},
	{table: "absences", insert: true, update: []string{"absent_to", "confirmed_at", "superseded_by"}},
	{table: "product_status_changes", insert: true, update: []string{"superseded_by"}},
	{table: "report_settings", update: []string{"report_timezone"}},
	{table: "notifications", insert: true, update: []string{
		"state", "due_at", "attempts", "leased_until", "last_error", "ended_at", "digest_id",
	}, deletes: true},
	{table: "bi_objects"},
	{table: "goose_db_version"},
}

// sequences number new rows.
var sequences = []string{"list_ids", "run_ids", "page_ids", "product_ids", "contract_ids", "price_ids", "status_change_ids", "notification_ids", "decision_ids"}

// privilege is one word of GRANT, for a column where it has one.
type privilege struct{ word, column string }

// String reads "UPDATE (valid_to)".
func (p privilege) String() string {
	if p.column == "" {
		return p.word
	}
	return p.word + " (" + p.column + ")"
}

func (r tableRight) privileges() []privilege {
	all := []privilege{{word: "SELECT"}}
	if r.insert {
		all = append(all, privilege{word: "INSERT"})
	}
	for _, column := range r.update {
		all = append(all, privilege{"UPDATE", column})
	}
	if r.deletes {
		all = append(all, privilege{word: "DELETE"})
	}
	return all
}

// grant is the list of privileges as GRANT takes it.
func (r tableRight) grant() string {
	words := []string{"SELECT"}
	if r.insert {
		words = append(words, "INSERT")
	}
	if len(r.update) > 0 {
		words = append(words, "UPDATE ("+strings.Join(r.update, ", ")+")")
	}
	if r.deletes {
		words = append(words, "DELETE")
	}
	return strings.Join(words, ", ")
}
