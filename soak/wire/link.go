package wire

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// late is how long CutThenForward keeps a message back.
const late = 300 * time.Millisecond

// link is one connection of a client and the one to the server that belongs
// to it.
type link struct {
	proxy          *Proxy
	number         int
	client, server net.Conn
	fromClient     *pgproto3.Backend
	fromServer     *pgproto3.Frontend
	last           byte // the type of the message before, 0 for none
	inTransaction  bool
	mute           atomic.Bool // the server's next answer is lost, and the link with it
}

func (p *Proxy) newLink(number int, client, server net.Conn) *link {
	return &link{
		proxy: p, number: number, client: client, server: server,
		fromClient: pgproto3.NewBackend(client, nil), fromServer: pgproto3.NewFrontend(server, nil),
	}
}

func (l *link) breakOff() {
	_ = l.client.Close()
	_ = l.server.Close()
}

// forward hands the client's messages on.
func (l *link) forward() {
	defer l.breakOff()
	if err := l.first(); err != nil {
		return
	}
	for {
		message, err := l.fromClient.Receive()
		if err != nil {
			return
		}
		packet, err := message.Encode(nil)
		if err != nil || !l.act(l.message(message, packet[0]), packet) {
			return
		}
	}
}

// first hands the first packet on, which has no type. Encryption is declined.
func (l *link) first() error {
	for {
		message, err := l.fromClient.ReceiveStartupMessage()
		if err != nil {
			return err
		}
		switch message.(type) {
		case *pgproto3.SSLRequest, *pgproto3.GSSEncRequest:
			if _, err := l.client.Write([]byte("N")); err != nil {
				return err
			}
			continue
		}
		packet, err := message.Encode(nil)
		if err == nil {
			_, err = l.server.Write(packet)
		}
		if _, cancels := message.(*pgproto3.CancelRequest); cancels && err == nil {
			_, err = io.Copy(io.Discard, l.client) // until the server has heard it, and both are closed
			return errors.Join(err, io.EOF)
		}
		return err
	}
}

func (l *link) message(message pgproto3.FrontendMessage, kind byte) Message {
	m := Message{Conn: l.number, Number: l.proxy.next(), Type: kind}
	switch message := message.(type) {
	case *pgproto3.Query:
		m.SQL = message.String
	case *pgproto3.Parse:
		m.SQL = message.Query
	}
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

// backward hands the server's answers on. How a client proves who it is shows in
// what the server asks for, and nowhere in the client's own messages.
func (l *link) backward() {
	defer l.breakOff()
	for {
		message, err := l.fromServer.Receive()
		if err != nil || l.mute.Load() {
			return
		}
		if _, asks := message.(pgproto3.AuthenticationResponseMessage); asks {
			if err := l.fromClient.SetAuthType(l.fromServer.GetAuthType()); err != nil {
				return
			}
		}
		packet, err := message.Encode(nil)
		if err != nil {
			return
		}
		if _, err := l.client.Write(packet); err != nil {
			return
		}
	}
}
