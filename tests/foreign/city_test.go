// Package foreign reads and witnesses a real city with libraries that its makers did not write.
//
// This file runs the city and its own witness as people run them; what is tried stands in reading_test.go,
// witness_test.go and lies_test.go.
package foreign

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	flog "github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"
)

const (
	project     = "../.."
	readyWithin = 120 * time.Second
	department  = "11420100XK7BQ3M22B"
)

var logs = []string{"records", "access", "views"}

// city is the running service, with two witnesses in its policy: one of ours, and one made of foreign parts.
var city struct {
	root, data, url, ours string
	witness               *witness
}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	root, err := os.MkdirTemp("", "xinlu-foreign-")
	must(err)
	defer func() { _ = os.RemoveAll(root) }()
	city.root, city.data = root, filepath.Join(root, "city")
	must(os.Mkdir(city.data, 0o700))

	city.witness = newWitness(filepath.Join(city.data, "published", "policy"))
	foreign := httptest.NewServer(city.witness)
	defer foreign.Close()
	city.ours = "http://127.0.0.1:" + freePort()
	keys := strings.Fields(output("witness", "--folder", filepath.Join(root, "ours"), "--name", "ours.example/witness", "--show-keys"))
	policy, names := "", ""
	add := func(name, key, place string) {
		policy += fmt.Sprintf("witness %s %s %s\n", name, key, place)
		names += " " + name
	}
	add("foreign", city.witness.keys[0], foreign.URL)
	add("foreign-pq", city.witness.keys[1], foreign.URL)
	add("ours", keys[0], city.ours)
	add("ours-pq", keys[1], city.ours)
	policy += "group every all" + names + "\nquorum every\n"
	must(os.WriteFile(filepath.Join(city.data, "witnesses"), []byte(policy), 0o600))

	port := freePort()
	city.url = "http://127.0.0.1:" + port
	serving := start("serve", []string{"PORT=" + port}, "serve")
	defer stop(serving)
	published := filepath.Join(city.data, "published", "policy")
	await("the policy", serving, func() bool { _, err := os.Stat(published); return err == nil })
	witnessing := start("witness", nil, "witness", "--folder", filepath.Join(root, "ours"), "--name",
		"ours.example/witness", "--port", strings.TrimPrefix(city.ours, "http://127.0.0.1:"), "--workers", "1", "--policy", published,
		"--log", foreignLog.vkey)
	defer stop(witnessing)
	await("cosigned checkpoints", serving, func() bool {
		for _, log := range logs {
			raw, err := os.ReadFile(filepath.Join(city.data, "published", log, "cosigned"))
			if err != nil || len(raw) == 0 {
				return false
			}
		}
		return true
	})
	return m.Run()
}

// command is the city's own command line; XINLU_PYTHON names its interpreter.
func command(environment []string, words ...string) *exec.Cmd {
	python := os.Getenv("XINLU_PYTHON")
	if python == "" {
		python = "python3"
	}
	made := exec.Command(python, words...)
	made.Dir = project
	made.Env = append(os.Environ(), append(environment, "XINLU_DATA="+city.data, "DATABASE_URL=")...)
	return made
}

func output(words ...string) string {
	made := command(nil, append([]string{"-m", "interfaces.cli"}, words...)...)
	made.Stderr = os.Stderr
	told, err := made.Output()
	must(err)
	return string(told)
}

func start(name string, environment []string, words ...string) *exec.Cmd {
	made := command(environment, append([]string{"-m", "interfaces.cli"}, words...)...)
	file, err := os.Create(filepath.Join(city.root, name+".log"))
	must(err)
	made.Stdout, made.Stderr = file, file
	made.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	must(made.Start())
	return made
}

func stop(process *exec.Cmd) {
	_ = process.Process.Signal(syscall.SIGTERM)
	_ = process.Wait()
}

func await(what string, process *exec.Cmd, holds func() bool) {
	for until := time.Now().Add(readyWithin); !holds(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(until) || process.Process.Signal(syscall.Signal(0)) != nil {
			told, _ := os.ReadFile(filepath.Join(city.root, "serve.log"))
			panic(fmt.Sprintf("%s did not come:\n%s", what, told[max(0, len(told)-4000):]))
		}
	}
}

func freePort() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	defer func() { _ = listener.Close() }()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return port
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// get is one public file: its bytes and headers.
func get(t *testing.T, path string) ([]byte, http.Header, int) {
	t.Helper()
	answer, err := http.Get(city.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body, answer.Header, answer.StatusCode
}

func policyText(t *testing.T) []byte {
	t.Helper()
	body, _, status := get(t, "/logs/policy")
	if status != http.StatusOK {
		t.Fatalf("policy: %d", status)
	}
	return body
}

// verifiers gives the keys of a policy as two foreign libraries read them: a log's, plain Ed25519 first; the witnesses'.
func verifiers(policy []byte, log string) (ofLog, ofWitnesses []note.Verifier) {
	for line := range bytes.Lines(policy) {
		words := strings.Fields(string(line))
		switch words[0] {
		case "log":
			if !strings.Contains(words[1], "/"+log+"+") {
				continue
			}
			if plain, err := note.NewVerifier(words[1]); err == nil {
				ofLog = append([]note.Verifier{plain}, ofLog...)
				continue
			}
			subtree, err := fnote.NewMLDSAVerifier(words[1])
			must(err)
			ofLog = append(ofLog, subtree)
		case "witness":
			one, err := fnote.NewVerifierForCosignatureV1(words[2])
			must(err)
			ofWitnesses = append(ofWitnesses, one)
		}
	}
	return ofLog, ofWitnesses
}

// opened is a log by its Ed25519 key, read by Tessera's client.
type openedLog struct {
	client.HTTPFetcher
	key note.Verifier
}

func open(t *testing.T, log string) openedLog {
	t.Helper()
	place, err := url.Parse(city.url + "/logs/" + log + "/")
	if err != nil {
		t.Fatal(err)
	}
	fetcher, err := client.NewHTTPFetcher(place, nil)
	if err != nil {
		t.Fatal(err)
	}
	ofLog, _ := verifiers(policyText(t), log)
	return openedLog{*fetcher, ofLog[0]}
}

func (l openedLog) newest(t *testing.T) (*flog.Checkpoint, []byte) {
	t.Helper()
	found, raw, _, err := client.FetchCheckpoint(context.Background(), l.ReadCheckpoint, l.key, l.key.Name())
	if err != nil {
		t.Fatal(err)
	}
	return found, raw
}
