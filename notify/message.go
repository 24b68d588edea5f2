package notify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"syncer/store/outbox"
)

// Types of messages.
const (
	TypeChanged = "list.changed" // prices or statuses moved, or cannot be believed
	TypeHeld    = "list.held"    // a snapshot waits for a decision
	// TypeRetracted is of what a person took back, or restored.
	TypeRetracted = "list.retracted"
	TypeStale     = "list.stale" // nothing came for too long
	TypeDigest    = "digest"     // several of the others
	TypeTest      = "test"
)

// Message is the JSON that a receiver gets. Text says the same for people; chat
// programs show it.
type Message struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"` // of the news, not of the sending
	Data      any       `json:"data"`
	Text      string    `json:"text"`
}

// listData is the data of all messages about one list.
type listData struct {
	Rule string `json:"rule"`
	News
	Kind   string   `json:"kind,omitempty"`   // hides that of News: Type says it
	Decide []string `json:"decide,omitempty"` // commands, one of which decides a hold
	Link   string   `json:"link,omitempty"`
}

// testData is the data of a test.
type testData struct {
	Webhook string `json:"webhook"`
	Link    string `json:"link,omitempty"`
}

// Body is a leased message as it is sent: the same whenever it is made again.
func Body(d outbox.Delivery, pageURL string) ([]byte, error) {
	all := newsIn(d.Payloads)
	if len(all) == 0 {
		return nil, fmt.Errorf("notification %s cannot be read", d.MessageID)
	}
	if d.Kind == outbox.Digest {
		return digestOf(d, all, pageURL).encode()
	}
	news := all[0]
	data := listData{Rule: d.Rule, News: news, Link: pageURL}
	if news.Kind == outbox.Held {
		data.Decide = decisions(news)
	}
	kind := map[outbox.Kind]string{outbox.Changed: TypeChanged, outbox.Held: TypeHeld, outbox.Retracted: TypeRetracted, outbox.Stale: TypeStale}[news.Kind]
	return Message{Type: kind, Timestamp: d.CreatedAt, Data: data, Text: textOf(pageURL, newsText(news))}.encode()
}

// TestBody is what a test sends.
func TestBody(webhook, pageURL string, now time.Time) ([]byte, error) {
	text := textOf(pageURL, fmt.Sprintf("A test of webhook %s by syncer: messages arrive and are signed.", webhook))
	return Message{Type: TypeTest, Timestamp: now.UTC(), Data: testData{webhook, pageURL}, Text: text}.encode()
}

func (m Message) encode() ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(m); err != nil {
		return nil, fmt.Errorf("write message: %w", err)
	}
	return bytes.TrimRight(text.Bytes(), "\n"), nil
}

// decisions are the commands that decide a hold.
func decisions(news News) []string {
	at := news.TakenAt.Format(time.RFC3339Nano)
	return []string{
		fmt.Sprintf(`syncer accept %s %s --reason "..."`, news.List, at),
		fmt.Sprintf(`syncer reject %s %s --reason "..."`, news.List, at),
	}
}
