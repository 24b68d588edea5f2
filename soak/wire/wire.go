// Package wire is a proxy before Postgres that sees each message of a client
// before the server does, and can hold it, lose it, or lose its answer. Tests
// find out with it what becomes of a program whose connection breaks at the
// worst moment. It speaks the parts of protocol 3.0 that distinguish messages
// (https://www.postgresql.org/docs/15/protocol-message-formats.html).
package wire

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
)

// Action is what becomes of a message.
type Action int

// The ways of a message.
const (
	// Forward hands the message on.
	Forward Action = iota
	// Cut loses the message and the connection with it.
	Cut
	// ForwardAndCut hands the message on and breaks the connection at once: the
	// server may or may not act before it notices.
	ForwardAndCut
	// LoseAnswer hands the message on and breaks the connection when the server
	// answers: the server has acted, and the client does not know.
	LoseAnswer
	// CutThenForward breaks the client's side, and hands the message on a moment
	// later: the server acts after the client has begun to wonder.
	CutThenForward
)

// Message is one message of a client, on its way to the server.
type Message struct {
	Conn   int    // the connection, from 1 in the order of their arrival
	Number int    // counted over all connections, from 1
	Type   byte   // as in the protocol: Q, P, B, E, S, d, c, X...
	SQL    string // the text of Q and P
	// First says that the server owes no answer when the message comes: it
	// begins a query, or a batch that ends with S.
	First bool
	// Write says that the connection has begun a transaction, with this
	// message or before it, and has not ended it before this message.
	Write bool
}

// Commit reports that the message asks for COMMIT.
func (m Message) Commit() bool { return m.Type == 'Q' && m.SQL == "commit" }

// Proxy listens on a port of this machine and hands on to one server.
type Proxy struct {
	listener net.Listener
	config   *pgconn.Config
	decide   func(Message) Action
	conns    sync.WaitGroup

	mutex    sync.Mutex
	open     map[net.Conn]bool
	accepted int
	messages int
}

// Listen starts a proxy before the server and database of a URL. decide is
// asked before each message is handed on, and may take its time; it is called
// from several goroutines at once when there are several connections.
func Listen(ctx context.Context, database string, decide func(Message) Action) (*Proxy, error) {
	config, err := pgconn.ParseConfig(database)
	if err != nil {
		return nil, fmt.Errorf("wire: the database's address cannot be read")
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("wire: %w", err)
	}
	p := &Proxy{listener: listener, config: config, decide: decide, open: map[net.Conn]bool{}}
	p.conns.Go(p.accept)
	return p, nil
}

// URL is the database's address by way of the proxy. name is what the
// connections are called in pg_stat_activity.
func (p *Proxy) URL(name string) string {
	at := url.URL{Scheme: "postgres", Host: p.listener.Addr().String(), Path: "/" + p.config.Database, User: url.User(p.config.User)}
	if p.config.Password != "" {
		at.User = url.UserPassword(p.config.User, p.config.Password)
	}
	at.RawQuery = url.Values{"sslmode": {"disable"}, "application_name": {name}}.Encode()
	return at.String()
}

// Messages is how many messages have come so far.
func (p *Proxy) Messages() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.messages
}

// Close breaks all connections and returns when nothing is handed on any more.
func (p *Proxy) Close() error {
	err := p.listener.Close()
	p.mutex.Lock()
	for conn := range p.open {
		_ = conn.Close() // a broken one cannot be closed better
	}
	p.open = nil
	p.mutex.Unlock()
	p.conns.Wait()
	return err
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		p.mutex.Lock()
		p.accepted++
		number := p.accepted
		p.mutex.Unlock()
		p.conns.Go(func() { p.serve(client, number) })
	}
}

// serve hands one connection on until either side ends.
func (p *Proxy) serve(client net.Conn, number int) {
	network, address := pgconn.NetworkAddress(p.config.Host, p.config.Port)
	server, err := net.Dial(network, address) //nolint:noctx // ends with the proxy
	if err != nil {
		_ = client.Close()
		return
	}
	link := p.newLink(number, client, server)
	if !p.keep(client, server) {
		link.breakOff()
		return
	}
	defer p.forget(client, server)
	var backward sync.WaitGroup
	backward.Go(link.backward)
	link.forward()
	backward.Wait()
}

// keep notes open connections; false when the proxy is closed already.
func (p *Proxy) keep(conns ...net.Conn) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, conn := range conns {
		if p.open == nil {
			return false
		}
		p.open[conn] = true
	}
	return true
}

func (p *Proxy) forget(conns ...net.Conn) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, conn := range conns {
		_ = conn.Close()
		delete(p.open, conn)
	}
}

func (p *Proxy) next() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.messages++
	return p.messages
}

// String names the action for a log.
func (a Action) String() string {
	names := []string{"forward", "cut", "forward and cut", "lose the answer", "cut, then forward"}
	if int(a) < len(names) {
		return names[a]
	}
	return strconv.Itoa(int(a))
}
