package foreign

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	flog "github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

// witness answers add-checkpoint of tlog-witness with foreign parsers, proofs and signers, and with the limits that
// public witnesses have. It knows the logs of a policy file once that is there.
type witness struct {
	policy  string
	signers []*fnote.Signer
	keys    []string

	mu   sync.Mutex
	held map[string]flog.Checkpoint
}

// bodyMax is the smallest limit seen among public witnesses (litewitness).
const bodyMax = 10 << 10

func newWitness(policy string) *witness {
	plain, public, err := note.GenerateKey(nil, "foreign.example/witness")
	must(err)
	quantum, quantumKey, err := fnote.GenerateMLDSAKey("foreign.example/witness")
	must(err)
	made := &witness{policy: policy, held: map[string]flog.Checkpoint{}}
	for _, secret := range []string{plain, quantum} {
		signer, err := fnote.NewSignerForCosignatureV1(secret)
		must(err)
		made.signers = append(made.signers, signer)
	}
	cosigning, err := fnote.VKeyToCosignatureV1(public)
	must(err)
	made.keys = []string{cosigning, quantumKey}
	return made
}

func (w *witness) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	if request.Method != http.MethodPost || request.URL.Path != "/add-checkpoint" {
		http.NotFound(answer, request)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(answer, request.Body, bodyMax))
	if err != nil {
		http.Error(answer, err.Error(), http.StatusBadRequest)
		return
	}
	status, told := w.add(body)
	if status == http.StatusConflict {
		answer.Header().Set("Content-Type", "text/x.tlog.size")
	}
	answer.WriteHeader(status)
	_, _ = answer.Write(told)
}

func (w *witness) add(body []byte) (int, []byte) {
	head, raw, found := bytes.Cut(body, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	var old uint64
	if _, err := fmt.Sscanf(lines[0], "old %d", &old); err != nil || !found {
		return http.StatusBadRequest, nil
	}
	var path [][]byte
	for _, line := range lines[1:] {
		hash, err := base64.StdEncoding.DecodeString(line)
		if err != nil {
			return http.StatusBadRequest, nil
		}
		path = append(path, hash)
	}
	origin, _, _ := strings.Cut(string(raw), "\n")
	policy, err := os.ReadFile(w.policy)
	if err != nil {
		return http.StatusNotFound, nil
	}
	keys, _ := verifiers(policy, origin[strings.LastIndex(origin, "/")+1:])
	if len(keys) == 0 || keys[0].Name() != origin {
		return http.StatusNotFound, nil
	}
	next, _, opened, err := flog.ParseCheckpoint(raw, origin, keys[0], keys[1:]...)
	if err != nil {
		return http.StatusForbidden, nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	held, known := w.held[origin]
	switch {
	case old > next.Size:
		return http.StatusBadRequest, nil
	case old != held.Size:
		return http.StatusConflict, fmt.Appendf(nil, "%d\n", held.Size)
	case !known && len(path) > 0:
		return http.StatusUnprocessableEntity, nil
	}
	if known {
		err := proof.VerifyConsistency(rfc6962.DefaultHasher, held.Size, next.Size, path, held.Hash, next.Hash)
		if err != nil {
			return http.StatusUnprocessableEntity, nil
		}
	}
	w.held[origin] = *next
	var cosigned bytes.Buffer
	for _, signer := range w.signers {
		signature, err := signer.Sign([]byte(opened.Text))
		must(err)
		line := append(binary.BigEndian.AppendUint32(nil, signer.KeyHash()), signature...)
		fmt.Fprintf(&cosigned, "— %s %s\n", signer.Name(), base64.StdEncoding.EncodeToString(line))
	}
	return http.StatusOK, cosigned.Bytes()
}

// foreignLog is a Tessera log with a key of its own, which our witness is told about.
var foreignLog = func() (made struct {
	signer note.Signer
	vkey   string
}) {
	secret, public, err := note.GenerateKey(nil, "foreign.example/log")
	must(err)
	made.signer, err = note.NewSigner(secret)
	must(err)
	made.vkey = public
	return made
}()

func TestATesseraLogIsCosignedByOurWitness(t *testing.T) {
	folder := t.TempDir()
	keys := strings.Fields(output("witness", "--folder", filepath.Join(city.root, "ours"), "--name", "ours.example/witness", "--show-keys"))
	for _, key := range keys {
		append5(t, folder, key)
	}
	raw, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	statuses(t, raw)
	monitored(t, raw)
}

// append5 adds entries to the Tessera log, each of which is published with the cosignature of one of our witness's keys.
func append5(t *testing.T, folder, key string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	// An appender that was shut down goes on publishing until its context ends.
	defer cancel()
	place, _ := url.Parse(city.ours)
	ours, err := tessera.NewWitness(key, place)
	if err != nil {
		t.Fatal(err)
	}
	group := tessera.NewWitnessGroup(1, ours)
	options := tessera.NewAppendOptions().WithCheckpointSigner(foreignLog.signer).
		WithBatching(1, 50*time.Millisecond).WithCheckpointInterval(100*time.Millisecond).
		WithWitnesses(group, &tessera.WitnessOptions{Timeout: 10 * time.Second})
	driver, err := posix.New(ctx, posix.Config{Path: folder})
	if err != nil {
		t.Fatal(err)
	}
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
	if err != nil {
		t.Fatal(err)
	}
	awaiter := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, 50*time.Millisecond)
	for entry := range 5 {
		added := appender.Add(ctx, tessera.NewEntry(fmt.Appendf(nil, "entry %d", entry)))
		if _, published, err := awaiter.Await(ctx, added); err != nil || !group.Satisfied(published) {
			t.Fatalf("entry %d: %v\n%s", entry, err, published)
		}
	}
	if err := shutdown(ctx); err != nil {
		t.Fatal(err)
	}
}

// monitored: the checkpoint that our witness shows of a log is one that a foreign reader opens.
func monitored(t *testing.T, raw []byte) {
	t.Helper()
	own, err := note.NewVerifier(foreignLog.vkey)
	must(err)
	answer, err := http.Get(fmt.Sprintf("%s/%x/checkpoint", city.ours, sha256.Sum256([]byte(own.Name()))))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	shown, _ := io.ReadAll(answer.Body)
	found, _, _, err := flog.ParseCheckpoint(shown, own.Name(), own)
	if err != nil {
		t.Fatalf("%d %v\n%s", answer.StatusCode, err, shown)
	}
	published, _, _, err := flog.ParseCheckpoint(raw, own.Name(), own)
	if err != nil || published.Size != found.Size || !bytes.Equal(published.Hash, found.Hash) {
		t.Fatalf("the witness shows another tree: %v", err)
	}
}

// statuses: the answers of tlog-witness, each for what must get it.
func statuses(t *testing.T, raw []byte) {
	t.Helper()
	own, err := note.NewVerifier(foreignLog.vkey)
	must(err)
	newest, _, _, err := flog.ParseCheckpoint(raw, own.Name(), own)
	if err != nil {
		t.Fatal(err)
	}
	signed := func(size uint64, root []byte) string {
		text := flog.Checkpoint{Origin: own.Name(), Size: size, Hash: root}.Marshal()
		made, err := note.Sign(&note.Note{Text: string(text)}, foreignLog.signer)
		must(err)
		return string(made)
	}
	same := signed(newest.Size, newest.Hash)
	otherRoot := sha256.Sum256([]byte("another history"))
	hash := base64.StdEncoding.EncodeToString(otherRoot[:]) + "\n"
	atSize := fmt.Sprintf("old %d\n", newest.Size)
	unsigned := strings.Replace(same, "\n\n— ", "\n\n— nobody.example/", 1)
	broken := same[:len(same)-20] + strings.Map(func(r rune) rune {
		if r == 'A' {
			return 'B'
		}
		return 'A'
	}, same[len(same)-20:len(same)-5]) + same[len(same)-5:]
	unknown := strings.Replace(same, own.Name()+"\n", own.Name()+"/unknown\n", 1)
	for _, one := range []struct {
		name, body string
		status     int
	}{
		{"the same tree again", atSize + "\n" + same, 200},
		{"no request", "hello", 400},
		{"a size with a zero before it", "old 01\n\n" + same, 400},
		{"a proof line that is no hash", atSize + "AAAA\n\n" + same, 400},
		{"old above the checkpoint", fmt.Sprintf("old %d\n\n", newest.Size+1) + same, 400},
		{"an origin that nobody told it", atSize + "\n" + unknown, 404},
		{"a known key's signature that is wrong", atSize + "\n" + broken, 403},
		{"no known key's signature", atSize + "\n" + unsigned, 403},
		{"another size than it holds", "old 0\n\n" + same, 409},
		{"the same size with another root", atSize + "\n" + signed(newest.Size, otherRoot[:]), 422},
		{"growth with a wrong proof", atSize + hash + "\n" + signed(newest.Size+1, otherRoot[:]), 422},
		{"growth with no proof", atSize + "\n" + signed(newest.Size+1, otherRoot[:]), 422},
	} {
		// A reader without length makes the client send the body in chunks.
		for _, body := range []io.Reader{strings.NewReader(one.body), io.MultiReader(strings.NewReader(one.body))} {
			answer, err := http.Post(city.ours+"/add-checkpoint", "", body)
			if err != nil {
				t.Fatal(err)
			}
			told, _ := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			if answer.StatusCode != one.status {
				t.Errorf("%s: %d instead of %d: %s", one.name, answer.StatusCode, one.status, told)
			}
			conflict := answer.Header.Get("Content-Type") == "text/x.tlog.size" && string(told) == fmt.Sprintf("%d\n", newest.Size)
			if one.status == http.StatusConflict && !conflict {
				t.Errorf("409 says %q as %q", told, answer.Header.Get("Content-Type"))
			}
		}
	}
}
