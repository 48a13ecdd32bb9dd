package foreign

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	flog "github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
)

// liar hands on a log's files, changed by one of its functions.
type liar struct {
	openedLog
	tile, bundle, checkpoint func([]byte) []byte
}

func (l liar) ReadTile(ctx context.Context, level, index uint64, partial uint8) ([]byte, error) {
	raw, err := l.openedLog.ReadTile(ctx, level, index, partial)
	if l.tile != nil && err == nil {
		raw = l.tile(bytes.Clone(raw))
	}
	return raw, err
}

func (l liar) ReadEntryBundle(ctx context.Context, index uint64, partial uint8) ([]byte, error) {
	raw, err := l.openedLog.ReadEntryBundle(ctx, index, partial)
	if l.bundle != nil && err == nil {
		raw = l.bundle(bytes.Clone(raw))
	}
	return raw, err
}

func (l liar) ReadCheckpoint(ctx context.Context) ([]byte, error) {
	raw, err := l.openedLog.ReadCheckpoint(ctx)
	if l.checkpoint != nil && err == nil {
		raw = l.checkpoint(bytes.Clone(raw))
	}
	return raw, err
}

func TestAForeignReaderRefusesWhatWasChanged(t *testing.T) {
	flip := func(raw []byte) []byte { raw[len(raw)/2] ^= 1; return raw }
	for _, name := range logs {
		log := open(t, name)
		for what, one := range map[string]liar{
			"a changed tile":         {openedLog: log, tile: flip},
			"a changed entry":        {openedLog: log, bundle: flip},
			"a truncated bundle":     {openedLog: log, bundle: func(raw []byte) []byte { return raw[:len(raw)-1] }},
			"a changed size":         {openedLog: log, checkpoint: func(raw []byte) []byte { return bytes.Replace(raw, []byte("\n"), []byte("\n1"), 1) }},
			"another log's files":    {openedLog: openedLog{open(t, other(name)).HTTPFetcher, log.key}},
			"a checkpoint of nobody": {openedLog: log, checkpoint: func(raw []byte) []byte { text, _, _ := bytes.Cut(raw, []byte("— ")); return text }},
		} {
			if err := check(t, one); err == nil {
				t.Errorf("%s: %s was taken", name, what)
			}
		}
	}
}

func other(name string) string {
	if name == "records" {
		return "access"
	}
	return "records"
}

// check is Tessera's fsck; bundles that make its hasher panic count as refused.
func check(t *testing.T, one liar) (err error) {
	t.Helper()
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%v", cause)
		}
	}()
	// More workers than tiles: in v1.0.4 it waits for ever once every worker has met an error.
	return fsck.New(one.key.Name(), one.key, one, hashes, fsck.Opts{N: 32}).Check(t.Context())
}

func TestAForkUnderTheLogsOwnKeyIsRefusedByReadersAndWitnesses(t *testing.T) {
	log := open(t, "records")
	raw := cosigned(t, "records")
	head, _, _, err := flog.ParseCheckpoint(raw, log.key.Name(), log.key)
	if err != nil {
		t.Fatal(err)
	}
	larger := forked(t, log.key.Name(), head.Size+1)
	same := forked(t, log.key.Name(), head.Size)
	one := liar{openedLog: log, checkpoint: func([]byte) []byte { return larger }}
	tracker, err := client.NewLogStateTracker(t.Context(), func(ctx context.Context, level, index uint64, partial uint8) ([]byte, error) {
		if level == 0 && index == head.Size/256 {
			// The liar has to show some tile of the larger size.
			found, err := log.ReadTile(ctx, level, index, uint8(head.Size%256))
			return append(found, bytes.Repeat([]byte{7}, 32)...), err
		}
		return log.ReadTile(ctx, level, index, partial)
	}, raw, log.key, log.key.Name(), client.UnilateralConsensus(one.ReadCheckpoint))
	if err != nil {
		t.Fatal(err)
	}
	var inconsistent client.ErrInconsistency
	if _, _, _, err := tracker.Update(t.Context()); !errors.As(err, &inconsistent) {
		t.Errorf("a larger fork: %v", err)
	}
	if err := check(t, liar{openedLog: log, checkpoint: func([]byte) []byte { return same }}); err == nil {
		t.Error("fsck took a fork of the same size")
	}
	for _, place := range []string{foreignPlace(t), city.ours} {
		for what, body := range map[string]string{
			"same size": fmt.Sprintf("old %d\n\n%s", head.Size, same),
			"larger":    fmt.Sprintf("old %d\n%s\n%s", head.Size, strings.Repeat(strings.Repeat("A", 43)+"=\n", 3), larger),
		} {
			answer, err := http.Post(place+"/add-checkpoint", "", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != http.StatusUnprocessableEntity {
				t.Errorf("%s at %s: %d", what, place, answer.StatusCode)
			}
		}
	}
}

// forked is a checkpoint that the city's own key signs over another tree.
func forked(t *testing.T, origin string, size uint64) []byte {
	t.Helper()
	made := command(nil, "-m", "tests.foreign.fork", filepath.Join(city.data, "secrets"), origin, fmt.Sprint(size))
	raw, err := made.Output()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// foreignPlace is where the foreign witness listens, by the published policy.
func foreignPlace(t *testing.T) string {
	t.Helper()
	for line := range bytes.Lines(policyText(t)) {
		if words := strings.Fields(string(line)); words[0] == "witness" && words[1] == "foreign" {
			if _, err := url.Parse(words[3]); err == nil {
				return words[3]
			}
		}
	}
	t.Fatal("no foreign witness in the policy")
	return ""
}
