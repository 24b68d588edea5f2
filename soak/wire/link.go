package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"time"
)

// Codes that stand where the protocol's version does in a first packet.
const (
	cancelRequest = 80877102
	sslRequest    = 80877103
	gssRequest    = 80877104
)

// maxMessage bounds a message in bytes; Postgres' own bound is 1 GiB.
const maxMessage = 1 << 30

// late is how long CutThenForward keeps a message back.
const late = 300 * time.Millisecond

var errTooLong = errors.New("wire: message is longer than the protocol allows")

// link is one connection of a client and the one to the server that belongs
// to it.
type link struct {
	proxy          *Proxy
	number         int
	client, server net.Conn
	last           byte // the type of the message before, 0 for none
	inTransaction  bool
	mute           atomic.Bool // the server's next answer is lost, and the link with it
}

func (l *link) breakOff() {
	_ = l.client.Close()
	_ = l.server.Close()
}

// forward hands the client's messages on.
func (l *link) forward() {
	defer l.breakOff()
	from := bufio.NewReader(l.client)
	if err := l.first(from); err != nil {
		return
	}
	for {
		kind, packet, err := read(from)
		if err != nil {
			return
		}
		if !l.act(l.message(kind, packet), packet) {
			return
		}
	}
}

// first hands the first packet on, which has no type. Encryption is declined.
func (l *link) first(from *bufio.Reader) error {
	for {
		head := make([]byte, 8)
		if _, err := io.ReadFull(from, head); err != nil {
			return err
		}
		switch binary.BigEndian.Uint32(head[4:]) {
		case sslRequest, gssRequest:
			if _, err := l.client.Write([]byte("N")); err != nil {
				return err
			}
			continue
		case cancelRequest:
			_, _ = l.server.Write(head)
			_, err := io.Copy(l.server, from)
			return errors.Join(err, io.EOF)
		}
		length := binary.BigEndian.Uint32(head)
		if length < 8 || length > maxMessage {
			return errTooLong
		}
		rest := make([]byte, length-8)
		if _, err := io.ReadFull(from, rest); err != nil {
			return err
		}
		_, err := l.server.Write(append(head, rest...))
		return err
	}
}

// read returns one whole message, type and length with it.
func read(from *bufio.Reader) (kind byte, packet []byte, err error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(from, head); err != nil {
		return 0, nil, err
	}
	length := binary.BigEndian.Uint32(head[1:])
	if length < 4 || length > maxMessage {
		return 0, nil, errTooLong
	}
	packet = append(head, make([]byte, length-4)...)
	_, err = io.ReadFull(from, packet[5:])
	return head[0], packet, err
}

func (l *link) message(kind byte, packet []byte) Message {
	m := Message{Conn: l.number, Number: l.proxy.next(), Type: kind, SQL: text(kind, packet[5:])}
	m.First = l.last == 0 || l.last == 'Q' || l.last == 'S'
	l.last = kind
	if m.Type == 'Q' && strings.HasPrefix(m.SQL, "begin") {
		l.inTransaction = true
	}
	m.Write = l.inTransaction
	if m.Type == 'Q' && (m.SQL == "commit" || m.SQL == "rollback") {
		l.inTransaction = false
	}
	return m
}

// text is the SQL of a query or of a statement to prepare, whose name stands
// before it.
func text(kind byte, body []byte) string {
	parts := strings.Split(string(body), "\x00")
	switch {
	case kind == 'Q':
		return parts[0]
	case kind == 'P' && len(parts) > 1:
		return parts[1]
	}
	return ""
}

// act does what is decided for a message; false when the link is over.
func (l *link) act(m Message, packet []byte) bool {
	action := l.proxy.decide(m)
	switch action {
	case Cut:
		return false
	case LoseAnswer, ForwardAndCut:
		l.mute.Store(true)
	case CutThenForward:
		_ = l.client.Close()
		time.Sleep(late)
	}
	_, err := l.server.Write(packet)
	return err == nil && (action == Forward || action == LoseAnswer)
}

// backward hands the server's answers on.
func (l *link) backward() {
	defer l.breakOff()
	answers := make([]byte, 32<<10)
	for {
		n, err := l.server.Read(answers)
		if err != nil || l.mute.Load() {
			return
		}
		if _, err := l.client.Write(answers[:n]); err != nil {
			return
		}
	}
}
