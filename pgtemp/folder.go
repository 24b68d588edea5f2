package pgtemp

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// socketRoom bounds the socket folder's path: the kernel takes 107 bytes, and
// the socket's own name needs some of them.
const socketRoom = 90

const tempPrefix = "syncer-pg-"

// folder is where a server lives, and the account that runs it.
type folder struct {
	dir       string
	temporary bool
	account   *syscall.Credential // nil: ours. Postgres refuses to run as root
	socketDir string
}

func (f folder) data() string         { return filepath.Join(f.dir, "data") }
func (f folder) passwordFile() string { return filepath.Join(f.dir, "password") }
func (f folder) lockFile() string     { return filepath.Join(f.dir, "lock") }
func (f folder) portFile() string     { return filepath.Join(f.dir, "port") }

// dataVersion is the major version that wrote the data, or "" when there is
// none yet.
func (f folder) dataVersion() string {
	text, err := os.ReadFile(filepath.Join(f.data(), "PG_VERSION"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

func prepareFolder(o Options) (folder, error) {
	f := folder{dir: o.Dir, temporary: o.Dir == ""}
	var err error
	if f.account, err = serverAccount(); err != nil {
		return folder{}, err
	}
	if f.temporary {
		f.sweep(o.TempParent)
	}
	if f.dir, err = makeDir(o); err != nil {
		return folder{}, fmt.Errorf("make the folder of Postgres: %w", err)
	}
	if err := f.give(f.dir); err != nil {
		return folder{}, err
	}
	if err := f.reachable(); err != nil {
		return folder{}, err
	}
	return f, nil
}

func makeDir(o Options) (string, error) {
	if o.Dir == "" {
		return os.MkdirTemp(o.TempParent, tempPrefix)
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return "", err
	}
	// The server's account may be another than ours: it has to get there.
	return dir, errors.Join(os.MkdirAll(filepath.Dir(dir), 0o755), makePrivate(dir)) //nolint:gosec // the folder itself is private
}

func makePrivate(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return os.Chmod(dir, 0o700) //nolint:gosec // a folder needs its x
}

// serverAccount is the account that runs the server when we are root.
func serverAccount() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return credential(u)
		}
	}
	return nil, fmt.Errorf("run Postgres as root: it refuses, and there is no user postgres or nobody to run it as")
}

func credential(u *user.User) (*syscall.Credential, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("user %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("user %s: %w", u.Username, err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// give hands a path to the server's account.
func (f folder) give(path string) error {
	if f.account == nil {
		return nil
	}
	if err := os.Lchown(path, int(f.account.Uid), int(f.account.Gid)); err != nil {
		return fmt.Errorf("hand over the folder of Postgres: %w", err)
	}
	return nil
}

// reachable refuses a folder below one that the server's account cannot
// enter, such as /root, before initdb does with a less clear error.
func (f folder) reachable() error {
	if f.account == nil {
		return nil
	}
	for dir := filepath.Dir(f.dir); ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err != nil || !f.mayEnter(info) {
			return fmt.Errorf("run Postgres in %s: as root it runs as another user, who cannot enter %s: take a folder such as /var/lib/syncer, or run as an ordinary user", f.dir, dir)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

func (f folder) mayEnter(info os.FileInfo) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	return info.Mode()&0o001 != 0 || ok && owner.Uid == f.account.Uid && info.Mode()&0o100 != 0
}

// makeSocketDir makes the socket's folder anew at every start, private to the
// server's account; in /tmp when the path would be too long for a socket, or holds
// a comma, which parts folders for the server and hosts for its clients.
func (f *folder) makeSocketDir() error {
	f.socketDir = filepath.Join(f.dir, "socket")
	err := os.MkdirAll(f.socketDir, 0o700)
	if len(f.socketDir) > socketRoom || strings.Contains(f.socketDir, ",") {
		f.socketDir, err = os.MkdirTemp("/tmp", tempPrefix)
	}
	if err != nil {
		return fmt.Errorf("make the socket's folder: %w", err)
	}
	return f.give(f.socketDir)
}

// keepSocketDir has the socket where clients know it, and makes its folder again if
// whoever made it removed it.
func (f *folder) keepSocketDir(dir string) error {
	f.socketDir = dir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the socket's folder again: %w", err)
	}
	return f.give(dir)
}

func (f folder) remove() error {
	if f.socketDir != "" && filepath.Dir(f.socketDir) != f.dir {
		_ = os.RemoveAll(f.socketDir) // ours alone, and empty by now
	}
	if !f.temporary {
		return nil
	}
	return os.RemoveAll(f.dir)
}
