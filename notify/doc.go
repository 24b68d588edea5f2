// Package notify decides what messages say and sends them to webhooks. Rules make
// payloads of the facts that the outbox of the database offers them; what is
// leased from there goes out as signed JSON in the form of Standard Webhooks
// (standardwebhooks.com), one message a run and rule, or a digest of several.
//
// A message arrives at least once. Its id stays the same however often it is
// sent, so that a receiver can drop what it has seen. What cannot be delivered
// is sent again with growing waits, for about three days, and then parked,
// loudly: it stays in the outbox until a person has it sent again.
//
// Several processes may deliver from one database: each message is leased by
// one of them, by the database's clock.
package notify
