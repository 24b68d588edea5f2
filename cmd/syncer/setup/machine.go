package setup

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/terminal"
	"syncer/fetchers"
	"syncer/pgtemp"
)

// Machine is what init finds on this machine.
type Machine struct {
	zone    string // IANA name of the local time zone; "" where it is not known or UTC
	bin     string // of Postgres' programs; "" where there are none
	major   int
	socket  string    // folder of the socket on which a server answers; "" for none
	secrets []offered // in the order of providers and fields
}

// offered is a credential that the environment holds already. Its value is
// never shown.
type offered struct{ provider, field, variable string }

// vendorVariables are where the vendors' own tools look for credentials.
func vendorVariables() map[string][]string {
	return map[string][]string{
		"ncp access_key":    {"NCLOUD_ACCESS_KEY"},
		"ncp secret_key":    {"NCLOUD_SECRET_KEY"},
		"huawei access_key": {"HUAWEICLOUD_SDK_AK", "HW_ACCESS_KEY"},
		"huawei secret_key": {"HUAWEICLOUD_SDK_SK", "HW_SECRET_KEY"},
		"scp access_key":    {"SCP_TF_ACCESS_KEY"},
		"scp secret_key":    {"SCP_TF_SECRET_KEY"},
		"zstack account":    {"ZSTACK_ACCOUNT_NAME"},
		"zstack password":   {"ZSTACK_ACCOUNT_PASSWORD"},
	}
}

// LookAround finds out what it can for the chosen providers, asking nobody but
// this machine.
func LookAround(ctx context.Context, lookup config.Lookup, chosen []fetchers.Provider) Machine {
	found := Machine{zone: localZone(lookup)}
	binDir, _ := lookup("SYNCER_PG_BIN")
	if bin, err := pgtemp.FindServer(ctx, binDir); err == nil {
		found.bin, found.major = bin, pgtemp.Major(ctx, bin)
	}
	found.socket = answeringSocket(ctx, lookup)
	for _, p := range chosen {
		for _, field := range p.Credentials[0] {
			own := strings.ToUpper("SYNCER_" + p.Name + "_" + field)
			for _, variable := range append([]string{own}, vendorVariables()[p.Name+" "+field]...) {
				if value, _ := lookup(variable); strings.TrimSpace(value) != "" {
					found.secrets = append(found.secrets, offered{p.Name, field, variable})
					break
				}
			}
		}
	}
	return found
}

// localZone is the zone of TZ, or that which /etc/localtime is a link to.
func localZone(lookup config.Lookup) string {
	name, set := lookup("TZ")
	if !set {
		target, err := filepath.EvalSymlinks("/etc/localtime")
		if err != nil {
			return ""
		}
		_, name, _ = strings.Cut(target, "/zoneinfo/")
	}
	name = strings.TrimPrefix(name, ":")
	if _, err := time.LoadLocation(name); err != nil || slices.Contains([]string{"", "Local", "UTC", "Etc/UTC", "Etc/UCT", "Universal", "Zulu"}, name) {
		return ""
	}
	return name
}

// answeringSocket is the folder of the default socket if a Postgres answers
// there. PGHOST and PGPORT count, as for all clients.
func answeringSocket(ctx context.Context, lookup config.Lookup) string {
	host, _ := lookup("PGHOST")
	port, _ := lookup("PGPORT")
	folders := []string{"/var/run/postgresql", "/tmp"}
	if strings.HasPrefix(host, "/") {
		folders = []string{host}
	}
	for _, folder := range folders {
		if speaksPostgres(ctx, filepath.Join(folder, ".s.PGSQL."+cmp.Or(port, "5432"))) {
			return folder
		}
	}
	return ""
}

// speaksPostgres asks whether TLS is to be had, which only a Postgres answers, and
// which needs no user.
func speaksPostgres(ctx context.Context, socket string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "unix", socket)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	end, _ := ctx.Deadline()
	_ = conn.SetDeadline(end)
	const length, tlsRequest = 8, 80877103
	question := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, length), tlsRequest)
	answer := make([]byte, 1)
	if _, err := conn.Write(question); err != nil {
		return false
	}
	_, err = io.ReadFull(conn, answer)
	return err == nil && (answer[0] == 'S' || answer[0] == 'N')
}

// Offered is the number of secrets that the environment holds already.
func (m Machine) Offered() int { return len(m.secrets) }

// Show writes what was found, and what follows from it.
func (m Machine) Show(screen terminal.Screen) error {
	lines := [][2]string{{"time zone", cmp.Or(m.zone, "UTC, or not known") + ": reports are in " + m.reportZone()}}
	switch {
	case m.bin != "":
		lines = append(lines, [2]string{"PostgreSQL", fmt.Sprintf("%d in %s: syncer runs a database of its own with it", m.major, m.bin)})
	case m.socket == "":
		lines = append(lines, [2]string{"PostgreSQL", "not found: install a server, 15 or newer (" + installHint() + "), or name one in database"})
	}
	if m.socket != "" {
		lines = append(lines, [2]string{"server", "one answers in " + m.socket + "; " + m.serverUse()})
	}
	for _, secret := range m.secrets {
		lines = append(lines, [2]string{"secret", secret.variable + " is set: " + secret.provider + " " + secret.field})
	}
	_, err := fmt.Fprintln(screen, "On this machine")
	for _, line := range lines {
		_, wrote := fmt.Fprintf(screen, "  %s %s\n", screen.Paint(terminal.Bold, fmt.Sprintf("%-11s", line[0])), terminal.Clean(line[1]))
		err = errors.Join(err, wrote)
	}
	_, last := fmt.Fprintln(screen)
	return errors.Join(err, last)
}

func installHint() string {
	if _, err := os.Stat("/etc/debian_version"); err == nil {
		return "apt-get install postgresql"
	}
	return "Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17"
}

// serverUse says what becomes of the server that answers.
func (m Machine) serverUse() string {
	if m.bin != "" {
		return "syncer.yaml shows how to use it instead"
	}
	return "syncer.yaml uses it: make the database with createdb syncer"
}

// reportZone is the zone in which a day of a report begins.
func (m Machine) reportZone() string { return cmp.Or(m.zone, "Asia/Seoul") }
