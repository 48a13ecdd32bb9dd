package foreign

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	flog "github.com/transparency-dev/formats/log"
	tlogproof "github.com/transparency-dev/formats/proof"
	fwitness "github.com/transparency-dev/formats/witness"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
)

// hashes gives the leaf hashes of an entry bundle.
func hashes(raw []byte) ([][]byte, error) {
	bundle := api.EntryBundle{}
	if err := bundle.UnmarshalText(raw); err != nil {
		return nil, err
	}
	found := make([][]byte, 0, len(bundle.Entries))
	for _, entry := range bundle.Entries {
		found = append(found, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return found, nil
}

func TestFsckOfTesseraFindsEveryEntryAndTileInOrder(t *testing.T) {
	for _, name := range logs {
		log := open(t, name)
		if err := fsck.New(log.key.Name(), log.key, log, hashes, fsck.Opts{N: 2}).Check(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		files := client.FileFetcher{Root: filepath.Join(city.data, "published", name)}
		if err := fsck.New(log.key.Name(), log.key, files, hashes, fsck.Opts{N: 2}).Check(t.Context()); err != nil {
			t.Errorf("%s as files: %v", name, err)
		}
	}
}

func TestEverySignatureLineIsKnownAndHolds(t *testing.T) {
	for _, name := range logs {
		raw := cosigned(t, name)
		ofLog, ofWitnesses := verifiers(policyText(t), name)
		all := append(ofLog, ofWitnesses...)
		if len(all) != 6 {
			t.Fatalf("%s: %d keys", name, len(all))
		}
		opened, err := note.Open(raw, note.VerifierList(all...))
		if err != nil || len(opened.Sigs) != 6 || len(opened.UnverifiedSigs) != 0 {
			t.Errorf("%s: %v %v", name, err, opened)
		}
		for _, one := range all {
			if opened, err := note.Open(raw, note.VerifierList(one)); err != nil || len(opened.UnverifiedSigs) != 5 {
				t.Errorf("%s: who knows only one key: %v", name, err)
			}
		}
	}
}

func TestThePublishedPolicyIsReadAndSatisfied(t *testing.T) {
	group, err := fwitness.ParsePolicy(policyText(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range logs {
		raw := cosigned(t, name)
		if !group.Satisfied(raw) {
			t.Errorf("%s: not satisfied by\n%s", name, raw)
		}
		bare, _, _ := bytes.Cut(raw, []byte("— foreign.example"))
		if group.Satisfied(bare) {
			t.Errorf("%s: satisfied without the witnesses", name)
		}
	}
}

func TestHeadersAreThoseOfTlogTiles(t *testing.T) {
	for path, want := range map[string][2]string{
		"/logs/records/checkpoint":            {"text/plain; charset=utf-8", "public, max-age=1"},
		"/logs/records/tile/0/000":            {"application/octet-stream", "public, max-age=31536000, immutable"},
		"/logs/records/tile/entries/000":      {"application/octet-stream", "public, max-age=31536000, immutable"},
		"/logs/records/tile/1/000.p/3":        {"application/octet-stream", "public, max-age=31536000, immutable"},
		"/logs/records/tile/0/999":            {},
		"/logs/records/tile/0/000.p/256":      {},
		"/logs/records/tile/0/000.p/0":        {},
		"/logs/records/tile/0/x000/000":       {},
		"/logs/records/tile/00/000":           {},
		"/logs/records/tile/entries/x001/000": {},
	} {
		_, headers, status := get(t, path)
		if (status == http.StatusOK) != (want[0] != "") || (status != http.StatusOK && status != http.StatusNotFound) {
			t.Errorf("%s: %d", path, status)
			continue
		}
		if got := [2]string{headers.Get("Content-Type"), headers.Get("Cache-Control")}; status == http.StatusOK && got != want {
			t.Errorf("%s: %q", path, got)
		}
	}
}

func TestEveryEntryHasAnInclusionProofFromTiles(t *testing.T) {
	for _, name := range logs {
		log := open(t, name)
		head, _ := log.newest(t)
		builder, err := client.NewProofBuilder(t.Context(), head.Size, log.ReadTile)
		if err != nil {
			t.Fatal(err)
		}
		for bundle := range layout.Range(0, head.Size, head.Size) {
			raw, err := log.ReadEntryBundle(t.Context(), bundle.Index, bundle.Partial)
			if err != nil {
				t.Fatal(err)
			}
			leaves, err := hashes(raw)
			if err != nil || len(leaves) != int(bundle.N) {
				t.Fatalf("%s bundle %d: %d entries, %v", name, bundle.Index, len(leaves), err)
			}
			for offset, leaf := range leaves {
				index := bundle.Index*layout.EntryBundleWidth + uint64(offset)
				path, err := builder.InclusionProof(t.Context(), index)
				if err != nil {
					t.Fatal(err)
				}
				if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, head.Size, leaf, path, head.Hash); err != nil {
					t.Fatalf("%s %d: %v", name, index, err)
				}
			}
		}
	}
}

func TestReceiptsAreTlogProofs(t *testing.T) {
	group, err := fwitness.ParsePolicy(policyText(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"records", "access"} {
		log := open(t, name)
		head, _ := log.newest(t)
		for _, position := range []uint64{1, 2, head.Size/2 + 1, head.Size} {
			body, _, status := get(t, fmt.Sprintf("/v1/receipts/%s:%d", name, position))
			var receipt struct{ Proof string }
			if err := json.Unmarshal(body, &receipt); err != nil || status != http.StatusOK {
				t.Fatalf("%d %v", status, err)
			}
			read := tlogproof.TLogProof{}
			if err := read.Unmarshal([]byte(receipt.Proof)); err != nil || string(read.Marshal()) != receipt.Proof {
				t.Fatalf("%s:%d: %v\n%s", name, position, err, receipt.Proof)
			}
			tree, _, _, err := flog.ParseCheckpoint(read.Checkpoint, log.key.Name(), log.key)
			if err != nil || read.Index != position-1 {
				t.Fatalf("%s:%d: %v, index %d", name, position, err, read.Index)
			}
			bundle, err := client.GetEntryBundle(t.Context(), log.ReadEntryBundle, read.Index/layout.EntryBundleWidth, head.Size)
			if err != nil {
				t.Fatal(err)
			}
			path := make([][]byte, 0, len(read.Hashes))
			for _, hash := range read.Hashes {
				path = append(path, hash[:])
			}
			leaf := rfc6962.DefaultHasher.HashLeaf(bundle.Entries[read.Index%layout.EntryBundleWidth])
			if err := proof.VerifyInclusion(rfc6962.DefaultHasher, read.Index, tree.Size, leaf, path, tree.Hash); err != nil {
				t.Errorf("%s:%d: %v", name, position, err)
			}
			if position <= 2 && !group.Satisfied(read.Checkpoint) {
				t.Errorf("%s:%d: the witnesses are missing", name, position)
			}
		}
	}
}

func TestGrowthIsConsistentAndOldPartialTilesStay(t *testing.T) {
	log := open(t, "records")
	before, raw := log.newest(t)
	tracker, err := client.NewLogStateTracker(t.Context(), log.ReadTile, raw, log.key, log.key.Name(), client.UnilateralConsensus(log.ReadCheckpoint))
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(city.root, "demo-city", "keys", department+".pem")
	grow := command(nil, "-m", "interfaces.cli", "intake", "tests/samples/penalties-1.xlsx", "--department", department, "--key", key, "--url", city.url)
	if told, err := grow.CombinedOutput(); grow.ProcessState == nil {
		t.Fatalf("%v\n%s", err, told)
	}
	for until := time.Now().Add(30 * time.Second); tracker.Latest().Size == before.Size; time.Sleep(200 * time.Millisecond) {
		if _, _, _, err := tracker.Update(t.Context()); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(until) {
			t.Fatal("it does not grow")
		}
	}
	after := tracker.Latest()
	builder, err := client.NewProofBuilder(t.Context(), after.Size, log.ReadTile)
	if err != nil {
		t.Fatal(err)
	}
	fetched := map[string][]byte{}
	cached := func(ctx context.Context, level, index uint64, _ uint8) (raw []byte, err error) {
		width := layout.PartialTileSize(level, index, after.Size)
		path := layout.TilePath(level, index, width)
		if fetched[path] == nil {
			fetched[path], err = log.ReadTile(ctx, level, index, width)
		}
		return fetched[path], err
	}
	for smaller := uint64(1); smaller <= after.Size; smaller++ {
		older, err := client.FetchRangeNodes(t.Context(), smaller, cached)
		if err != nil {
			t.Fatal(err)
		}
		root := fold(older)
		path, err := builder.ConsistencyProof(t.Context(), smaller, after.Size)
		if err != nil {
			t.Fatal(err)
		}
		if err := proof.VerifyConsistency(rfc6962.DefaultHasher, smaller, after.Size, path, root, after.Hash); err != nil {
			t.Fatalf("%d to %d: %v", smaller, after.Size, err)
		}
	}
	_, _, status := get(t, "/logs/records/"+layout.TilePath(0, before.Size/256, uint8(before.Size%256)))
	full, _, _ := get(t, "/logs/records/"+layout.TilePath(0, before.Size/256, 0))
	if status != http.StatusOK && len(full) != layout.TileWidth*32 {
		t.Errorf("the tile of the size before is gone: %d", status)
	}
}

// fold is the root over the nodes of a compact range, largest subtree first.
func fold(nodes [][]byte) []byte {
	root := nodes[len(nodes)-1]
	for place := len(nodes) - 2; place >= 0; place-- {
		root = rfc6962.DefaultHasher.HashChildren(nodes[place], root)
	}
	return root
}

// cosigned is a log's checkpoint once all witnesses signed it: it is published at once, their lines follow.
func cosigned(t *testing.T, name string) []byte {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(500 * time.Millisecond) {
		raw, _, _ := get(t, "/logs/"+name+"/checkpoint")
		if bytes.Count(raw, []byte("\n— ")) == 6 || time.Now().After(until) {
			return raw
		}
	}
}
